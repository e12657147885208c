import { beforeEach, expect, test } from 'vitest';
import { SilentRings } from '../../../main/silent-rings';
import type { Person, RingMessage } from '../../../main/signaling/protocol';
import { ManualClock } from '../../support/signaling-clock';

const ann: Person = { id: 'a'.repeat(22), name: 'Ann', device: 'desktop', key: 'ann', status: 'free' };

let clock: ManualClock;
let said: RingMessage[];
let rings: SilentRings;
beforeEach(() => {
  clock = new ManualClock();
  said = [];
  rings = new SilentRings({ tell: (_to, message) => void said.push(message), clock });
});

test('ring until who rings gives up', () => {
  rings.ring(ann, 'one', null);
  expect(said).toEqual([{ type: 'ringing', call: 'one' }]);
  expect(rings.cancel(ann.id, 'another')).toBe(false);
  expect(rings.cancel(ann.id, 'one')).toBe(true);
  expect(rings.cancel(ann.id, 'one')).toBe(false);
  expect([said.length, clock.pending]).toEqual([1, 0]);
});

test.each(['busy', 'do-not-disturb'] as const)('are refused as everybody’s where that is %s', (reason) => {
  rings.ring(ann, 'one', reason);
  expect(said).toEqual([{ type: 'decline', call: 'one', reason }]);
  expect(clock.pending).toBe(0);
});

test('end as not answered where who rings never says so', () => {
  rings.ring(ann, 'one', null);
  clock.advance(50_000);
  expect(said.at(-1)).toEqual({ type: 'decline', call: 'one', reason: 'no-answer' });
  expect(clock.pending).toBe(0);
});

test('leave nothing behind of who has gone, or when the link closes', () => {
  rings.ring(ann, 'one', null);
  rings.forget(ann.id);
  expect(clock.pending).toBe(0);
  rings.ring(ann, 'two', null);
  rings.close();
  expect([said.length, clock.pending]).toEqual([2, 0]);
});
