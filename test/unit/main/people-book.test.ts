import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PeopleBook } from '../../../main/people-book';
import { silentLogger } from '../../../main/signaling/logger';
import {
  callRecordSchema,
  knownPersonSchema,
  MAX_CALLS,
  type BridgeEvent,
  type CallRecord,
} from '../../../preload/bridge';

let folder: string;
let nowMs: number;
let events: BridgeEvent[];
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-book-'));
  nowMs = 1_700_000_000_000;
  events = [];
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The book as the next start of the app finds it. */
const open = (): PeopleBook =>
  new PeopleBook({
    folder,
    emit: (event) => events.push(event),
    log: { ...silentLogger, warn: (line) => lines.push(line) },
    now: () => nowMs,
  });

const file = (name: 'people' | 'calls'): string => join(folder, `${name}.json`);
const last = (): BridgeEvent | undefined => events.at(-1);

let made = 0;
function call(change: Partial<CallRecord> = {}): CallRecord {
  made += 1;
  return {
    id: String(made).padStart(22, '0'),
    key: 'ann',
    name: 'Ann',
    direction: 'in',
    media: 'voice',
    startedAtMs: nowMs,
    lastedMs: null,
    reason: 'no-answer',
    by: 'network',
    seen: false,
    times: 1,
    ...change,
  };
}

const talk = (change: Partial<CallRecord> = {}): CallRecord =>
  call({ lastedMs: 60_000, reason: 'hung-up', by: 'peer', seen: true, ...change });

describe('people', () => {
  test('are known from the first change on, also at the next start, for their owner only', async () => {
    const book = open();
    expect((await book.read()).people).toEqual([]);
    const changed = await book.change('ann', { name: ' Ann\u202e ', favourite: true });
    expect(changed).toMatchObject({ ok: true, value: { key: 'ann', favourite: true, verified: false } });
    expect(last()).toMatchObject({ type: 'known-changed', person: { key: 'ann' } });
    expect((await open().read()).people).toMatchObject([{ key: 'ann', name: 'Ann', favourite: true }]);
    expect(statSync(file('people')).mode & 0o077).toBe(0);
  });

  test('are known by whoever asks once they are read', async () => {
    await open().change('ann', { name: 'Ann' });
    const book = open();
    expect(book.known('ann')).toBeNull();
    await book.load();
    expect(book.known('ann')).toMatchObject({ name: 'Ann' });
    expect(book.known('ben')).toBeNull();
  });

  test('are given a name without losing their own', async () => {
    const book = open();
    await book.change('ann', { name: 'Ann', givenName: 'Auntie' });
    await book.addCall(talk({ name: 'Ann Other' }));
    expect(book.known('ann')).toMatchObject({ name: 'Ann Other', givenName: 'Auntie' });
    await book.change('ann', { givenName: null });
    expect(book.known('ann')).toMatchObject({ name: 'Ann Other', givenName: null });
  });

  test('who are no verified favourites are never answered by the app', async () => {
    const book = open();
    const isAnswered = () => book.known('ann')?.autoAnswer;
    await book.change('ann', { autoAnswer: true, favourite: true });
    expect(isAnswered()).toBe(false);
    await book.change('ann', { autoAnswer: true, verified: true });
    expect(isAnswered()).toBe(true);
    for (const change of [{ favourite: false }, { verified: false }, { blocked: true }]) {
      await book.change('ann', { favourite: true, verified: true, blocked: false, autoAnswer: true });
      expect(isAnswered()).toBe(true);
      await book.change('ann', change);
      expect(isAnswered()).toBe(false);
    }
    expect(book.known('ann')).toMatchObject({ favourite: false, blocked: true });
  });

  test('that were forgotten are forgotten', async () => {
    const book = open();
    await book.change('ann', { favourite: true });
    await book.forget('ann');
    expect(last()).toEqual({ type: 'known-forgotten', key: 'ann' });
    expect((await open().read()).people).toEqual([]);
  });

  test('have the addresses where they were reached last, if they are known', async () => {
    const book = open();
    await book.change('ann', { favourite: true });
    for (const host of ['a', 'b', 'c', 'b', 'd', 'e']) book.noteAddress('ann', `ws://${host}:9238`);
    const addresses = ['e', 'd', 'b', 'c'].map((host) => `ws://${host}:9238`);
    expect(book.known('ann')).toMatchObject({ addresses });
    book.noteAddress('ben', 'ws://a:9238');
    expect(book.known('ben')).toBeNull();
  });

  test('are many, and those one chose are kept', async () => {
    const everyone = Array.from({ length: 5003 }, (_, n) => ({
      key: `key-${String(n)}`,
      givenName: null,
      name: 'Someone',
      favourite: n === 0,
      verified: n === 1,
      blocked: n === 2,
      autoAnswer: false,
      addresses: [],
      seenAtMs: n,
    }));
    writeFileSync(file('people'), JSON.stringify(everyone));
    const book = open();
    await book.change('new', {});
    const { people } = await book.read();
    expect(people).toHaveLength(5003);
    for (const key of ['key-0', 'key-1', 'key-2', 'new']) expect(book.known(key)).not.toBeNull();
    expect(book.known('key-3')).toBeNull();
  });
});

describe('calls', () => {
  test('are there at the next start, newest first', async () => {
    const book = open();
    const first = talk();
    nowMs += 1000;
    const second = talk({ direction: 'out', key: null, name: '' });
    await book.addCall(first);
    await book.addCall(second);
    expect(last()).toEqual({ type: 'calls-changed', calls: [second, first] });
    expect((await open().read()).calls).toEqual([second, first]);
  });

  test('that go on after a new start are one each', async () => {
    const book = open();
    const before = call({ reason: 'unreachable' });
    await book.addCall(before);
    nowMs += 2000;
    await book.addCall(talk({ id: before.id }));
    expect((await book.read()).calls).toMatchObject([{ id: before.id, reason: 'hung-up' }]);
  });

  test('are news unless a record only takes the place of one', async () => {
    const book = open();
    const [missed, talked] = [call({ reason: 'busy' }), talk()];
    expect(book.hasNoted(missed)).toBe(false);
    await book.addCall(missed);
    await book.addCall(talked);
    expect(book.hasNoted({ ...missed, reason: 'cancelled' })).toBe(true);
    expect(book.hasNoted(call({ id: talked.id }))).toBe(false);
  });

  test('that were talked stay when nobody answers who goes back to them, which is a record beside', async () => {
    const book = open();
    const talked = talk();
    await book.addCall(talked);
    nowMs += 2000;
    await book.addCall(call({ id: talked.id }));
    const { calls } = await book.read();
    expect(calls).toMatchObject([{ reason: 'no-answer', seen: false }, talked]);
    expect(calls[0]?.id).not.toBe(talked.id);
    expect((await open().read()).calls).toEqual(calls);
  });

  test('make known who one has talked with, and nobody who only rang', async () => {
    const book = open();
    await book.addCall(call());
    await book.addCall(talk({ key: null }));
    expect((await book.read()).people).toEqual([]);
    await book.addCall(talk());
    expect(book.known('ann')).toMatchObject({ name: 'Ann', seenAtMs: nowMs, favourite: false });
  });

  test('that are missed within a minute of each other are one', async () => {
    const book = open();
    for (let n = 0; n < 10; n += 1) {
      await book.addCall(call());
      nowMs += 6000;
    }
    expect((await book.read()).calls).toMatchObject([{ times: 10, seen: false, startedAtMs: nowMs - 6000 }]);
    nowMs += 60_000;
    await book.addCall(call());
    expect((await book.read()).calls.map(({ times }) => times)).toEqual([1, 10]);
  });

  test('that were declined are one as well, and no missed one', async () => {
    const book = open();
    const declined = { reason: 'declined', by: 'self', seen: true } as const;
    await book.addCall(call(declined));
    await book.addCall(call(declined));
    expect((await book.read()).calls).toMatchObject([{ times: 2, seen: true }]);
  });

  test.each<[string, Partial<CallRecord>]>([
    ['of another person', { key: 'ben' }],
    ['of who proved nothing, by another name', { key: null, name: 'Ben' }],
    ['that one made', { direction: 'out' }],
    ['that ended otherwise', { reason: 'cancelled', by: 'peer' }],
    ['in which one talked', { lastedMs: 1 }],
  ])('%s are one each', async (_what, change) => {
    const book = open();
    await book.addCall(call(change.key === null ? { key: null } : {}));
    await book.addCall(call(change));
    expect((await book.read()).calls.map(({ times }) => times)).toEqual([1, 1]);
  });

  test('are seen once somebody looked, and a new one is not', async () => {
    const book = open();
    await book.addCall(call());
    await book.seeCalls();
    expect((await open().read()).calls).toMatchObject([{ seen: true }]);
    await book.addCall(call());
    expect((await book.read()).calls).toMatchObject([{ seen: false, times: 2 }]);
  });

  test('that were forgotten can be brought back to their places', async () => {
    const book = open();
    const calls = [0, 1, 2].map((n) => talk({ startedAtMs: nowMs - n }));
    for (const each of calls) await book.addCall(each);
    await book.forgetCalls([calls[1]?.id ?? '']);
    expect((await open().read()).calls).toEqual([calls[0], calls[2]]);
    await book.restoreCalls();
    await book.restoreCalls();
    expect((await open().read()).calls).toEqual(calls);
    await book.forgetCalls(calls.map(({ id }) => id));
    expect((await open().read()).calls).toEqual([]);
    await book.restoreCalls();
    expect((await open().read()).calls).toEqual(calls);
  });

  test('are a thousand at most', async () => {
    const book = open();
    const added = Array.from({ length: MAX_CALLS + 5 }, (_, n) => talk({ startedAtMs: nowMs + n }));
    await Promise.all(added.map((each) => book.addCall(each)));
    const { calls } = await open().read();
    expect(calls).toHaveLength(MAX_CALLS);
    expect(calls[0]).toEqual(added.at(-1));
  });
});

describe('a damaged file', () => {
  /** A book that was written twice, so that its backups are one change behind. */
  async function written(): Promise<void> {
    const book = open();
    await book.change('ann', { favourite: true });
    await book.change('ben', { favourite: true });
    await book.addCall(talk());
    await book.addCall(talk({ startedAtMs: nowMs + 1 }));
  }

  test('of people costs only what changed last, and no call; told once', async () => {
    await written();
    writeFileSync(file('people'), '[{"key": "an');
    const { people, calls, problems } = await open().read();
    expect(people.some(({ key }) => key === 'ann')).toBe(true);
    expect(calls).toHaveLength(2);
    expect(problems).toEqual(['people-restored']);
    expect((await open().read()).problems).toEqual([]);
  });

  test('of calls costs no people; told once, also without a backup', async () => {
    await written();
    writeFileSync(file('calls'), 'nonsense');
    rmSync(`${file('calls')}.bak`);
    const book = open();
    const { people, calls, problems } = await book.read();
    expect([people.length, calls, problems]).toEqual([2, [], ['calls-reset']]);
    // A page that was reloaded needs no telling.
    expect((await book.read()).problems).toEqual([]);
    await book.addCall(talk());
    expect((await open().read()).problems).toEqual([]);
  });

  test('without a backup that can be read is not written over, but kept beside', async () => {
    await written();
    writeFileSync(file('people'), '[{"key": "an');
    writeFileSync(`${file('people')}.bak`, '{}');
    expect((await open().read()).problems).toEqual(['people-reset']);
    expect(readFileSync(`${file('people')}.broken`, 'utf8')).toBe('[{"key": "an');
    expect(readFileSync(`${file('people')}.bak.broken`, 'utf8')).toBe('{}');
    expect((await open().read()).problems).toEqual([]);
  });

  test('of which one entry is nonsense costs that entry, and a line in the log', async () => {
    await written();
    const [first, ...others] = JSON.parse(readFileSync(file('people'), 'utf8')) as unknown[];
    writeFileSync(file('people'), JSON.stringify([first, null, { key: 7 }, ...others]));
    const { people, problems } = await open().read();
    expect([people.length, problems]).toEqual([2, []]);
    expect(lines).toEqual(['left out what could not be read']);
  });

  test('whatever it holds, what is read is valid', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (people, calls) => {
        writeFileSync(file('people'), JSON.stringify(people));
        writeFileSync(file('calls'), JSON.stringify([calls]));
        const read = await open().read();
        expect(v.is(v.array(knownPersonSchema), read.people)).toBe(true);
        expect(v.is(v.array(callRecordSchema), read.calls)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

test('what cannot be written is said, and holds until the end', async () => {
  const book = open();
  await book.load();
  // A folder in the place of the file.
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  expect(await book.change('ann', { favourite: true })).toEqual({ ok: false, code: 'book-not-saved' });
  expect(book.known('ann')).toMatchObject({ favourite: true });
});
