/** What people are called, and when two names are one to the eye. */
import type { KnownPerson } from '../../preload/bridge';

/** A name, or nothing where there is nothing in it to be seen: the blank of Braille is a letter to Unicode. */
export const seenName = (name: string): string =>
  /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800]/u.test(name) ? name : '';

/** What somebody is called here: as this person calls them, or as they call themselves. May be empty. */
export const nameOf = (known: Pick<KnownPerson, 'givenName'> | null, own: string): string =>
  seenName(known?.givenName ?? '') || seenName(own);

/**
 * Letters of other scripts that look like Latin ones (a few of Unicode's confusables, UTS 39): what is left of a name
 * that somebody made to look like another.
 */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'аa',
    'вb',
    'еe',
    'ѕs',
    'іi',
    'јj',
    'кk',
    'мm',
    'нh',
    'оo',
    'рp',
    'сc',
    'тt',
    'уy',
    'хx',
    'ԁd',
    'ԛq',
    'ԝw',
    'һh',
  ]
    .concat(['αa', 'βb', 'ηn', 'ιi', 'κk', 'μm', 'νv', 'οo', 'ρp', 'ςσ', 'τt', 'υu', 'χx', 'ıi', 'ɡg', 'ⅼl'])
    .map((pair) => [pair.charAt(0), pair.charAt(pair.length - 1)]),
);

/** What is left of a name to find it by: no case, no width, nothing invisible, no spaces between. */
function plainOf(name: string): string {
  // Down, up and down again: some letters have a capital that is not the capital of their small one (ẞ, ß, SS).
  const folded = name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();
  const visible = folded
    .normalize('NFKD')
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Control}\p{White_Space}]/gu, '');
  return visible.replace(/./gu, (letter) => LOOKALIKES[letter] ?? letter).normalize('NFD');
}

/** Each row of a list is compared with everybody one relies on. */
const skeletons = new Map<string, string>();
/** More names than anybody knows, and little to hold. */
const MOST_SKELETONS = 4096;

/** What is left of a name to compare it by eye, which takes some letters for others in most fonts. */
export function skeletonOf(name: string): string {
  const known = skeletons.get(name);
  if (known !== undefined) return known;
  const skeleton = plainOf(name).replace(/[i1|]/g, 'l').replaceAll('0', 'o').replaceAll('rn', 'm');
  if (skeletons.size >= MOST_SKELETONS) skeletons.clear();
  skeletons.set(name, skeleton);
  return skeleton;
}

/** Somebody this person relies on, whose name looks like this one and whose key is another; `null`: none. */
export function namesakeOf(
  name: string,
  key: string | null,
  people: Iterable<KnownPerson>,
): KnownPerson | null {
  const skeleton = skeletonOf(name);
  if (skeleton === '') return null;
  const trusted = [...people].filter((person) => person.favourite || person.verified);
  // One of two who are called the same is nobody's namesake.
  if (trusted.some((person) => person.key === key)) return null;
  for (const person of trusted) {
    // A second device of the same person says so as well: it may be them, and it may not.
    const names = [person.name, person.givenName ?? ''].map(skeletonOf);
    if (names.includes(skeleton)) return person;
  }
  return null;
}

/** Whether a search finds somebody by one of their names: without regard to case, width and accents. */
export function isFound(search: string, ...names: readonly string[]): boolean {
  const wanted = searchable(search);
  return names.some((name) => searchable(name).includes(wanted));
}

const searchable = (text: string): string => plainOf(text).replace(/\p{Nonspacing_Mark}/gu, '');
