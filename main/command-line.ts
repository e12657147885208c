import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { languageSchema, type ErrorCode, type Language, type Launch } from '../preload/bridge';
import {
  formatJoinLink,
  formatPersonLink,
  isPersonLink,
  LINK_SCHEME,
  LINK_LENGTH,
  readPerson,
  readTarget,
} from './join-link';
import { cleanName } from './signaling/names';
import { partSchema } from './signaling/protocol';

const HELP = `Usage: parley [options] [link]

  --join LINK           join the room a link leads to, or be asked about the person
  --host                host a room
  --room NAME           the room to host (three random words without it)
  --name NAME           the name the other side sees
  --port N              port to host on, and no other (without it 9238, or the next free)
  --let-in              people with the link walk straight in
  --allow-origin URL    a web page that may join rooms hosted here; repeat for several, * for any
  --hidden              without a window, where people can call: it appears when it is wanted
  --lang en|zh          language of the app
  --profile NAME        own settings folder, so that several Parleys run on one machine
  --version, --help
`;

const OPTIONS = {
  join: { type: 'string' },
  host: { type: 'boolean' },
  room: { type: 'string' },
  name: { type: 'string' },
  port: { type: 'string' },
  'let-in': { type: 'boolean' },
  'allow-origin': { type: 'string', multiple: true },
  hidden: { type: 'boolean' },
  lang: { type: 'string' },
  profile: { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** What the app was started with; everything checked. */
export interface CommandLine {
  show: 'help' | 'version' | null;
  launch: Launch | null;
  name: string | null;
  port: number | null;
  letIn: boolean;
  allowOrigins: string[];
  /** Started by the system at login: nobody asked to see it. */
  hidden: boolean;
  language: Language | null;
  profile: string | null;
}

/** A sentence for the terminal, naming the flag. */
export class BadFlagError extends Error {
  override readonly name = 'BadFlagError';
}

const portSchema = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/),
  v.transform(Number),
  v.minValue(1),
  v.maxValue(65535),
);
const profileSchema = v.pipe(v.string(), v.regex(/^[\p{L}\p{N} _.-]{1,40}$/u), v.regex(/^[^.]/));
const originSchema = v.union([
  v.literal('*'),
  v.pipe(v.string(), v.regex(/^(null|[a-z][a-z0-9+.-]*:\/\/[^/\s]+)$/i)),
]);

/**
 * Reads the arguments of a launch, the executable left out. Switches meant for Chromium pass by unseen.
 * @throws {BadFlagError} for a value that cannot be used.
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  // Not strict: Chromium's own switches are on the same line.
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
  });

  const text = (flag: keyof typeof OPTIONS): string | null => {
    const value = values[flag];
    if (value === undefined) return null;
    if (typeof value === 'string' && !value.startsWith('--')) return value;
    throw new BadFlagError(`--${flag} needs a value.`);
  };
  const checked = <T>(
    flag: keyof typeof OPTIONS,
    schema: v.GenericSchema<unknown, T>,
    wanted: string,
  ): T | null => {
    const value = text(flag);
    if (value === null) return null;
    const parsed = v.safeParse(schema, value);
    if (!parsed.success) throw new BadFlagError(`--${flag} must be ${wanted}, not "${value.slice(0, 80)}".`);
    return parsed.output;
  };

  const letIn = values['let-in'] === true;
  const origins = (Array.isArray(values['allow-origin']) ? values['allow-origin'] : []).map((origin) => {
    const parsed = v.safeParse(originSchema, origin);
    if (!parsed.success)
      throw new BadFlagError('--allow-origin must be an origin such as https://example.com, or *.');
    return parsed.output;
  });
  const room = checked(
    'room',
    v.pipe(v.string(), v.transform(cleanName), partSchema),
    'a name of 1 to 64 characters',
  );
  const link = text('join');
  const opened = positionals.find((argument) => argument.toLowerCase().startsWith(`${LINK_SCHEME}:`));

  let launch: Launch | null = null;
  if (link !== null) launch = linkLaunch(link, true);
  else if (values.host === true) launch = { type: 'host', room, door: letIn ? 'open' : 'ask' };
  else if (opened !== undefined) launch = linkLaunch(opened, false);

  return {
    show: values.help === true ? 'help' : values.version === true ? 'version' : null,
    launch,
    name: text('name') === null ? null : cleanName(text('name') ?? ''),
    port: checked('port', portSchema, 'a number from 1 to 65535'),
    letIn,
    allowOrigins: origins,
    hidden: values.hidden === true,
    // Chromium has a switch of the same name and takes any language there.
    language: v.is(languageSchema, values.lang) ? values.lang : null,
    profile: checked('profile', profileSchema, 'letters, digits, spaces and . _ -, at most 40'),
  };
}

/**
 * A link opened from outside, or given with `--join` (`confirmed`: no screen asks again before a room is joined; a
 * person is always asked about).
 */
export function linkLaunch(link: string, confirmed: boolean): Launch {
  if (isPersonLink(link)) return personLaunch(link);
  const target = readTarget(link);
  return target.ok
    ? { type: 'join', target: target.value, link: formatJoinLink(target.value), confirmed }
    : badLink(link, target.code === 'bad-room-name' ? 'bad-link' : target.code);
}

/** Of what is too long to be a link as much as shows that it is. */
const badLink = (text: string, code: ErrorCode): Launch => ({
  type: 'bad-link',
  code,
  text: text.slice(0, LINK_LENGTH + 1),
});

function personLaunch(text: string): Launch {
  const person = readPerson(text);
  if (!person.ok) return badLink(text, person.code);
  const { servers, key } = person.value;
  // Only an address is without a key.
  if (key === null) return badLink(text, 'bad-link');
  return { type: 'person', servers, key, link: formatPersonLink({ servers, key }) };
}

/** Reads the command line, and answers `--help`, `--version` and flags that cannot be used by printing and ending. */
export function answerTerminal(argv: readonly string[], version: string): CommandLine {
  try {
    const commandLine = readCommandLine(argv);
    if (commandLine.show === null) return commandLine;
    process.stdout.write(commandLine.show === 'help' ? HELP : `${version}\n`);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof BadFlagError)) throw error;
    process.stderr.write(`${error.message} parley --help lists the options.\n`);
    process.exit(2);
  }
}
