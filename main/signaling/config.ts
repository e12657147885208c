import { parseArgs, type ParseArgsConfig } from 'node:util';
import * as v from 'valibot';
import { DEFAULT_PORT, LIMITS } from './protocol';

/** What a headless server is told on its command line. */
export interface Config {
  port: number;
  listen: string;
  allowOrigins: string[];
  /** None: the server cannot know how it is reached, and takes members whatever address they dialled. */
  hostNames: string[];
  heartbeatMs: number;
  heartbeatTimeoutMs: number;
  graceMs: number;
}

/** What the command line asks for; `wrong` carries a sentence that names the flag. */
export type CommandLine =
  | { kind: 'serve'; config: Config }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'wrong'; sentence: string };

/** What `--help` prints. */
export const USAGE = `Usage: parley-server [options]

A signaling server for Parley. Rooms are there as soon as somebody joins them.

  --port N                  port to listen on, 0 picks a free one (${DEFAULT_PORT})
  --listen ADDRESS          address to listen on (127.0.0.1)
  --allow-origin ORIGIN     web pages that may connect, repeatable, * for any (none)
  --host-name NAME          a name this server is reached by, repeatable; once there is one, members must have dialled
                            one of them, an address of this machine or its own name (any address will do)
  --heartbeat-ms N          how often every socket is asked for a sign of life (10000)
  --heartbeat-timeout-ms N  silence after which a socket is dropped (25000)
  --grace-ms N              how long a seat outlives its socket (${LIMITS.graceMs})
  --help, --version
`;

const FLAGS = {
  port: { type: 'string' },
  listen: { type: 'string' },
  'allow-origin': { type: 'string', multiple: true },
  'host-name': { type: 'string', multiple: true },
  'heartbeat-ms': { type: 'string' },
  'heartbeat-timeout-ms': { type: 'string' },
  'grace-ms': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const HOUR_MS = 3_600_000;

const wholeNumber = (min: number, max: number, otherwise: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`),
      v.transform(Number),
      v.minValue(min, `must be at least ${min}`),
      v.maxValue(max, `must be at most ${max}`),
    ),
    otherwise,
  );

const originSchema = v.pipe(
  v.string(),
  v.check(
    (origin) =>
      origin === '*' || origin === 'null' || (URL.canParse(origin) && new URL(origin).origin === origin),
    'must be an origin such as https://example.org, or *',
  ),
);

const flagsSchema = v.object({
  port: wholeNumber(0, 65_535, String(DEFAULT_PORT)),
  listen: v.optional(
    v.pipe(v.string(), v.regex(/^[\w.:%-]+$/, 'must be an address such as 127.0.0.1')),
    '127.0.0.1',
  ),
  'allow-origin': v.optional(v.array(originSchema), []),
  'host-name': v.optional(
    v.array(v.pipe(v.string(), v.toLowerCase(), v.regex(/^[\w.-]+$/, 'must be a host name without a port'))),
    [],
  ),
  'heartbeat-ms': wholeNumber(10, HOUR_MS, '10000'),
  'heartbeat-timeout-ms': wholeNumber(20, HOUR_MS, '25000'),
  'grace-ms': wholeNumber(0, HOUR_MS, String(LIMITS.graceMs)),
});

/** Reads a command line, without the program's own name. Never throws. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  let values: ReturnType<typeof parseStrictly>;
  try {
    values = parseStrictly(args);
  } catch (error) {
    // Node's own sentences name the flag; only the first one is about what was typed.
    const [sentence = 'The command line cannot be read'] =
      error instanceof Error ? error.message.split('. ') : [];
    return { kind: 'wrong', sentence: `${sentence}.` };
  }
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const parsed = v.safeParse(flagsSchema, values, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return { kind: 'wrong', sentence: `--${String(issue.path?.[0]?.key)} ${issue.message}.` };
  }
  const flags = parsed.output;
  if (flags['heartbeat-timeout-ms'] <= flags['heartbeat-ms']) {
    return { kind: 'wrong', sentence: '--heartbeat-timeout-ms must be more than --heartbeat-ms.' };
  }
  return {
    kind: 'serve',
    config: {
      port: flags.port,
      listen: flags.listen,
      allowOrigins: flags['allow-origin'],
      hostNames: flags['host-name'],
      heartbeatMs: flags['heartbeat-ms'],
      heartbeatTimeoutMs: flags['heartbeat-timeout-ms'],
      graceMs: flags['grace-ms'],
    },
  };
}

function parseStrictly(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values;
}
