import { TokenBucket, type Rate } from './token-bucket';
import type { Clock } from './clock';

/** What a log line may carry beside its event: no session descriptions, secrets or full addresses at `info`. */
export type LogFields = Record<string, string | number | boolean | null>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the signaling module reports to; the app and the command line each bring their own. */
export type Logger = Record<LogLevel, (event: string, fields?: LogFields) => void>;

export type LogFormat = 'json' | 'text';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** How a logger writes: from which level on, and one line as JSON or as words. */
export interface LineLoggerOptions {
  write: (line: string) => void;
  level?: LogLevel;
  format?: LogFormat;
  now?: () => Date;
}

/** Logs line by line: `{time, level, event, ...fields}` as JSON, or the same as `time level event name=value`. */
export function lineLogger({
  write,
  level: lowest = 'info',
  format = 'json',
  now = () => new Date(),
}: LineLoggerOptions): Logger {
  const at = (level: LogLevel): Logger[LogLevel] => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(lowest)) return () => undefined;
    return (event, fields = {}) => {
      const time = now().toISOString();
      write(
        format === 'json'
          ? `${JSON.stringify({ time, level, event, ...fields })}\n`
          : `${[time, level, event, ...Object.entries(fields).map(asWords)].join(' ')}\n`,
      );
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function asWords([name, value]: [string, LogFields[string]]): string {
  const text = String(value);
  return `${name}=${/^[\w.:/-]+$/.test(text) ? text : JSON.stringify(text)}`;
}

/** Lines of one event at once, and again every second. */
const LINES: Rate = { burst: 20, perSecond: 2 };

/**
 * Writes only so many lines of one event at one level, so that nobody outside can fill a disk with refusals; the next line says how
 * many there were between. Whoever asked for `debug` gets every line of that.
 */
export function sparingLogger(logger: Logger, clock: Pick<Clock, 'now'>): Logger {
  const events = new Map<string, { lines: TokenBucket; skipped: number }>();
  const at =
    (level: LogLevel): Logger[LogLevel] =>
    (event, fields = {}) => {
      const now = clock.now();
      const kind = `${level} ${event}`;
      const known = events.get(kind) ?? { lines: new TokenBucket(LINES, now), skipped: 0 };
      events.set(kind, known);
      if (known.lines.waitMs(now) > 0) {
        known.skipped += 1;
        return;
      }
      known.lines.take(1, now);
      const { skipped } = known;
      known.skipped = 0;
      logger[level](event, skipped === 0 ? fields : { ...fields, skipped });
    };
  return { debug: logger.debug, info: at('info'), warn: at('warn'), error: at('error') };
}

/** Says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
