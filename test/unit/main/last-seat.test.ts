import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LastSeat } from '../../../main/last-seat';

const TARGET = { servers: ['ws://host:9238'], namespace: 'default', room: 'tea' };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-seat-'));
  path = join(folder, 'seat.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a seat that was never given up is there at the next start, once', async () => {
  await new LastSeat(path).write(TARGET);
  expect(await new LastSeat(path).take()).toEqual(TARGET);
  expect(await new LastSeat(path).take()).toBeNull();
});

test('a seat that was given up is forgotten', async () => {
  const seat = new LastSeat(path);
  await seat.write(TARGET);
  await seat.write(null);
  expect(await new LastSeat(path).take()).toBeNull();
});

test('a damaged file is no seat, also where an older one was kept', async () => {
  const seat = new LastSeat(path);
  await seat.write(TARGET);
  await seat.write(TARGET);
  writeFileSync(path, '{"target": {"servers": ["nonsense"]}}');
  expect(await new LastSeat(path).take()).toBeNull();
});
