import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KnownPerson } from '../../../../preload/bridge';
import { isFound, nameOf, namesakeOf, skeletonOf } from '../../../../renderer/people/names';

const person = (change: Partial<KnownPerson>): KnownPerson => ({
  key: 'ann',
  givenName: null,
  name: 'Ann',
  favourite: true,
  verified: false,
  blocked: false,
  autoAnswer: false,
  addresses: [],
  seenAtMs: 0,
  ...change,
});

test('people are called as one calls them, else as they do', () => {
  expect(nameOf(person({ givenName: 'Auntie' }), 'Ann')).toBe('Auntie');
  expect(nameOf(person({}), 'Ann Other')).toBe('Ann Other');
  expect(nameOf(null, 'Ann')).toBe('Ann');
});

describe('a name that looks like', () => {
  test.each([
    ['Ann', 'the same'],
    ['ANN', 'in capitals'],
    [' A nn ', 'with spaces'],
    ['A\u200bn\u00adn\ufe0f', 'with what cannot be seen'],
    ['\u202eAnn\u202c', 'with marks that turn it round'],
    ['Ａｎｎ', 'in full width'],
    ['Аnn', 'with a Cyrillic letter'],
    ['Αnn', 'with a Greek letter'],
    ['𝐀𝐧𝐧', 'in mathematical letters'],
  ])('%s (%s) is noticed', (name) => {
    expect(namesakeOf(name, 'other', [person({})])).not.toBeNull();
  });

  test.each([
    ['lan', 'Ian'],
    ['A1i', 'Ali'],
    ['B0b', 'Bob'],
    ['Ernma', 'Emma'],
  ])('%s is taken for %s', (name, known) => {
    expect(namesakeOf(name, 'other', [person({ name: known })])).not.toBeNull();
  });

  test('another, or nothing, or one’s own key, is not', () => {
    for (const name of ['Anna', 'Anne', 'Ånn', '安', ''])
      expect(namesakeOf(name, 'other', [person({}), person({ key: 'x', name: '' })])).toBeNull();
    expect(namesakeOf('Ann', 'ann', [person({})])).toBeNull();
  });

  test('what one calls somebody is noticed as well, and one who proves nothing', () => {
    const auntie = person({ givenName: 'Auntie', favourite: false, verified: true });
    expect(namesakeOf('auntie', null, [auntie])).toBe(auntie);
    expect(namesakeOf('ann', null, [auntie])).toBe(auntie);
  });

  test('only of who matters: a favourite or somebody verified', () => {
    expect(namesakeOf('Ann', 'other', [person({ favourite: false })])).toBeNull();
  });
});

test.each([
  ['STRAẞE', 'strasse'],
  ['Ёlla', 'Ëlla'],
  ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
])('%s looks like %s', (one, other) => {
  expect(skeletonOf(one)).toBe(skeletonOf(other));
});

test('a skeleton has no other skeleton, whatever the letter', () => {
  const letters = Array.from({ length: 0x2_0000 }, (_, code) => String.fromCodePoint(code));
  expect(letters.filter((letter) => skeletonOf(skeletonOf(letter)) !== skeletonOf(letter))).toEqual([]);
});

test('a skeleton has no other skeleton, whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(skeletonOf(skeletonOf(name))).toBe(skeletonOf(name));
    }),
  );
});

test('a search finds parts of names, without case, width and accents', () => {
  expect(isFound('BENE', 'Bénédicte')).toBe(true);
  expect(isFound('安', '王安')).toBe(true);
  // Letters that are only taken for others are not the same letters.
  expect(isFound('ber', 'Bernd')).toBe(true);
  expect(isFound('ann', 'Ben', 'Auntie Ann')).toBe(true);
  expect(isFound('ann', 'Ben')).toBe(false);
});
