import type { Person } from '../../main/signaling/protocol';
import type { LinkKind } from '../../preload/bridge';

/** Someone who is present, and by which conversation they are reached. */
export interface PersonHere {
  link: string;
  kind: LinkKind;
  person: Person;
}

/** Each person once, by the way to them that is shorter: the network before a server elsewhere. */
export function oncePerKey(reached: readonly PersonHere[]): PersonHere[] {
  const people = new Map<string, PersonHere>();
  for (const here of reached) {
    const known = people.get(here.person.key);
    if (!known || (known.kind === 'saved' && here.kind === 'nearby')) people.set(here.person.key, here);
  }
  return [...people.values()];
}
