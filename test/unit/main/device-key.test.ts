import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDeviceKey } from '../../../main/device-key';
import { silentLogger } from '../../../main/signaling/logger';

let folder: string;
let lines: string[];
beforeEach(() => {
  lines = [];
  folder = mkdtempSync(join(tmpdir(), 'parley-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The key as the next start of the app finds it. */
const open = (path: string) => openDeviceKey(path, { ...silentLogger, warn: (line) => lines.push(line) });

test('the key is made once and kept', async () => {
  const path = join(folder, 'key.json');
  const first = await open(path);
  expect(await open(path)).toMatchObject({
    identity: { publicKey: first.identity.publicKey },
    isKept: true,
  });
});

test('a damaged file falls back to the backup: the person stays who they are', async () => {
  const path = join(folder, 'key.json');
  const first = await open(path);
  writeFileSync(path, '{"privateKey": "AAAA"}');
  expect(await open(path)).toMatchObject({
    identity: { publicKey: first.identity.publicKey },
    isKept: true,
  });
});

test('a key that cannot be written is good for this run, and said to be', async () => {
  const path = join(folder, 'key.json');
  mkdirSync(`${path}.new`);
  const first = await open(path);
  expect(first.isKept).toBe(false);
  expect((await open(path)).identity.publicKey).not.toBe(first.identity.publicKey);
});

test('a key without a backup is kept all the same', async () => {
  const path = join(folder, 'key.json');
  mkdirSync(`${path}.new.bak`);
  const first = await open(path);
  expect(first.isKept).toBe(true);
  expect((await open(path)).identity.publicKey).toBe(first.identity.publicKey);
});

test('a key that is lost with its backup leaves both behind, and a line in the log', async () => {
  const path = join(folder, 'key.json');
  const first = await open(path);
  const damaged = readFileSync(path, 'utf8').slice(0, 20);
  writeFileSync(path, damaged);
  writeFileSync(`${path}.bak`, '{"privateKey": "AAAA"}');
  expect(lines).toEqual([]);
  const second = await open(path);
  expect(second).toMatchObject({ isKept: true, isLost: true });
  expect(second.identity.publicKey).not.toBe(first.identity.publicKey);
  expect(readFileSync(`${path}.broken`, 'utf8')).toBe(damaged);
  expect(readFileSync(`${path}.bak.broken`, 'utf8')).toBe('{"privateKey": "AAAA"}');
  expect(lines).toEqual(['the device key cannot be read, and is another from now on']);
  expect(await open(path)).toMatchObject({
    identity: { publicKey: second.identity.publicKey },
    isLost: false,
  });
  expect(lines).toHaveLength(1);
});
