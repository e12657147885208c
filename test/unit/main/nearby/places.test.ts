import { beforeEach, expect, test } from 'vitest';
import { instanceOf } from '../../../../main/nearby/announcement';
import { Places, type Place } from '../../../../main/nearby/places';

const THERE = { state: 'up', problem: null, people: ['them'] } as const;
const NOBODY = { state: 'up', problem: null, people: [] } as const;
const UNREACHABLE = { state: 'connecting', problem: 'server-unreachable', people: [] } as const;
const AT = ['ws://192.168.1.5:9238'];
const MINUTE = 60_000;

const favourites = new Set<string>();
let places: Places;
beforeEach(() => {
  favourites.clear();
  places = new Places((key) => favourites.has(key));
});

/** Sighted at the moment 0. */
function sighted(key: string, from: Place['from']): Place {
  places.sight(key, AT, from, 0);
  const place = places.get(key);
  if (!place) throw new TypeError('not sighted');
  return place;
}

test('a crowd, real or made up, takes the place of no favourite', () => {
  for (let n = 0; n < 300; n += 1) places.sight(`key ${n}`, AT, 'heard', n);
  expect(places.all).toHaveLength(256);
  favourites.add('ben');
  expect([places.sight('ann', AT, 'heard', 0), places.sight('ben', AT, 'heard', 0)]).toEqual([false, true]);
  expect(places.sight('key 0', ['ws://192.168.1.6:9238'], 'heard', 0)).toBe(true);
});

test('who is seen again was first seen when they were first seen, and stays where the person said they are', () => {
  sighted('ben', 'person');
  places.sight('ben', ['ws://192.168.1.6:9238'], 'heard', 5);
  expect(places.get('ben')).toMatchObject({
    servers: ['ws://192.168.1.6:9238'],
    seenAtMs: 5,
    firstSeenAtMs: 0,
    from: 'person',
  });
});

test('who was heard is forgotten once they are neither heard nor reached for long', () => {
  const ben = sighted('ben', 'heard');
  expect(places.review(ben, null, 2 * MINUTE)).toBe(true);
  expect(places.review(ben, THERE, 3 * MINUTE)).toBe(true);
  expect(places.review(ben, UNREACHABLE, 3 * MINUTE)).toBe(false);
  expect(places.get('ben')).toBeUndefined();
});

test('a goodbye counts from whom nothing reaches any more, for anybody can say it', () => {
  const ben = sighted('ben', 'heard');
  places.saidGoodbye(instanceOf('ben'));
  expect(places.review(ben, THERE, 1)).toBe(true);
  expect(places.review(ben, UNREACHABLE, 1)).toBe(false);
});

test('what the person said of where somebody is stays for as long as the app runs', () => {
  expect(places.review(sighted('ben', 'person'), UNREACHABLE, 60 * MINUTE)).toBe(true);
});

test.each([
  ['nothing answers', UNREACHABLE, 1],
  ['somebody else is by now', NOBODY, 6000],
] as const)('where a favourite once was and %s, they are not', (_what, talk, now) => {
  const ben = sighted('ben', 'known');
  expect(places.review(ben, NOBODY, 0)).toBe(true);
  expect(places.review(ben, talk, now)).toBe(false);
});

test('a favourite who was met where they once were is there until they have been gone for long', () => {
  const ben = sighted('ben', 'known');
  expect(places.review(ben, THERE, 5 * MINUTE)).toBe(true);
  expect(ben.from).toBe('met');
  // The look that finds them gone is the last at which they were there.
  expect(places.review(ben, UNREACHABLE, 9 * MINUTE)).toBe(true);
  expect(places.review(ben, UNREACHABLE, 11 * MINUTE)).toBe(true);
  expect(places.review(ben, UNREACHABLE, 12 * MINUTE)).toBe(false);
});

test('each address is asked by one favourite at a time, and by who was not there after the others', () => {
  const known = ['ann', 'ben'].map((key) => ({ key, servers: AT }));
  const asked: string[] = [];
  const ask = (key: string, servers: string[]): void => {
    asked.push(key);
    places.sight(key, servers, 'known', 0);
  };
  places.askKnown(known, () => true, ask);
  expect(asked).toEqual(['ann']);
  for (const place of places.all) places.review(place, UNREACHABLE, 1);
  places.askKnown(known, () => true, ask);
  expect(asked).toEqual(['ann', 'ben']);
  for (const place of places.all) places.review(place, UNREACHABLE, 1);
  places.askKnown(known, () => true, ask);
  expect(asked).toEqual(['ann', 'ben', 'ann']);
});

test('nobody is asked for where one may not ask, or who is somewhere already', () => {
  const asked: string[] = [];
  const known = [{ key: 'ben', servers: [...AT, 'ws://192.168.1.6:9238'] }];
  places.askKnown(
    known,
    (server) => server !== AT[0],
    (key, servers) => asked.push(key, ...servers),
  );
  expect(asked).toEqual(['ben', 'ws://192.168.1.6:9238']);
  sighted('ben', 'heard');
  places.askKnown(
    known,
    () => true,
    () => asked.push('again'),
  );
  expect(asked).toHaveLength(2);
});
