import fc from 'fast-check';
import { expect, it } from 'vitest';
import { closeReason, reconnectDelay } from '../../../../main/signaling/reconnect-policy';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('tries again almost at once, then more and more slowly, never more than 10 s apart', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), random, (attempt, chance) => {
      const delay = reconnectDelay(attempt, chance);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(attempt === 1 ? 100 : 10_000);
      if (attempt > 1) expect(delay).toBeGreaterThanOrEqual(250);
      expect(reconnectDelay(attempt + 1, chance)).toBeGreaterThanOrEqual(delay);
    }),
  );
});

it('spreads clients that lost the same server', () => {
  expect(reconnectDelay(4, 0)).toBe(1000);
  expect(reconnectDelay(4, 0.5)).toBe(1500);
});

it('never undercuts the hint of a server', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), random, fc.nat(60_000), (attempt, chance, hint) => {
      expect(reconnectDelay(attempt, chance, hint)).toBeGreaterThanOrEqual(hint);
      expect(reconnectDelay(attempt, chance, hint)).toBeLessThanOrEqual(Math.max(10_000, hint * 1.5));
    }),
  );
});

it('knows what our close codes mean, and nothing of other codes', () => {
  expect(closeReason(4409)).toEqual({ reason: 'room-full', comeBack: false });
  expect(closeReason(1001)).toEqual({ reason: 'draining', comeBack: true });
  expect([1000, 1005, 1006, 1011, 4999].map(closeReason)).toEqual([null, null, null, null, null]);
});
