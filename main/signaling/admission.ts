/** Who may connect at all, judged before the upgrade (architecture, section 4). */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { parseRoomPath } from './protocol';

/** What an upgrade request says about itself. */
export interface UpgradeRequest {
  /** Path and query as requested. */
  url: string;
  host: string | undefined;
  origin: string | undefined;
}

/** Where an admitted socket goes. */
export interface UpgradeTarget {
  namespace: string;
  /** `null` where the path names none. */
  room: string | null;
  host: string;
  app: boolean;
}

/** Which web pages may connect, and by which names the server is known. */
export interface AdmissionRules {
  /** Origins as a browser sends them (`https://example.org`, `null`), or `*`. */
  allowOrigins: readonly string[];
  /** Host names beside this machine's own, `localhost` and addresses. */
  hostNames: readonly string[];
}

/** @returns where the socket goes, or the HTTP status that refuses it. */
export function admitUpgrade(request: UpgradeRequest, rules: AdmissionRules): UpgradeTarget | 400 | 403 {
  const [path = '', query = ''] = request.url.split('?', 2);
  const address = parseRoomPath(path);
  if (address === null || request.host === undefined) return 400;
  if (request.origin !== undefined && !mayPageConnect(request.origin, request.host, rules)) return 403;
  return { ...address, host: request.host, app: new URLSearchParams(query).has('app') };
}

/**
 * A page's origin must be listed, and it must have reached us by a name of ours: else a page of any site could turn
 * its own name to our address and be let in by `*` (DNS rebinding).
 */
function mayPageConnect(origin: string, host: string, { allowOrigins, hostNames }: AdmissionRules): boolean {
  if (!allowOrigins.includes('*') && !allowOrigins.includes(origin)) return false;
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0) return true;
  const machine = hostname().toLowerCase();
  return ['localhost', machine, `${machine}.local`, ...hostNames].includes(name);
}
