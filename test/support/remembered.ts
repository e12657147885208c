/** What an app remembers of many people and calls, as text by file name: for the profile of a person in a test. */
import type { CallRecord, KnownPerson } from '../../preload/bridge';

const HOUR_MS = 3_600_000;

const PEOPLE = 50;
const CALLS = 1000;

/** @param names the first people's; the others are numbered */
export function remembered(...names: string[]): Record<'people.json' | 'calls.json', string> {
  const nameOf = (n: number): string => names[n] ?? `Person ${String(n)}`;
  const people: KnownPerson[] = Array.from({ length: PEOPLE }, (_, n) => ({
    key: `key-${String(n)}`,
    givenName: null,
    name: nameOf(n),
    favourite: n % 10 !== 9,
    verified: n % 2 === 0,
    blocked: n % 10 === 9,
    autoAnswer: false,
    addresses: [],
    seenAtMs: n,
  }));
  const calls: CallRecord[] = Array.from({ length: CALLS }, (_, n) => {
    const isMissed = n % 5 === 1;
    return {
      id: String(n).padStart(22, '0'),
      key: n % 7 === 6 ? null : `key-${String(n % PEOPLE)}`,
      name: nameOf(n % PEOPLE),
      direction: n % 3 === 0 && !isMissed ? 'out' : 'in',
      media: n % 2 === 0 ? 'video' : 'voice',
      startedAtMs: Date.now() - n * 7 * HOUR_MS,
      lastedMs: isMissed ? null : n * 1000,
      reason: isMissed ? 'no-answer' : 'hung-up',
      by: isMissed ? 'network' : 'peer',
      seen: !isMissed || n > 4,
      times: n === 1 ? 3 : 1,
    };
  });
  return { 'people.json': JSON.stringify(people), 'calls.json': JSON.stringify(calls) };
}
