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
  held.retire('old', true);
  held.hold('ann', offer('old'), offer('new'));
  expect(held.isRetired(offer('old'))).toBe(true);
  expect(held.take('ann')).toEqual([offer('new')]);
});

test('says goodbye once to who goes on with a call that is over, and not with one that only began anew', () => {
  const held = new HeldSignals();
  held.retire('old', true);
  held.retire('begun anew', false);
  expect(held.takeBye({ call: 'old', n: 7, bye: true })).toBeNull();
  expect(held.takeBye(candidate(3, 'old'))).toEqual({ call: 'old', n: 1, bye: true });
  expect(held.takeBye(offer('old'))).toBeNull();
  expect(held.takeBye(offer('begun anew'))).toBeNull();
  expect(held.takeBye(offer('new'))).toBeNull();
});

test('remembers the newest of the calls that are over', () => {
  const held = new HeldSignals();
  for (let nth = 0; nth < 100; nth += 1) held.retire(`call-${nth}`, true);
  expect([35, 36, 99].map((nth) => held.isRetired(offer(`call-${nth}`)))).toEqual([false, true, true]);
});
