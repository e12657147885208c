import electronLog from 'electron-log/main.js';
import type { Logger, LogLevel } from './signaling/logger';

/** The app's log: a file of at most 1 MiB in the profile's folder; warnings and errors in the terminal too. */
export function openLog(path: string): Logger {
  electronLog.transports.file.resolvePathFn = () => path;
  electronLog.transports.file.maxSize = 1024 * 1024;
  electronLog.transports.console.level = 'warn';
  electronLog.transports.ipc.level = false;
  // Whoever read them may have gone. An error that nobody hears would be logged there in turn, without end.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const at =
    (level: LogLevel): Logger[LogLevel] =>
    (event, fields = {}) =>
      electronLog[level](event, fields);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
