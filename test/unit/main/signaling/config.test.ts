import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseCommandLine, printableConfig } from '../../../../main/signaling/config';
import { FLAGS, usage, variableOf } from '../../../../main/signaling/flags';

const DEFAULTS = {
  listen: '127.0.0.1',
  port: 9238,
  tls: null,
  allowOrigins: [],
  hostNames: [],
  trustProxies: [],
  roomCapacity: 2,
  maxConnections: 10_000,
  maxPerIp: 64,
  maxRooms: 10_000,
  heartbeatMs: 10_000,
  heartbeatTimeoutMs: 25_000,
  graceMs: 30_000,
  presenceOff: [],
  joinSecret: null,
  turn: null,
  stunUrls: [],
  metricsPort: null,
  drainMs: 10_000,
  logLevel: 'info',
  logFormat: 'json',
};

const FILES: Record<string, string> = {
  'join.txt': 'open sesame\n',
  'turn.txt': 'shared with coturn\n',
  'short.txt': 'abc',
};
const readFile = (path: string): string => {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return text;
};
const parse = (line: string, env: Record<string, string> = {}) =>
  parseCommandLine(line === '' ? [] : line.split(' '), { env, readFile });

it('takes every form of an address of a STUN or TURN server', () => {
  const stun = ['stun:s.test', 'STUNS:s.test:65535', 'stun:192.0.2.1:1', 'stun:[2001:db8::1]:3478'];
  expect(parse(stun.map((url) => `--stun-url ${url}`).join(' '))).toMatchObject({
    config: { stunUrls: stun },
  });
  const turn = ['turn:t.test:3478?transport=udp', 'turns:[::1]?transport=tcp', 'turn:t.test'];
  const line = `--turn-secret-file turn.txt ${turn.map((url) => `--turn-url ${url}`).join(' ')}`;
  expect(parse(line)).toMatchObject({ config: { turn: { urls: turn } } });
});

it.each([
  ...[
    'stun:t.test:0',
    'stun:t.test:65536',
    'stun:t.test:',
    'stun:',
    'stun:t.test?transport=udp',
    'stun:a@t.test',
  ],
  ...['turn:t.test?transport=tpc', 'turn:t.test?x=y', 'turn://t.test', 'turn:2001:db8::1'],
])('does not take %s for one', (url) => {
  const flag = `--${url.slice(0, 4)}-url`;
  const sentence: unknown = expect.stringContaining(`${flag} must be an address such as `);
  expect(parse(`${flag} ${url}`)).toEqual({ kind: 'wrong', sentence });
});

it('has a default for everything', () => {
  expect(parse('')).toEqual({ kind: 'serve', config: DEFAULTS });
});

it('reads every flag', () => {
  const line =
    '--port 0 --listen :: --tls-cert c.pem --tls-key k.pem --allow-origin https://a.test --allow-origin=* ' +
    '--host-name Calls.Example --presence-off public --trust-proxy 10.0.0.0/8 --trust-proxy ::1 --room-capacity 3 ' +
    '--max-connections 5 --max-per-ip 4 --max-rooms 3 --heartbeat-ms 50 --heartbeat-timeout-ms 120 ' +
    '--grace-ms 0 --join-secret-file join.txt --turn-url turn:t.test --turn-url turns:t.test:5349?transport=tcp ' +
    '--turn-secret-file turn.txt --turn-ttl 600 --stun-url stun:t.test --metrics-port 0 --drain-seconds 3 ' +
    '--log-level debug --log-format text';
  const expected = {
    listen: '::',
    port: 0,
    tls: { cert: 'c.pem', key: 'k.pem' },
    allowOrigins: ['https://a.test', '*'],
    hostNames: ['calls.example'],
    presenceOff: ['public'],
    trustProxies: ['10.0.0.0/8', '::1'],
    roomCapacity: 3,
    maxConnections: 5,
    maxPerIp: 4,
    maxRooms: 3,
    heartbeatMs: 50,
    heartbeatTimeoutMs: 120,
    graceMs: 0,
    joinSecret: 'open sesame',
    turn: {
      urls: ['turn:t.test', 'turns:t.test:5349?transport=tcp'],
      secret: 'shared with coturn',
      ttlMs: 600_000,
    },
    stunUrls: ['stun:t.test'],
    metricsPort: 0,
    drainMs: 3000,
    logLevel: 'debug',
    logFormat: 'text',
  };
  expect(parse(line)).toEqual({ kind: 'serve', config: expected });
  expect(Object.keys(expected).sort()).toEqual(Object.keys(DEFAULTS).sort());
});

describe('the environment', () => {
  it('stands for every flag, and a flag wins', () => {
    const env = { PARLEY_PORT: '1', PARLEY_MAX_ROOMS: '2', PARLEY_ALLOW_ORIGIN: 'https://a.test, *' };
    expect(parse('--port 3', env)).toMatchObject({
      config: { port: 3, maxRooms: 2, allowOrigins: ['https://a.test', '*'] },
    });
  });

  it('may hold the secrets themselves, and a file wins', () => {
    const env = { PARLEY_JOIN_SECRET: 'from outside', PARLEY_TURN_SECRET: 'also from outside' };
    expect(parse('--turn-url turn:t.test --join-secret-file join.txt', env)).toMatchObject({
      config: { joinSecret: 'open sesame', turn: { secret: 'also from outside' } },
    });
  });

  it('gives a secret without the space around it, as a file does', () => {
    expect(parse('', { PARLEY_JOIN_SECRET: ' from outside\n' })).toMatchObject({
      config: { joinSecret: 'from outside' },
    });
    expect(parse('', { PARLEY_JOIN_SECRET: ' short \n ' })).toEqual({
      kind: 'wrong',
      sentence: 'PARLEY_JOIN_SECRET must hold at least 8 characters.',
    });
  });

  it('is named where it is wrong beside another flag', () => {
    expect(parse('', { PARLEY_HEARTBEAT_TIMEOUT_MS: '30' })).toEqual({
      kind: 'wrong',
      sentence:
        '--heartbeat-timeout-ms (by PARLEY_HEARTBEAT_TIMEOUT_MS) must be at least twice --heartbeat-ms.',
    });
  });

  it('is named where it is wrong', () => {
    expect(parse('', { PARLEY_PORT: 'x' })).toEqual({
      kind: 'wrong',
      sentence: '--port (by PARLEY_PORT) must be a whole number from 0 to 65535.',
    });
  });

  it('that is shipped for systemd says what the README makes of it', () => {
    const file = join(import.meta.dirname, '../../../../main/signaling/deploy/parley.env');
    const lines = readFileSync(file, 'utf8').matchAll(/^(\w+)=(.*)$/gm);
    const env = Object.fromEntries([...lines].map(([, name = '', value]) => [name, value] as const));
    expect(parseCommandLine([], { env, readFile: (path) => `what is in ${path}` })).toMatchObject({
      kind: 'serve',
      config: {
        ...{ listen: '0.0.0.0', port: 443, hostNames: ['calls.example.org'], metricsPort: 9239 },
        tls: { cert: '/etc/parley/fullchain.pem', key: '/etc/parley/privkey.pem' },
        turn: {
          urls: ['turn:calls.example.org:3478', 'turns:calls.example.org:5349?transport=tcp'],
          secret: 'what is in /etc/parley/turn-secret',
        },
        stunUrls: ['stun:calls.example.org:3478'],
      },
    });
  });

  it('allows no drain that systemd would cut short', () => {
    const file = join(import.meta.dirname, '../../../../main/signaling/deploy/parley.service');
    const [, seconds = ''] = /^TimeoutStopSec=(\d+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    expect(parse('', { PARLEY_DRAIN_SECONDS: seconds })).toMatchObject({ kind: 'wrong' });
  });

  it('names a variable for every flag in the help', () => {
    for (const flag of Object.keys(FLAGS)) expect(usage()).toContain(`--${flag} `);
    expect(variableOf('heartbeat-timeout-ms')).toBe('PARLEY_HEARTBEAT_TIMEOUT_MS');
  });
});

it('prints the configuration without its secrets', () => {
  const line =
    '--print-config --join-secret-file join.txt --turn-url turn:t.test --turn-secret-file turn.txt';
  const commandLine = parse(line);
  if (commandLine.kind !== 'print-config') throw new Error(commandLine.kind);
  const printed = printableConfig(commandLine.config);
  expect(JSON.parse(printed)).toMatchObject({
    port: 9238,
    joinSecret: '(hidden)',
    turn: { secret: '(hidden)' },
  });
  expect(printed).not.toMatch(/sesame|coturn/);
});

it.each([
  ['--port 70000', '--port must be at most 65535.'],
  ['--port many', '--port must be a whole number from 0 to 65535.'],
  ['--port=-1', '--port must be a whole number from 0 to 65535.'],
  ['--heartbeat-ms 1', '--heartbeat-ms must be at least 10.'],
  [
    '--heartbeat-ms 500 --heartbeat-timeout-ms 400',
    '--heartbeat-timeout-ms must be at least twice --heartbeat-ms.',
  ],
  ['--allow-origin example.org', '--allow-origin must be an origin such as https://example.org, or *.'],
  [
    '--allow-origin https://example.org/path',
    '--allow-origin must be an origin such as https://example.org, or *.',
  ],
  ['--trust-proxy 10.0.0.0/33', '--trust-proxy must be an address or a range such as 10.0.0.0/8.'],
  ['--tls-cert c.pem', '--tls-cert needs --tls-key beside it.'],
  ['--tls-key k.pem', '--tls-key needs --tls-cert beside it.'],
  ['--join-secret-file gone.txt', '--join-secret-file cannot be read (ENOENT): gone.txt.'],
  ['--join-secret-file short.txt', '--join-secret-file must hold at least 8 characters.'],
  ['--turn-url turn:t.test', '--turn-url needs --turn-secret-file beside it.'],
  ['--turn-secret-file turn.txt', '--turn-secret-file needs --turn-url beside it.'],
  [
    '--turn-url turn:t.test --turn-secret-file turn.txt --turn-ttl 119',
    '--turn-ttl must be at least 120 with --grace-ms 30000.',
  ],
  [
    '--turn-url turn:t.test --turn-secret-file turn.txt --turn-ttl 600 --grace-ms 150001',
    '--turn-ttl must be at least 601 with --grace-ms 150001.',
  ],
  ['--turn-url t.test', '--turn-url must be an address such as turn:turn.example.org:3478.'],
  ['--stun-url turn:t.test', '--stun-url must be an address such as stun:stun.example.org:3478.'],
  [Array(9).fill('--stun-url stun:t.test').join(' '), '--stun-url may be given at most 8 times.'],
  ['--log-level loud', '--log-level must be debug, info, warn or error.'],
  ['--log-format xml', '--log-format must be json or text.'],
  ['--room-capacity 1', '--room-capacity must be at least 2.'],
  ['--host-name a:1', '--host-name must be a host name without a port.'],
])('says what is wrong with %s', (args, sentence) => {
  expect(parse(args)).toEqual({ kind: 'wrong', sentence });
});

it.each(['--unknown', '--port', 'positional', '--help=yes'])('names the flag in a sentence for %s', (arg) => {
  const commandLine = parse(arg);
  expect(commandLine).toMatchObject({ kind: 'wrong' });
  expect(JSON.stringify(commandLine)).toContain(arg.replace('=yes', ''));
});

it('answers --help and --version before anything else', () => {
  expect(parseCommandLine(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  expect(parseCommandLine(['--version'])).toEqual({ kind: 'version' });
});

it('never throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('--port', '--listen', '--', '-h', '--grace-ms=1'))),
      (args) => {
        const commandLine = parseCommandLine(args, { env: {}, readFile });
        if (commandLine.kind === 'wrong') expect(commandLine.sentence).toMatch(/\.$/);
      },
    ),
  );
});
