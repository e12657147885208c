/**
 * Where to go, as people pass it on: `parley://join?server=…&server=…&namespace=…&room=…` leads to a room,
 * `parley://person?server=…&key=…` to a person on their own server; or a typed server address (`192.168.1.5`,
 * `host:port`, `ws://…`, `wss://…`), with a room name where a room is meant.
 */
import * as v from 'valibot';
import { joinTargetSchema, type ErrorCode, type JoinTarget, type Result } from '../preload/bridge';
import { cleanName } from './signaling/names';
import { DEFAULT_PART, DEFAULT_PORT, keySchema, parseRoomPath, partSchema } from './signaling/protocol';

/** The scheme of our links, as the OS knows it. */
export const LINK_SCHEME = 'parley';

/** Longer than any link we make: eight addresses and two long names. */
export const LINK_LENGTH = 4096;
const MAX_SERVERS = 16;

const refuse = (code: ErrorCode): { ok: false; code: ErrorCode } => ({ ok: false, code });

/** The link that leads to a room. */
export function formatJoinLink(target: JoinTarget): string {
  const query = new URLSearchParams();
  for (const server of target.servers) query.append('server', shortServer(server));
  if (target.namespace !== DEFAULT_PART) query.set('namespace', target.namespace);
  query.set('room', target.room);
  return `${LINK_SCHEME}://join?${query.toString()}`;
}

/**
 * Reads what a person pasted or typed.
 * @param text a link or a server address
 * @param room the room's name where `text` is an address without one
 * @returns `too-long`, `bad-link`, `bad-address` or `bad-room-name` for what cannot be used.
 */
export function readTarget(text: string, room = ''): Result<JoinTarget> {
  if (text.length > LINK_LENGTH) return refuse('too-long');
  const trimmed = text.trim();
  return /^parley:/i.test(trimmed) ? readLink(trimmed) : readAddress(trimmed, room);
}

function readLink(text: string): Result<JoinTarget> {
  const link = readQuery(text, 'join');
  if (!link) return refuse('bad-link');
  const { servers, query } = link;
  return target(servers, query.get('namespace') ?? '', query.get('room') ?? '', 'bad-link');
}

/** A link of ours: the servers it names, and what else is in it. */
function readQuery(text: string, leadsTo: string): { servers: string[]; query: URLSearchParams } | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host, pathname, searchParams: query } = new URL(text);
  // Some platforms hand a link over as `parley://join/?…`.
  if (protocol !== `${LINK_SCHEME}:` || host !== leadsTo || !['', '/'].includes(pathname)) return null;
  const servers: string[] = [];
  for (const given of query.getAll('server').slice(0, MAX_SERVERS)) {
    const server = readServer(given);
    if (!server || server.path !== '/') return null;
    if (!servers.includes(server.url)) servers.push(server.url);
  }
  return { servers, query };
}

/** Where a person's own server is, and their key where it is known. */
export interface PersonTarget {
  servers: string[];
  key: string | null;
}

/** The link that leads to a person who is reachable on their network. */
export function formatPersonLink({ servers, key }: PersonTarget & { key: string }): string {
  const query = new URLSearchParams();
  for (const server of servers) query.append('server', shortServer(server));
  query.set('key', key);
  return `${LINK_SCHEME}://person?${query.toString()}`;
}

/** Whether a link is one to a person, be it whole or not. */
export const isPersonLink = (text: string): boolean => /^\s*parley:\/\/person(?![^/?#])/i.test(text);

/**
 * Reads the link of a person, or the address of their computer.
 * @returns `too-long`, `bad-link` or `bad-address` for what cannot be used.
 */
export function readPerson(text: string): Result<PersonTarget> {
  if (text.length > LINK_LENGTH) return refuse('too-long');
  const trimmed = text.trim();
  if (/^parley:/i.test(trimmed)) {
    const link = readQuery(trimmed, 'person');
    const key = link?.query.get('key') ?? '';
    const isWhole = link !== null && link.servers.length > 0 && v.is(keySchema, key);
    return isWhole ? { ok: true, value: { servers: link.servers, key } } : refuse('bad-link');
  }
  const server = readServer(trimmed);
  if (server?.path !== '/') return refuse('bad-address');
  return { ok: true, value: { servers: [server.url], key: null } };
}

function readAddress(text: string, room: string): Result<JoinTarget> {
  const server = readServer(text);
  if (!server) return refuse('bad-address');
  const path = parseRoomPath(server.path);
  if (!path) return refuse('bad-address');
  return target([server.url], path.namespace, cleanName(room) || (path.room ?? ''), 'bad-address');
}

function target(
  servers: string[],
  namespace: string,
  room: string,
  otherwise: ErrorCode,
): Result<JoinTarget> {
  if (!v.is(partSchema, room)) return refuse('bad-room-name');
  const parsed = v.safeParse(joinTargetSchema, { servers, namespace: namespace || DEFAULT_PART, room });
  return parsed.success ? { ok: true, value: parsed.output } : refuse(otherwise);
}

/** A server address without a scheme means `ws` and our port; with one, the scheme's own port. */
function readServer(text: string): { url: string; path: string } | null {
  const scheme = /^(wss?|https?):\/\//i.exec(text);
  if (!scheme && (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text === '')) return null;
  let url: URL;
  try {
    url = new URL(scheme ? text : `ws://${bracketIPv6(text)}`);
  } catch {
    return null;
  }
  if (url.username || url.password || url.hash || !/^[\w.:[\]-]+$/.test(url.hostname)) return null;
  const secure = url.protocol === 'wss:' || url.protocol === 'https:';
  // URL drops a port that is the scheme's own, so a typed `:80` must not turn into ours.
  const port = url.port || (scheme || /:80$/.test(text.split('/')[0] ?? '') ? '' : String(DEFAULT_PORT));
  return { url: `${secure ? 'wss' : 'ws'}://${url.hostname}${port ? `:${port}` : ''}`, path: url.pathname };
}

/** A bare IPv6 address, as people copy it, gets the brackets a URL wants. */
function bracketIPv6(text: string): string {
  return /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(text) ? `[${text}]` : text;
}

/** `ws://host:9238` shortens to `host`: our scheme and port are what a bare address means. */
function shortServer(url: string): string {
  const plain = /^ws:\/\/(.+)$/.exec(url)?.[1];
  if (plain === undefined) return url;
  return plain.endsWith(`:${DEFAULT_PORT}`)
    ? plain.slice(0, -`:${DEFAULT_PORT}`.length)
    : /:\d+$/.test(plain)
      ? plain
      : url;
}
