import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LastSeat, type Seat } from '../../../main/last-seat';

const TARGET = { servers: ['ws://host:9238'], namespace: 'default', room: 'tea' };
const SEAT: Seat = { target: TARGET, rung: null };
const RUNG: Seat = {
  target: TARGET,
  rung: {
    call: 'c'.repeat(22),
    link: 'saved',
    peer: { id: 'b'.repeat(22), name: 'Ben', device: 'desktop', key: 'key', status: 'free' },
    media: 'video',
  },
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-seat-'));
  path = join(folder, 'seat.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a seat that was never given up is there at the next start, once', async () => {
  await new LastSeat(path).write(SEAT);
  expect(await new LastSeat(path).take()).toEqual(SEAT);
  expect(await new LastSeat(path).take()).toBeNull();
});

test('a seat in a call that was rung is kept with the call', async () => {
  await new LastSeat(path).write(RUNG);
  expect(await new LastSeat(path).take()).toEqual(RUNG);
});

test('a seat that an older Parley kept is a seat in a room', async () => {
  writeFileSync(path, JSON.stringify({ target: TARGET }));
  expect(await new LastSeat(path).take()).toEqual(SEAT);
});

test('a seat that was given up is forgotten', async () => {
  const seat = new LastSeat(path);
  await seat.write(SEAT);
  await seat.write(null);
  expect(await new LastSeat(path).take()).toBeNull();
});

test('a damaged file is no seat, also where an older one was kept', async () => {
  const seat = new LastSeat(path);
  await seat.write(SEAT);
  await seat.write(SEAT);
  writeFileSync(path, '{"target": {"servers": ["nonsense"]}}');
  expect(await new LastSeat(path).take()).toBeNull();
});
