import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenBucket } from '../../../../main/signaling/token-bucket';

it('gives a burst at once, and then says how long the debt takes', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 10 }, 0);
  expect([1, 1, 1].map((cost) => bucket.take(cost, 0))).toEqual([0, 0, 0]);
  expect(bucket.waitMs(0)).toBe(100);
  expect(bucket.take(2, 0)).toBe(200);
  expect(bucket.take(1, 200)).toBe(100);
  expect(bucket.take(1, 500)).toBe(0);
});

it('is full again after a while, and never more than full', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 1 }, 0);
  bucket.take(2, 0);
  expect(bucket.isFull(1999)).toBe(false);
  expect(bucket.isFull(2000)).toBe(true);
  expect(bucket.take(2, 1e9)).toBe(0);
  expect(bucket.take(1, 1e9)).toBe(1000);
});

it('lets no debt grow past its longest wait', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 10 }, 0, 2000);
  expect(bucket.take(1000, 0)).toBe(2000);
  expect(bucket.take(1000, 0)).toBe(2000);
  expect(bucket.take(1, 2000)).toBe(100);
});

it('gives no more than its burst and its rate, whoever waits as told', () => {
  const rates = fc.record({
    burst: fc.integer({ min: 1, max: 50 }),
    perSecond: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(rates, fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 200 }), (rate, costs) => {
      const bucket = new TokenBucket(rate, 0);
      let now = 0;
      let taken = 0;
      for (const cost of costs) {
        now += bucket.take(cost, now);
        taken += cost;
        expect(taken).toBeLessThanOrEqual(rate.burst + (now / 1000) * rate.perSecond + 1e-6);
      }
    }),
  );
});
