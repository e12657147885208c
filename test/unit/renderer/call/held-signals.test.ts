import { expect, test } from 'vitest';
import type { Signal } from '../../../../main/signaling/protocol';
import { HeldSignals } from '../../../../renderer/call/held-signals';

const candidate = (n: number, call = 'call'): Signal => ({ call, n, candidate: null });
const offer = (call = 'call'): Signal => ({ call, n: 0, description: { type: 'offer', sdp: '' } });

test('holds the newest signals of each member, in order, until they are taken', () => {
  const held = new HeldSignals();
  held.hold('ann', ...Array.from({ length: 300 }, (_, n) => candidate(n)));
  held.hold('ben', offer());
  const taken = held.take('ann');
  expect([taken.length, taken[0]?.n, taken.at(-1)?.n]).toEqual([255, 45, 299]);
  expect(held.take('ben')).toEqual([]);
});

test('knows who of those in the room has offered', () => {
  const held = new HeldSignals();
  held.hold('ann', candidate(1));
  held.hold('ben', offer());
  expect(held.offerer([{ id: 'ann' }])).toBeNull();
  expect(held.offerer([{ id: 'ann' }, { id: 'ben' }])).toBe('ben');
  held.forget('ben');
  expect(held.offerer([{ id: 'ben' }])).toBeNull();
});

test('keeps nothing of a call that is over', () => {
  const held = new HeldSignals();
  held.retire('old');
  held.hold('ann', offer('old'), offer('new'));
  expect(held.isRetired(offer('old'))).toBe(true);
  expect(held.take('ann')).toEqual([offer('new')]);
});
