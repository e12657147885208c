import type { PeopleLink } from '../people-link';
import type { PeopleLinks } from '../people-links';
import type { Clock } from '../signaling/clock';
import { NEARBY } from '../signaling/protocol';
import { instanceOf } from './announcement';

export interface DialledLinksParts {
  links: Pick<PeopleLinks, 'link' | 'open' | 'end'>;
  /** Somebody was reached there. */
  noteAddress: (key: string, server: string) => void;
  /** A link's state or its people changed. */
  onChange: () => void;
  clock: Clock;
}

/** Somebody at an address that was told has answered by now. */
export const MEET_MS = 6000;

/** The conversations with others on their own servers: one with each, by their key. */
export class DialledLinks {
  readonly #parts: DialledLinksParts;
  /** Ids of the links. */
  readonly #ids = new Map<string, string>();
  /** Who wait for somebody to be met look at every change. */
  readonly #meetings = new Set<() => void>();

  constructor(parts: DialledLinksParts) {
    this.#parts = parts;
  }

  /** Who has one. */
  get keys(): string[] {
    return [...this.#ids.keys()];
  }

  with(key: string): PeopleLink | null {
    const id = this.#ids.get(key);
    return id === undefined ? null : this.#parts.links.link(id);
  }

  dial(key: string, servers: readonly string[]): PeopleLink {
    const id = `near ${instanceOf(key)}`;
    this.#ids.set(key, id);
    return this.#open(id, servers, key);
  }

  /** Dials whoever is there, by whose key it is kept only once they are known. */
  dialAnybody(servers: readonly string[]): PeopleLink {
    return this.#open(`at ${servers.join(' ')}`.slice(0, 64), servers, null);
  }

  keep(key: string, link: PeopleLink): void {
    this.#ids.set(key, link.id);
  }

  hangUp(key: string): void {
    const id = this.#ids.get(key);
    if (id === undefined) return;
    this.#ids.delete(key);
    this.#parts.links.end(id);
  }

  /** Waits until somebody is met over it, or it is clear that nobody will be; {@link MEET_MS} at most. */
  isAnybodyAt(link: PeopleLink): Promise<boolean> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(() => settle(), MEET_MS);
      const look = (): void => {
        if (link.people.length > 0 || link.problem !== null) settle();
      };
      const settle = (): void => {
        clock.clearTimeout(timer);
        this.#meetings.delete(look);
        resolve(link.people.length > 0);
      };
      this.#meetings.add(look);
      look();
    });
  }

  #open(id: string, servers: readonly string[], only: string | null): PeopleLink {
    const { links, noteAddress, onChange } = this.#parts;
    const link = links.open({
      id,
      kind: 'nearby',
      target: { servers, namespace: NEARBY },
      password: null,
      only,
      onChange: () => {
        const { server, only: person } = link;
        if (link.people.length > 0 && person !== null && server !== null) noteAddress(person, server);
        for (const look of [...this.#meetings]) look();
        onChange();
      },
    });
    return link;
  }
}
