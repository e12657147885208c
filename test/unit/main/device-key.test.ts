import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDeviceKey } from '../../../main/device-key';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the key is made once and kept', async () => {
  const path = join(folder, 'key.json');
  const first = await openDeviceKey(path);
  expect((await openDeviceKey(path)).publicKey).toBe(first.publicKey);
});

test('a damaged file falls back to the backup: the person stays who they are', async () => {
  const path = join(folder, 'key.json');
  const first = await openDeviceKey(path);
  writeFileSync(path, '{"privateKey": "AAAA"}');
  expect((await openDeviceKey(path)).publicKey).toBe(first.publicKey);
});
