import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { openLog } from '../../../main/log';

// The real one asks Electron's package where Electron is, which may not be there.
vi.mock('electron-log/main.js', () => ({ default: { transports: { file: {}, console: {}, ipc: {} } } }));

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a terminal that has gone is no error', () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  vi.stubGlobal('process', { stdout, stderr });
  openLog('parley.log');
  expect(() => stdout.emit('error', new Error('write EIO'))).not.toThrow();
  expect(() => stderr.emit('error', new Error('write EPIPE'))).not.toThrow();
});
