/** What a headless server is told: by flags, by environment variables, and for secrets by files. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parseCidr } from './client-address';
import { iceServerSchema, partSchema } from './protocol';
import { collect, type Flag } from './flags';
import { leastTurnTtlMs } from './turn';
import type { LogFormat, LogLevel } from './logger';

/** Where a certificate and its key are; read again when the server is told to. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** Everything a headless server is told. Times as their names say. */
export interface Config {
  listen: string;
  port: number;
  tls: CertificateFiles | null;
  allowOrigins: string[];
  /** None: the server cannot know how it is reached, and takes members whatever address they dialled. */
  hostNames: string[];
  trustProxies: string[];
  roomCapacity: number;
  maxConnections: number;
  maxPerIp: number;
  maxRooms: number;
  heartbeatMs: number;
  heartbeatTimeoutMs: number;
  graceMs: number;
  /** Namespaces where nobody can be present, `*` for all. */
  presenceOff: string[];
  joinSecret: string | null;
  turn: { urls: string[]; secret: string; ttlMs: number } | null;
  stunUrls: string[];
  metricsPort: number | null;
  drainMs: number;
  logLevel: LogLevel;
  logFormat: LogFormat;
}

/** What the command line asks for; `wrong` carries a sentence that names the flag. */
export type CommandLine =
  | { kind: 'serve'; config: Config }
  | { kind: 'print-config'; config: Config }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'wrong'; sentence: string };

/** What surrounds a command line; the machine's own unless a test brings another. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** @throws the system's error. */
  readFile: (path: string) => string;
}

const HOUR_MS = 3_600_000;
const SECRET_LENGTH = 8;

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`),
    v.transform(Number),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );

const matching = (pattern: RegExp, sentence: string) => v.pipe(v.string(), v.regex(pattern, sentence));

const originSchema = v.pipe(
  v.string(),
  v.check(
    (origin) =>
      origin === '*' || origin === 'null' || (URL.canParse(origin) && new URL(origin).origin === origin),
    'must be an origin such as https://example.org, or *',
  ),
);

/** As many as one entry of `RTCConfiguration.iceServers` may carry on the wire. */
const MOST_URLS = 8;

/** Scheme, host, port and transport (RFC 7064 and 7065, sections 3.1), of which only TURN has the last. */
const ICE_URL = /^(stun|turn)s?:(?:\[[\da-f:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/i;

/** Whether a browser can use it; else calls would go without it, and nobody would be told why. */
function isIceUrl(scheme: 'stun' | 'turn', url: string): boolean {
  const [, itsScheme = '', port = '1', transport] = ICE_URL.exec(url) ?? [];
  return (
    itsScheme.toLowerCase() === scheme &&
    Number(port) >= 1 &&
    Number(port) <= 65_535 &&
    (transport === undefined || scheme === 'turn') &&
    v.is(iceServerSchema, { urls: [url] })
  );
}

const someUrls = (scheme: 'stun' | 'turn', sentence: string) =>
  v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.check((url) => isIceUrl(scheme, url), sentence),
      ),
    ),
    v.maxLength(MOST_URLS, `may be given at most ${MOST_URLS} times`),
  );

const pathSchema = v.pipe(v.string(), v.minLength(1, 'must be the path of a file'));

/** What each flag may be. Those that stand for a list may be given more than once. */
const VALUES = v.object({
  listen: matching(/^[\w.:%-]+$/, 'must be an address such as 127.0.0.1'),
  port: wholeNumber(0, 65_535),
  'tls-cert': v.nullable(pathSchema),
  'tls-key': v.nullable(pathSchema),
  'allow-origin': v.array(originSchema),
  'host-name': v.array(
    v.pipe(v.string(), v.toLowerCase(), v.regex(/^[\w.-]+$/, 'must be a host name without a port')),
  ),
  'presence-off': v.array(
    v.pipe(
      v.string(),
      v.check((name) => name === '*' || v.is(partSchema, name), 'must be a namespace, or *'),
    ),
  ),
  'trust-proxy': v.array(
    v.pipe(
      v.string(),
      v.check((text) => parseCidr(text) !== null, 'must be an address or a range such as 10.0.0.0/8'),
    ),
  ),
  'room-capacity': wholeNumber(2, 100),
  'max-connections': wholeNumber(1, 1_000_000),
  'max-per-ip': wholeNumber(1, 1_000_000),
  'max-rooms': wholeNumber(1, 1_000_000),
  'heartbeat-ms': wholeNumber(10, HOUR_MS),
  'heartbeat-timeout-ms': wholeNumber(20, HOUR_MS),
  'grace-ms': wholeNumber(0, HOUR_MS),
  'join-secret-file': v.nullable(pathSchema),
  'turn-url': someUrls('turn', 'must be an address such as turn:turn.example.org:3478'),
  'turn-secret-file': v.nullable(pathSchema),
  'turn-ttl': wholeNumber(60, 30 * 86_400),
  'stun-url': someUrls('stun', 'must be an address such as stun:stun.example.org:3478'),
  'metrics-port': v.nullable(wholeNumber(0, 65_535)),
  'drain-seconds': wholeNumber(0, 3600),
  'log-level': v.picklist(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error'),
  'log-format': v.picklist(['json', 'text'], 'must be json or text'),
} satisfies Record<Flag, unknown>);

/** A sentence for the operator, on its way out. */
class Wrong extends Error {}

/** Reads a command line, without the program's own name, and what stands behind it. Never throws. */
export function parseCommandLine(
  args: readonly string[],
  { env = process.env, readFile = (path) => readFileSync(path, 'utf8') }: Partial<Surroundings> = {},
): CommandLine {
  let given: ReturnType<typeof collect>;
  try {
    given = collect(args, env);
  } catch (error) {
    // Node's own sentences name the flag; only the first one is about what was typed.
    const [sentence = 'The command line cannot be read'] =
      error instanceof Error ? error.message.split(/\.\s/) : [];
    return { kind: 'wrong', sentence: `${sentence}.` };
  }
  if (given.help) return { kind: 'help' };
  if (given.version) return { kind: 'version' };
  try {
    const config = configOf(given, { env, readFile });
    return { kind: given.printConfig ? 'print-config' : 'serve', config };
  } catch (error) {
    if (error instanceof Wrong) return { kind: 'wrong', sentence: `${error.message}.` };
    throw error;
  }
}

/** The configuration as JSON, by flag, without what is secret. */
export function printableConfig({ joinSecret, turn, ...config }: Config): string {
  const hidden = '(hidden)';
  return JSON.stringify(
    {
      ...config,
      joinSecret: joinSecret === null ? null : hidden,
      turn: turn && { ...turn, secret: hidden },
    },
    null,
    2,
  );
}

function configOf(given: ReturnType<typeof collect>, surroundings: Surroundings): Config {
  const parsed = v.safeParse(VALUES, given.values, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Wrong(`${given.nameOf(issue.path?.[0]?.key as Flag)} ${issue.message}`);
  }
  const values = parsed.output;
  if (values['heartbeat-timeout-ms'] < 2 * values['heartbeat-ms']) {
    throw new Wrong(`${given.nameOf('heartbeat-timeout-ms')} must be at least twice --heartbeat-ms`);
  }
  const secretOf = (flag: 'join-secret-file' | 'turn-secret-file', variable: string): string | null => {
    const text = secretText(values[flag], given.nameOf(flag), variable, surroundings);
    if (text === null || text.length >= SECRET_LENGTH) return text;
    throw new Wrong(
      `${values[flag] === null ? variable : given.nameOf(flag)} must hold at least ${SECRET_LENGTH} characters`,
    );
  };
  const turnSecret = secretOf('turn-secret-file', 'PARLEY_TURN_SECRET');
  const turn = turnOf(values['turn-url'], turnSecret, values['turn-ttl']);
  const leastTtlMs = leastTurnTtlMs(values['grace-ms']);
  if (turn !== null && turn.ttlMs < leastTtlMs) {
    throw new Wrong(
      `${given.nameOf('turn-ttl')} must be at least ${Math.ceil(leastTtlMs / 1000)} with --grace-ms ${values['grace-ms']}`,
    );
  }
  return {
    listen: values.listen,
    port: values.port,
    tls: certificateFiles(values['tls-cert'], values['tls-key']),
    allowOrigins: values['allow-origin'],
    hostNames: values['host-name'],
    presenceOff: values['presence-off'],
    trustProxies: values['trust-proxy'],
    roomCapacity: values['room-capacity'],
    maxConnections: values['max-connections'],
    maxPerIp: values['max-per-ip'],
    maxRooms: values['max-rooms'],
    heartbeatMs: values['heartbeat-ms'],
    heartbeatTimeoutMs: values['heartbeat-timeout-ms'],
    graceMs: values['grace-ms'],
    joinSecret: secretOf('join-secret-file', 'PARLEY_JOIN_SECRET'),
    turn,
    stunUrls: values['stun-url'],
    metricsPort: values['metrics-port'],
    drainMs: values['drain-seconds'] * 1000,
    logLevel: values['log-level'],
    logFormat: values['log-format'],
  };
}

function certificateFiles(cert: string | null, key: string | null): CertificateFiles | null {
  if (cert === null && key === null) return null;
  if (key === null) throw new Wrong('--tls-cert needs --tls-key beside it');
  if (cert === null) throw new Wrong('--tls-key needs --tls-cert beside it');
  return { cert, key };
}

function turnOf(urls: string[], secret: string | null, ttlSeconds: number): Config['turn'] {
  if (urls.length === 0 && secret === null) return null;
  if (secret === null) throw new Wrong('--turn-url needs --turn-secret-file beside it');
  if (urls.length === 0) throw new Wrong('--turn-secret-file needs --turn-url beside it');
  return { urls, secret, ttlMs: ttlSeconds * 1000 };
}

/** A secret, from its file or from the environment itself; never from the command line, which everybody can list. */
function secretText(
  path: string | null,
  name: string,
  variable: string,
  { env, readFile }: Surroundings,
): string | null {
  if (path === null) return env[variable]?.trim() ?? null;
  try {
    return readFile(path).trim();
  } catch (error) {
    throw new Wrong(`${name} cannot be read (${systemCode(error)}): ${path}`);
  }
}

/** The system's own code of an error, such as `ENOENT`. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
