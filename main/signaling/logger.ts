/** What a log line may carry beside its event: no session descriptions, secrets or full addresses at `info`. */
export type LogFields = Record<string, string | number | boolean | null>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the signaling module reports to; the app and the command line each bring their own. */
export type Logger = Record<LogLevel, (event: string, fields?: LogFields) => void>;

/** Logs as JSON lines, one object a line: `{time, level, event, ...fields}`. */
export function jsonLinesLogger(write: (line: string) => void, now: () => Date = () => new Date()): Logger {
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      write(`${JSON.stringify({ time: now().toISOString(), level, event, ...fields })}\n`);
    };
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}

/** Says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
