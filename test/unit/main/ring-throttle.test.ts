import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RingThrottle } from '../../../main/ring-throttle';

const MINUTE_MS = 60_000;

test('ten rings in a minute are heard, and none after them for five minutes', () => {
  const throttle = new RingThrottle();
  const heard = Array.from({ length: 12 }, (_, n) => throttle.count('ann', n * 5000));
  expect(heard).toEqual([...Array<string>(9).fill('heard'), 'last', 'unheard', 'unheard']);
  expect(throttle.count('ben', 50_000)).toBe('heard');
  expect(throttle.count('ann', 45_000 + 5 * MINUTE_MS - 1)).toBe('unheard');
  expect(throttle.count('ann', 45_000 + 5 * MINUTE_MS)).toBe('heard');
});

test('who rings now and then is always heard', () => {
  const throttle = new RingThrottle();
  for (let atMs = 0; atMs < 60 * MINUTE_MS; atMs += 7000) expect(throttle.count('ann', atMs)).toBe('heard');
});

test('who was answered may go on', () => {
  const throttle = new RingThrottle();
  for (let n = 0; n < 100; n += 1) {
    expect(throttle.count('ann', n)).toBe('heard');
    if (n % 5 === 4) throttle.forgive('ann');
  }
});

test('whatever one key does, it is heard a bounded number of times a minute, and others always', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 200 }), (gaps) => {
      const throttle = new RingThrottle();
      let atMs = 0;
      const heard: number[] = [];
      for (const gap of gaps) {
        atMs += gap;
        if (throttle.count('flood', atMs) !== 'unheard') heard.push(atMs);
        expect(throttle.count(`once at ${String(atMs)} ${String(heard.length)} ${String(gap)}`, atMs)).toBe(
          'heard',
        );
      }
      // A window begins with its first ring: at worst two of them meet in one minute.
      for (const from of heard)
        expect(heard.filter((each) => each >= from && each < from + MINUTE_MS).length).toBeLessThan(20);
    }),
  );
});
