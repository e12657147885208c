/** In which order people are listed. */
import type { KnownPerson } from '../../preload/bridge';
import type { PersonHere } from '../call/people-here';
import { nameOf } from './names';

/** Someone in a list: there, known, or both. */
export interface PersonListed {
  key: string;
  /** `null`: not there now. */
  here: PersonHere | null;
  /** `null`: not known beyond what they say. */
  known: KnownPerson | null;
}

/** Those who may be rung first, then those who are there, then by the name that is shown. */
export function inOrder(people: readonly PersonListed[]): PersonListed[] {
  const rank = ({ here }: PersonListed): number =>
    here === null ? 2 : here.person.status === 'free' ? 0 : 1;
  const name = ({ here, known }: PersonListed): string =>
    nameOf(known, here?.person.name ?? known?.name ?? '');
  return [...people].sort(
    (a, b) => rank(a) - rank(b) || name(a).localeCompare(name(b)) || (a.key < b.key ? -1 : 1),
  );
}

/** As they stood before, newcomers last: nobody takes the place of another under a pointer. */
export function inFormerOrder(people: readonly PersonListed[], former: readonly string[]): PersonListed[] {
  const place = new Map(former.map((key, index) => [key, index]));
  const placeOf = ({ key }: PersonListed): number => place.get(key) ?? former.length;
  return [...people].sort((a, b) => placeOf(a) - placeOf(b));
}
