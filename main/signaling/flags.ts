/** The flags of the headless server: what they are called, mean and are when nobody says; and how they are given. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { DEFAULT_PORT, LIMITS } from './protocol';

interface FlagText {
  /** What stands for its value in the help. */
  value: string;
  help: string;
  /** A list may be given more than once, or with commas in the environment. */
  otherwise: string | null | readonly string[];
}

/** Every flag that has a value, in the order of the help. */
export const FLAGS = {
  listen: { value: 'ADDRESS', help: 'address to listen on', otherwise: '127.0.0.1' },
  port: { value: 'N', help: 'port to listen on, 0 picks a free one', otherwise: String(DEFAULT_PORT) },
  'tls-cert': {
    value: 'FILE',
    help: 'certificate chain, PEM; with it, wss:// instead of ws://. Read again on SIGHUP',
    otherwise: null,
  },
  'tls-key': { value: 'FILE', help: 'its private key, PEM', otherwise: null },
  'allow-origin': { value: 'ORIGIN', help: 'web pages that may connect, * for any', otherwise: [] },
  'host-name': {
    value: 'NAME',
    help:
      'a name this server is reached by; once there is one, members must have dialled one of them, ' +
      'an address of this machine or its own name',
    otherwise: [],
  },
  'trust-proxy': {
    value: 'CIDR',
    help: 'proxies whose X-Forwarded-For counts, such as 10.0.0.0/8',
    otherwise: [],
  },
  'room-capacity': { value: 'N', help: 'seats of a room', otherwise: String(LIMITS.roomCapacity) },
  'max-connections': { value: 'N', help: 'sockets at a time', otherwise: '10000' },
  'max-per-ip': {
    value: 'N',
    help: 'sockets at a time from one address, or /64 of IPv6; its rates grow with it',
    otherwise: '64',
  },
  'max-rooms': { value: 'N', help: 'rooms at a time', otherwise: '10000' },
  'heartbeat-ms': {
    value: 'N',
    help: 'how often every socket is asked for a sign of life',
    otherwise: '10000',
  },
  'heartbeat-timeout-ms': { value: 'N', help: 'silence after which a socket is dropped', otherwise: '25000' },
  'grace-ms': { value: 'N', help: 'how long a seat outlives its socket', otherwise: String(LIMITS.graceMs) },
  'presence-off': {
    value: 'NAMESPACE',
    help: 'where nobody can be seen or rung, * for everywhere',
    otherwise: [],
  },
  'join-secret-file': {
    value: 'FILE',
    help: 'only who proves to know what is in it comes in; or PARLEY_JOIN_SECRET itself',
    otherwise: null,
  },
  'turn-url': { value: 'URL', help: 'TURN server, such as turn:turn.example.org:3478', otherwise: [] },
  'turn-secret-file': {
    value: 'FILE',
    help: "the TURN server's static-auth-secret; or PARLEY_TURN_SECRET itself",
    otherwise: null,
  },
  'turn-ttl': {
    value: 'SECONDS',
    help: 'how long TURN credentials are good for, at least four graces',
    otherwise: '86400',
  },
  'stun-url': { value: 'URL', help: 'STUN server, such as stun:turn.example.org:3478', otherwise: [] },
  'metrics-port': {
    value: 'N',
    help: 'serve /metrics on this port of 127.0.0.1, 0 picks a free one',
    otherwise: null,
  },
  'drain-seconds': {
    value: 'N',
    help: 'time for members to be sent away in after SIGTERM or SIGINT',
    otherwise: '10',
  },
  'log-level': { value: 'LEVEL', help: 'debug, info, warn or error', otherwise: 'info' },
  'log-format': { value: 'FORMAT', help: 'json or text', otherwise: 'json' },
} as const satisfies Record<string, FlagText>;

export type Flag = keyof typeof FLAGS;

const SWITCHES = {
  'print-config': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

/** What `--help` prints. */
export function usage(): string {
  const lines = Object.entries<FlagText>(FLAGS).map(([flag, { value, help, otherwise }]) => {
    const more = Array.isArray(otherwise)
      ? '; repeatable'
      : otherwise === null
        ? ''
        : ` (${String(otherwise)})`;
    return entry(`--${flag} ${value}`, `${help}${more}`);
  });
  return [
    'Usage: parley-server [options]',
    '',
    'A signaling server for Parley. Rooms are there as soon as somebody joins them.',
    '',
    ...lines,
    entry('--print-config', 'print the configuration, without secrets, and exit'),
    entry('--help, --version', ''),
    '',
    'Every option with a value is also read from the environment: --max-rooms from PARLEY_MAX_ROOMS, lists with',
    'commas. A flag wins.',
    '',
  ].join('\n');
}

/** The environment variable that stands for a flag. */
export function variableOf(flag: Flag): string {
  return `PARLEY_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** What was given, before anybody looked at what it says. */
export interface Given {
  help: boolean;
  version: boolean;
  printConfig: boolean;
  values: Record<Flag, string | null | readonly string[]>;
  /** How a flag was given, to be told with what is wrong with it: `--port`, or `--port (by PARLEY_PORT)`. */
  nameOf: (flag: Flag) => string;
}

/**
 * Reads a command line and the environment.
 * @throws the error of `node:util` about the first thing that is no option; its message names it.
 */
export function collect(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Given {
  const options: NonNullable<ParseArgsConfig['options']> = { ...SWITCHES };
  for (const [flag, { otherwise }] of Object.entries<FlagText>(FLAGS)) {
    options[flag] = { type: 'string', multiple: Array.isArray(otherwise) };
  }
  const typed = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  const byVariable = new Set<Flag>();
  const valueOf = (flag: Flag): string | null | readonly string[] => {
    const isList = Array.isArray(FLAGS[flag].otherwise);
    const own = typed[flag];
    if (typeof own === 'string') return own;
    if (Array.isArray(own)) return own.map(String);
    const inherited = env[variableOf(flag)];
    if (inherited === undefined || inherited === '') return FLAGS[flag].otherwise;
    byVariable.add(flag);
    return isList ? inherited.split(',').map((part) => part.trim()) : inherited;
  };
  const values = Object.fromEntries((Object.keys(FLAGS) as Flag[]).map((flag) => [flag, valueOf(flag)]));
  return {
    help: typed.help === true,
    version: typed.version === true,
    printConfig: typed['print-config'] === true,
    values: values as Given['values'],
    nameOf: (flag) => (byVariable.has(flag) ? `--${flag} (by ${variableOf(flag)})` : `--${flag}`),
  };
}

const LEFT = 28;
const RIGHT = 84;

/** One entry of the help, its text broken into lines beside its name. */
function entry(name: string, text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > RIGHT) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `  ${name.padEnd(LEFT)}${lines.join(`\n${' '.repeat(LEFT + 2)}`)}`.trimEnd();
}
