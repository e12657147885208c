import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Signal } from '../../../../main/signaling/protocol';
import { SignalInbox } from '../../../../renderer/call/signal-inbox';

const signal = (n: number): Signal => ({ call: 'call', n, candidate: null });

test('hands out every signal once and in order, however they come', () => {
  const arrivals = fc
    .nat({ max: 60 })
    .chain((count) =>
      fc.shuffledSubarray([...Array(count).keys(), ...Array(count).keys()], { minLength: 2 * count }),
    );
  fc.assert(
    fc.property(arrivals, (numbers) => {
      const inbox = new SignalInbox();
      const taken: number[] = [];
      for (const n of numbers) {
        inbox.put(signal(n));
        taken.push(...inbox.take().map((each) => each.n));
      }
      expect(taken).toEqual([...taken.keys()]);
      expect(taken).toHaveLength(numbers.length / 2);
    }),
  );
});

test('waits for a gap, knows what it has had and holds a bounded number', () => {
  const inbox = new SignalInbox();
  for (let n = 1; n < 1000; n += 1) inbox.put(signal(n));
  expect(inbox.take()).toEqual([]);
  expect(inbox.has(signal(1))).toBe(true);
  inbox.put(signal(0));
  inbox.put(signal(0));
  // Full: number 0 has to be said again.
  expect(inbox.drain()).toHaveLength(256);
  inbox.put(signal(0));
  expect(inbox.take()).toEqual([signal(0)]);
  expect(inbox.has(signal(0))).toBe(true);
});
