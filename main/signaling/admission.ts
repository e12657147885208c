/** Who may connect at all, judged before the upgrade, and by which address (architecture, section 4). */
import { BlockList, isIP } from 'node:net';
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
  /** The request came through a proxy we trust: then it is the proxy that knows the names. */
  isProxied?: boolean;
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
function mayPageConnect(
  origin: string,
  host: string,
  { allowOrigins, hostNames, isProxied = false }: AdmissionRules,
): boolean {
  if (!allowOrigins.includes('*') && !allowOrigins.includes(origin)) return false;
  if (isProxied) return true;
  const name = nameIn(host);
  if (name === null) return false;
  return isIP(name) !== 0 || name === 'localhost' || isOurName(name, hostNames);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Whether whoever dialled `host` dialled us. A hello is signed over the address dialled, and the `Host` header only
 * repeats it: unless that is an address of ours, another server may be passing our challenge on to its own members,
 * to be welcomed here as one of them. Only for a server that can know how it is reached: behind address translation
 * an address of ours is not the one that was dialled.
 * @param host `host[:port]`
 * @param localAddress our end of the socket
 * @param hostNames beside this machine's own, in lower case
 */
export function isAddressedToUs(
  host: string,
  localAddress: string | undefined,
  hostNames: readonly string[],
): boolean {
  const name = nameIn(host);
  if (name === null) return false;
  if (isOurName(name, hostNames)) return true;
  // Link-local addresses carry their interface, which no URL does; IPv4 on a socket of both families is mapped.
  const local = (localAddress ?? '').replace(/%.*$/, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (isIP(local) === 0) return false;
  const ours = new BlockList();
  ours.addAddress(local, familyOf(local));
  // Our own loopback is out of reach for a server elsewhere: what was dialled by such a name is this machine.
  const isLoopback = LOOPBACK.check(local, familyOf(local));
  if (name === 'localhost') return isLoopback;
  if (isIP(name) === 0) return false;
  return ours.check(name, familyOf(name)) || (isLoopback && LOOPBACK.check(name, familyOf(name)));
}

/** The host of `host[:port]` as URLs spell it, an IPv6 address without its brackets; `null` if it is none. */
function nameIn(host: string): string | null {
  if (!URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
}

function isOurName(name: string, hostNames: readonly string[]): boolean {
  const machine = hostname().toLowerCase();
  return [machine, `${machine}.local`, ...hostNames].includes(name);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
