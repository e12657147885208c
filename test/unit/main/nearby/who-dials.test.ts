import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  chooseDialled,
  MAX_DIALLED,
  shouldDial,
  WAIT_MS,
  type Candidate,
  type Other,
} from '../../../../main/nearby/who-dials';

const seen = (key: string, change: Partial<Other> = {}): Other => ({
  key,
  isHere: false,
  seenForMs: 0,
  isAsked: false,
  ...change,
});
const a = { key: 'a', isAnnounced: true };
const b = { key: 'b', isAnnounced: true };

it('has the smaller key dial, and the greater wait', () => {
  expect(shouldDial(a, seen('b'))).toBe(true);
  expect(shouldDial(b, seen('a'))).toBe(false);
});

it('has the greater dial as well where nobody came: a firewall may let through one way only', () => {
  expect(shouldDial(b, seen('a', { seenForMs: WAIT_MS }))).toBe(true);
  expect(shouldDial(b, seen('a', { seenForMs: WAIT_MS, isHere: true }))).toBe(false);
});

it('has who cannot be seen dial everybody', () => {
  expect(shouldDial({ ...b, isAnnounced: false }, seen('a'))).toBe(true);
});

it('does not wait where it is known from elsewhere where somebody is', () => {
  expect(shouldDial(b, seen('a', { isAsked: true }))).toBe(true);
  expect(shouldDial(b, seen('a', { isAsked: true, isHere: true }))).toBe(false);
});

it('never dials itself', () => {
  expect(shouldDial(a, seen('a', { isAsked: true, seenForMs: WAIT_MS }))).toBe(false);
});

it('comes to one socket between any two who see each other, however long ago', () => {
  const key = fc.string({ minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(key, key, fc.nat(10_000), fc.nat(10_000), (one, other, seenByOneMs, seenByOtherMs) => {
      fc.pre(one !== other);
      let [fromOne, fromOther] = [false, false];
      for (let round = 0; round < 3; round += 1) {
        fromOne = shouldDial(
          { key: one, isAnnounced: true },
          seen(other, { seenForMs: seenByOneMs, isHere: fromOther }),
        );
        fromOther = shouldDial(
          { key: other, isAnnounced: true },
          seen(one, { seenForMs: seenByOtherMs, isHere: fromOne }),
        );
      }
      expect([fromOne, fromOther].filter(Boolean)).toHaveLength(1);
    }),
  );
});

it('keeps to those it has, and to those who matter, where there are too many', () => {
  const crowd = Array.from({ length: MAX_DIALLED + 10 }, (_, index) => ({
    key: String(index),
    isPreferred: false,
    isDialled: index >= 10,
  }));
  const late: Candidate = { key: 'favourite', isPreferred: true, isDialled: false };
  expect(chooseDialled(crowd)).toEqual(new Set(crowd.slice(10).map(({ key }) => key)));
  const chosen = chooseDialled([...crowd, late]);
  expect(chosen.has('favourite')).toBe(true);
  expect(chosen.size).toBe(MAX_DIALLED);
  expect(chosen.has(String(MAX_DIALLED + 9))).toBe(false);
});
