import { expect, it } from 'vitest';
import { SilenceWatch, startPinging } from '../../../../main/signaling/life-signs';
import { ManualClock } from '../../../support/signaling-clock';

it('calls silence exactly one time-out after the last sign of life, once', () => {
  const clock = new ManualClock();
  const silences: number[] = [];
  const watch = new SilenceWatch(clock, 500, () => silences.push(clock.now()));
  clock.advance(400);
  watch.heard();
  clock.advance(499);
  expect(silences).toEqual([]);
  clock.advance(1);
  expect(silences).toEqual([900]);
  clock.advance(10_000);
  expect(silences).toEqual([900]);
});

it('says nothing once it was stopped', () => {
  const clock = new ManualClock();
  const watch = new SilenceWatch(clock, 500, () => {
    throw new Error('silence');
  });
  watch.stop();
  clock.advance(1000);
  expect(clock.pending).toBe(0);
});

it('pings at once and then in intervals, until it is stopped', () => {
  const clock = new ManualClock();
  let pings = 0;
  const stop = startPinging(clock, 100, () => (pings += 1));
  expect(pings).toBe(1);
  clock.advance(350);
  expect(pings).toBe(4);
  stop();
  clock.advance(1000);
  expect(pings).toBe(4);
});
