/** Upgrade requests that keep or break RFC 6455 section 4 and RFC 9112 on purpose, each with what has to come of it. */
import type { Chance } from './chance';
import { upgradeRequest } from './handwritten-socket';
import { OPCODES, writeFrame } from './websocket-frames';

export interface UpgradeCase {
  name: string;
  bytes: Buffer;
  /** The statuses that are right; 101 is only ever right with what RFC 6455 section 4.2.2 asks for. */
  statuses: readonly number[];
  /** The request is not whole: the server gives up on it. `dribble`: it never stops coming, a byte at a time. */
  isHalf?: 'stop' | 'dribble' | 'break-off';
  /** What is asked for includes the dialect of members with a key, spelled right. */
  asksForParley?: boolean;
}

/** A request before it is written. */
interface Request {
  lines: string[];
  key: string;
}

type Making = Omit<UpgradeCase, 'name' | 'bytes'> & { lines: string[]; body?: Buffer };

const PATH = '/upgrades/room';
/** What a server may say to what is no HTTP that it knows. */
const UNREADABLE = [400, 431];

function write(lines: readonly string[], body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

const startsWith = (name: string) => (line: string) => line.toLowerCase().startsWith(name.toLowerCase());

/** The request with one header line replaced, or left out. */
function withLine({ lines }: Request, name: string, ...instead: string[]): string[] {
  return lines.flatMap((line) => (startsWith(`${name}:`)(line) ? instead : [line]));
}

function withTarget({ lines }: Request, target: string): string[] {
  return lines.map((line, index) => (index === 0 ? `GET ${target} HTTP/1.1` : line));
}

const KINDS: Record<string, (request: Request, chance: Chance) => Making> = {
  'a good one': ({ lines }) => ({ lines, statuses: [101] }),
  'a frame right behind it': ({ lines }) => ({
    lines,
    statuses: [101],
    body: writeFrame({ opcode: OPCODES.text, payload: Buffer.from('{}') }),
  }),
  'another method (4.1)': ({ lines }, chance) => ({
    lines: lines.map((line, index) =>
      index === 0
        ? line.replace('GET', chance.one(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']))
        : line,
    ),
    statuses: [405],
  }),
  'no method at all': ({ lines }, chance) => ({
    lines: lines.map((line, index) =>
      index === 0 ? line.replace('GET', chance.one(['get', 'FOO', '', 'G\0T'])) : line,
    ),
    statuses: UNREADABLE,
  }),
  'another version of HTTP': ({ lines }, chance) => ({
    lines: lines.map((line, index) =>
      index === 0 ? line.replace('1.1', chance.one(['3', '1.x', '9.9', '', '1.1 x', '11'])) : line,
    ),
    statuses: UNREADABLE,
  }),
  // Node's parser takes these for 1.1 (RFC 6455 asks for that or higher); nobody is harmed.
  'a version of HTTP that cannot upgrade': ({ lines }, chance) => ({
    lines: lines.map((line, index) =>
      index === 0 ? line.replace('1.1', chance.one(['0.9', '1.0', '2.0'])) : line,
    ),
    statuses: [101, 400, 426],
  }),
  'no host (RFC 9112, section 3.2)': (request) => ({ lines: withLine(request, 'Host'), statuses: [400] }),
  'no upgrade': (request, chance) => ({
    lines: withLine(request, chance.one(['Upgrade', 'Connection'])),
    statuses: [426],
  }),
  'another upgrade (RFC 9110, section 7.8)': (request, chance) => ({
    lines: withLine(
      request,
      'Upgrade',
      `Upgrade: ${chance.one(['h2c', 'TLS/1.0', 'websocket2', 'websocket, h2c'])}`,
    ),
    statuses: [426],
  }),
  'no key': (request) => ({ lines: withLine(request, 'Sec-WebSocket-Key'), statuses: [400] }),
  'a bad key (4.2.1)': (request, chance) => {
    const bytes = chance.bytes(chance.one([0, 1, 15, 17, 64]));
    const key = chance.one([
      bytes.toString('base64'),
      bytes.toString('hex'),
      '!'.repeat(24),
      request.key.slice(1),
    ]);
    return { lines: withLine(request, 'Sec-WebSocket-Key', `Sec-WebSocket-Key: ${key}`), statuses: [400] };
  },
  'another version (4.4)': (request, chance) => {
    const version = chance.one(['0', '7', '12', '14', '255', 'x', '', '13.5', '-13']);
    return {
      lines: withLine(request, 'Sec-WebSocket-Version', `Sec-WebSocket-Version: ${version}`),
      statuses: [400],
    };
  },
  'a header twice': (request, chance) => {
    const name = chance.one(['Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'Upgrade']);
    const lines = [...request.lines, ...request.lines.filter(startsWith(`${name}:`))];
    // An upgrade to two protocols is one to another than ours.
    return { lines, statuses: [name === 'Upgrade' ? 426 : 400] };
  },
  'two hosts': ({ lines }) => ({ lines: [...lines, 'Host: elsewhere.example'], statuses: [101, 400] }),
  'a huge header': ({ lines }, chance) => ({
    lines: [...lines, `X-${chance.is(0.5) ? 'Huge' : 'Sec'}: ${'x'.repeat(chance.between(17_000, 60_000))}`],
    statuses: UNREADABLE,
  }),
  'very many headers': ({ lines }, chance) => ({
    lines: [...lines, ...Array.from({ length: chance.between(100, 1500) }, (_, n) => `X-${n}: y`)],
    statuses: [101, ...UNREADABLE],
  }),
  'no room address': (request, chance) => ({
    lines: withTarget(
      request,
      chance.one([
        ...[
          '/a/b/c',
          '/a/b/',
          '/%',
          '/%zz',
          '/%c3%28',
          '/a/%ff',
          '/%00',
          '/a/%0a',
          '/%e2%80%ae',
          '/..',
          '/a/../b',
        ],
        ...[
          '/%2e%2e',
          `/${'x'.repeat(65)}`,
          `/a/${'%41'.repeat(65)}`,
          '/%20a',
          '/%ed%a0%80',
          '/%C0%AF',
          '/a%20',
        ],
        ...['*', 'http://127.0.0.1', 'http://127.0.0.1/a/b', 'ws://127.0.0.1/a', 'http:///', '/e%CC%81'],
      ]),
    ),
    statuses: [400],
  }),
  'no target': (request, chance) => ({
    lines: withTarget(request, chance.one(['/a b', '', ' ', '\t/a', '/a\0b', 'a/b', '\\a'])),
    statuses: UNREADABLE,
  }),
  'an odd room address': (request, chance) => ({
    lines: withTarget(
      request,
      chance.one(['/', '//', '/a', '/a/', '/a%2fb/c', '/a/b?%', '/a/b??app&&=', '/a/b?x#y']),
    ),
    statuses: [101],
  }),
  'an odd host': (request, chance) => ({
    lines: withLine(
      request,
      'Host',
      `Host: ${chance.one(['', 'x', '[::1]:1', 'a:b:c', 'a b', 'u:p@h', '%00', 'h'.repeat(9000), '127.0.0.1:0x1'])}`,
    ),
    statuses: [101, 400],
  }),
  'a page that is not listed': ({ lines }, chance) => ({
    lines: [
      ...lines,
      ...chance
        .one([['null'], [''], ['https://evil.example'], ['https://a', 'https://b'], ['*'], ['x y']])
        .map((origin) => `Origin: ${origin}`),
    ],
    statuses: [403],
  }),
  subprotocols: ({ lines }, chance) => {
    const list = chance.one([
      ...['parley.1', 'parley.1, other', 'other,parley.1', ' parley.1 '],
      ...['other', 'PARLEY.1', 'parley.10', `${'p,'.repeat(3)}q`, 'a, b'],
      ...['', ',', 'parley.1,,x', 'parley 1', 'parley.1, parley.1', '"parley.1"', 'p\u00e4rley'],
    ]);
    const names = list.split(',').map((name) => name.trim());
    return {
      lines: [...lines, `Sec-WebSocket-Protocol: ${list}`],
      statuses:
        /^[\w.]+( *, *[\w.]+)*$/.test(list.trim()) && new Set(names).size === names.length
          ? [101]
          : [101, 400],
      asksForParley: names.includes('parley.1'),
    };
  },
  extensions: ({ lines }, chance) => ({
    lines: [
      ...lines,
      `Sec-WebSocket-Extensions: ${chance.one(['permessage-deflate', 'permessage-deflate; server_max_window_bits=99', ';;', 'x-unheard-of', '"'])}`,
    ],
    statuses: [101],
  }),
  'a body': ({ lines }, chance) => ({
    lines: [
      ...lines,
      chance.one(['Content-Length: 5', 'Transfer-Encoding: chunked', 'Expect: 100-continue']),
    ],
    statuses: [101, 400],
    body: Buffer.from('hello'),
  }),
  'a body of two lengths (RFC 9112, section 6.3)': ({ lines }, chance) => ({
    lines: [
      ...lines,
      ...chance.one([
        ['Content-Length: -1'],
        ['Content-Length: 1', 'Content-Length: 2'],
        ['Content-Length: x'],
        ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      ]),
    ],
    statuses: UNREADABLE,
    body: Buffer.from('hello'),
  }),
  'lines that are no headers': ({ lines }, chance) => ({
    lines: [...lines, chance.one(['no colon', ': no name', 'a b: c', 'X: a\0b', 'X\u0001: y', '\u00ff: y'])],
    statuses: UNREADABLE,
  }),
  'a request before it': ({ lines }) => ({
    lines: ['GET /healthz HTTP/1.1', 'Host: x', '', ...lines],
    statuses: [200],
  }),
  'no HTTP': (_, chance) => ({
    lines: [
      chance.one([
        'PRI * HTTP/2.0\r\n\r\nSM',
        '\u0016\u0003\u0001\u0002\0\u0001',
        'SSH-2.0-x',
        '{}',
        '\r\n\r\n\r\nx',
        'HTTP/1.1 200 OK',
      ]),
    ],
    statuses: UNREADABLE,
  }),
  'random bytes': (_, chance) => ({
    lines: [`\0${chance.bytes(chance.between(1, 400)).toString('latin1')}`],
    statuses: UNREADABLE,
  }),
  'half of one, and nothing more': ({ lines }) => ({ lines, statuses: [400, 408], isHalf: 'stop' }),
  'half of one, and gone': ({ lines }) => ({ lines, statuses: [400, 408], isHalf: 'break-off' }),
  'a byte at a time': ({ lines }) => ({ lines, statuses: [400, 408], isHalf: 'dribble' }),
};

/** One of them all. */
export function hostileUpgrade(chance: Chance): UpgradeCase {
  const key = chance.bytes(16).toString('base64');
  const [name, make] = chance.one(Object.entries(KINDS));
  const { lines, body, ...expected } = make({ lines: upgradeRequest(PATH, null, key), key }, chance);
  const whole = write(lines, body);
  return {
    name,
    ...expected,
    bytes: expected.isHalf ? whole.subarray(0, chance.between(1, whole.length - 3)) : whole,
  };
}
