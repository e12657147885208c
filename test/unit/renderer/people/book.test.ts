import { beforeEach, expect, test } from 'vitest';
import type { CallRecord, KnownPerson } from '../../../../preload/bridge';
import { Book } from '../../../../renderer/people/book.svelte';
import { FakeBridge } from '../../../support/fake-bridge';

const person = (key: string, change: Partial<KnownPerson> = {}): KnownPerson => ({
  key,
  givenName: null,
  name: key,
  favourite: false,
  verified: false,
  blocked: false,
  autoAnswer: false,
  addresses: [],
  seenAtMs: 0,
  ...change,
});
const call = (id: string, seen: boolean): CallRecord => ({
  id,
  key: 'ann',
  name: 'Ann',
  direction: 'in',
  media: 'voice',
  startedAtMs: 0,
  lastedMs: null,
  reason: 'no-answer',
  by: 'network',
  seen,
  times: 1,
});

let bridge: FakeBridge;
let book: Book;
beforeEach(async () => {
  bridge = new FakeBridge();
  bridge.book = {
    people: [person('ann', { favourite: true }), person('ben', { blocked: true })],
    calls: [call('2', false), call('1', true)],
    problems: ['calls-restored'],
  };
  book = new Book(bridge);
  expect(book.known('ann')).toBeNull();
  await book.load();
});

const keys = (people: readonly KnownPerson[]) => people.map(({ key }) => key);

test('what the app remembers is there once it is read', () => {
  expect([keys(book.favourites), keys(book.blocked), book.unseen]).toEqual([['ann'], ['ben'], 1]);
  expect(book.calls.map(({ id }) => id)).toEqual(['2', '1']);
  expect(book.known(null)).toBeNull();
});

test('what changes is there as soon as the app says so', () => {
  bridge.emit({ type: 'known-changed', person: person('cy', { favourite: true, verified: true }) });
  bridge.emit({ type: 'known-forgotten', key: 'ann' });
  bridge.emit({ type: 'calls-changed', calls: [call('2', true)] });
  expect([keys(book.favourites), book.unseen, book.calls.length]).toEqual([['cy'], 0, 1]);
});

test('what could not be read or written is told, once each', async () => {
  expect(book.problem).toBe('calls-restored');
  await book.change('ann', { favourite: false });
  await book.change('ann', { favourite: false });
  book.forgetProblem();
  expect(book.problem).toBe('book-not-saved');
  book.forgetProblem();
  expect(book.problem).toBeNull();
});

test('calls that were forgotten can be brought back', async () => {
  await book.forgetCalls();
  expect(bridge.asked('forgetCalls')).toEqual([[['2', '1']]]);
  expect(book.forgotten).toBe(2);
  await book.restoreCalls();
  expect([bridge.asked('restoreCalls').length, book.forgotten]).toEqual([1, 0]);
});
