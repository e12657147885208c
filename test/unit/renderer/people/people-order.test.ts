import { expect, test } from 'vitest';
import type { Status } from '../../../../main/signaling/protocol';
import { inFormerOrder, inOrder, type PersonListed } from '../../../../renderer/people/people-order';

const someone = (name: string, status: Status | 'absent' = 'free', givenName?: string): PersonListed => {
  const key = `key of ${name}`;
  const person = { id: name, name, device: 'desktop', key, status: 'free' } as const;
  const marks = { favourite: true, verified: false, autoAnswer: false, blocked: false };
  const known = { key, name, ...marks, addresses: [], seenAtMs: 0 };
  return {
    key,
    here: status === 'absent' ? null : { link: 'saved', kind: 'saved', person: { ...person, status } },
    known: givenName === undefined ? null : { ...known, givenName },
  };
};
const names = (people: readonly PersonListed[]): string[] =>
  people.map(({ key }) => key.slice('key of '.length));

test('who can be rung comes first, who is not there last, and then it goes by name', () => {
  const people = [someone('Ann', 'in-call'), someone('Cy'), someone('Amy', 'absent', 'Amy'), someone('Ben')];
  expect(names(inOrder(people))).toEqual(['Ben', 'Cy', 'Ann', 'Amy']);
});

test('it goes by the name that is shown', () => {
  expect(names(inOrder([someone('Ann', 'free', 'Mum'), someone('Ben')]))).toEqual(['Ben', 'Ann']);
});

test('who stood in the list keeps their place, and who comes stands last', () => {
  const [ann, ben, cy] = [someone('Ann', 'in-call'), someone('Ben'), someone('Cy')];
  const former = ['Ann', 'Cy', 'Zoe'].map((name) => `key of ${name}`);
  expect(names(inFormerOrder(inOrder([ann, ben, cy]), former))).toEqual(['Ann', 'Cy', 'Ben']);
});
