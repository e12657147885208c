import { beforeEach, expect, test } from 'vitest';
import { LEVEL_MS, LevelMeter } from '../../../../renderer/call/level-meter';
import { FakeClock } from '../../../support/fake-clock';
import { FakeAudioContext, FakeTrack, newFakeStream } from '../../../support/fake-media-devices';

let clock: FakeClock;
let said: number[];
let meter: LevelMeter;
const track = () => new FakeTrack('audio') as unknown as MediaStreamTrack;

beforeEach(() => {
  clock = new FakeClock();
  said = [];
  FakeAudioContext.loudness = 0.1;
  const options = { clock, newStream: newFakeStream, newAudioContext: FakeAudioContext.make };
  meter = new LevelMeter(options, (level) => said.push(level));
});

test('says the level twenty times a second', async () => {
  meter.start(track());
  await clock.advance(1000 - 1);
  expect(said).toHaveLength(1000 / LEVEL_MS);
  meter.stop();
});

test.each([
  [1, 1],
  [0.1, 2 / 3],
  [0.001, 0],
  [0.0001, 0],
  [0, 0],
  [2, 1],
])('shows an amplitude of %d as %d', (loudness, level) => {
  FakeAudioContext.loudness = loudness;
  meter.start(track());
  expect(said[0]).toBeCloseTo(level);
  meter.stop();
});

test('says silence when it stops, and holds nothing any more', () => {
  meter.start(track());
  meter.start(track());
  expect(FakeAudioContext.open).toBe(1);
  meter.stop();
  meter.stop();
  expect(said.slice(-1)).toEqual([0]);
  expect([FakeAudioContext.open, clock.pending]).toEqual([0, 0]);
});
