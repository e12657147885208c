import { beforeEach, expect, test } from 'vitest';
import { PathWatch } from '../../../../renderer/call/path-watch';
import { FakeClock } from '../../../support/fake-clock';
import { FakeNetwork } from '../../../support/fake-peer-connection';

let clock: FakeClock;
let connection: RTCPeerConnection;
let asked: number[];
let pictureSeen: boolean;
let watch: PathWatch;

beforeEach(() => {
  clock = new FakeClock();
  connection = new new FakeNetwork(clock).Connection();
  asked = [];
  pictureSeen = false;
  watch = new PathWatch({
    connection: () => connection,
    clock,
    pictureSeen: () => pictureSeen,
    onReading: () => asked.push(clock.now()),
  });
});

test('looks less often once there is a picture, and never once stopped', async () => {
  const startedMs = clock.now();
  await clock.advance(1000);
  pictureSeen = true;
  await clock.advance(5000);
  expect(asked.map((at) => at - startedMs)).toEqual([400, 800, 1200, 3200, 5200]);
  watch.stop();
  await clock.advance(10_000);
  expect([asked.length, clock.pending]).toEqual([5, 0]);
});

test('goes on with the next connection after one that does not answer', async () => {
  const other = connection;
  connection = Object.assign(new new FakeNetwork(clock).Connection(), {
    getStats: () => Promise.reject(new Error('closed')),
  });
  await clock.advance(500);
  expect(asked).toEqual([]);
  connection = other;
  await clock.advance(500);
  expect(asked).toHaveLength(1);
  watch.stop();
});
