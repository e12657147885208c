import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  expect(await openDeviceKey(path)).toMatchObject({
    identity: { publicKey: first.identity.publicKey },
    isKept: true,
  });
});

test('a damaged file falls back to the backup: the person stays who they are', async () => {
  const path = join(folder, 'key.json');
  const first = await openDeviceKey(path);
  writeFileSync(path, '{"privateKey": "AAAA"}');
  expect(await openDeviceKey(path)).toMatchObject({
    identity: { publicKey: first.identity.publicKey },
    isKept: true,
  });
});

test('a key that cannot be written is good for this run, and said to be', async () => {
  const path = join(folder, 'key.json');
  mkdirSync(`${path}.new`);
  const first = await openDeviceKey(path);
  expect(first.isKept).toBe(false);
  expect((await openDeviceKey(path)).identity.publicKey).not.toBe(first.identity.publicKey);
});

test('a key without a backup is kept all the same', async () => {
  const path = join(folder, 'key.json');
  mkdirSync(`${path}.new.bak`);
  const first = await openDeviceKey(path);
  expect(first.isKept).toBe(true);
  expect((await openDeviceKey(path)).identity.publicKey).toBe(first.identity.publicKey);
});
