import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { withLock } from '../../../../scripts/runtime/lock.mjs';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('lets one in at a time', async () => {
  let inside = 0;
  const most = await Promise.all(
    [1, 2, 3].map(() =>
      withLock(file, async () => {
        const now = ++inside;
        await new Promise(setImmediate);
        inside--;
        return now;
      }),
    ),
  );
  expect(most).toEqual([1, 1, 1]);
});

test('is free again after work that failed', async () => {
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});

test('takes over the lock of a process that has gone', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file, String(pid));
  expect(await withLock(file, () => Promise.resolve('mine'))).toBe('mine');
});
