import { expect, it } from 'vitest';
import { finalCodeOf, refusalOf } from '../../../../main/signaling/client-events';

it('stays away after codes that say so, and comes back after accidents', () => {
  expect([1007, 1009, 4400, 4401, 4403, 4404, 4409, 4410, 4421, 4429].map(finalCodeOf)).toEqual([
    'bad-message',
    'bad-message',
    'bad-message',
    'unauthorized',
    'turned-away',
    'room-not-open',
    'room-full',
    'replaced',
    'wrong-address',
    'too-many',
  ]);
  expect([1000, 1001, 1005, 1006, 1011, 1012, 4999].filter((code) => finalCodeOf(code) !== null)).toEqual([]);
});

it('takes only what concerns the room itself for a refusal', () => {
  expect(refusalOf('room-full')).toBe('room-full');
  expect(refusalOf('peer-unavailable')).toBeNull();
  expect(refusalOf('unauthorized')).toBeNull();
});
