/** Who can be seen and rung: what the app's conversations with servers tell of people. */
import { SvelteMap } from 'svelte/reactivity';
import type { Person } from '../../main/signaling/protocol';
import type { Bridge, BridgeEvent, ErrorCode } from '../../preload/bridge';

/** Someone who is present, and by which conversation they are reached. */
export interface PersonHere {
  link: string;
  person: Person;
}

/** One conversation with a server, as it is doing. */
export interface LinkView {
  link: string;
  /** `ws://host:port` */
  server: string;
  state: 'connecting' | 'up' | 'down';
  /** Why it is not up, or shows nobody. */
  problem: ErrorCode | null;
}

export class People {
  readonly #links = new SvelteMap<string, LinkView>();
  readonly #here = new SvelteMap<string, PersonHere>();
  /** Those who may be rung come first, then by name. */
  readonly here = $derived(
    [...this.#here.values()].sort(
      (a, b) =>
        rank(a) - rank(b) || a.person.name.localeCompare(b.person.name) || (idOf(a) < idOf(b) ? -1 : 1),
    ),
  );
  readonly links = $derived([...this.#links.values()]);

  constructor(bridge: Pick<Bridge, 'on' | 'watchPeople'>) {
    bridge.on((event) => this.#onBridge(event));
    void bridge.watchPeople();
  }

  #onBridge(event: BridgeEvent): void {
    switch (event.type) {
      case 'link-changed': {
        const { type: _, ...view } = event;
        this.#links.set(view.link, view);
        return;
      }
      case 'link-closed':
        this.#links.delete(event.link);
        this.#forget(event.link);
        return;
      case 'people':
        this.#forget(event.link);
        for (const person of event.people) this.#set(event.link, person);
        return;
      case 'person':
        this.#set(event.link, event.person);
        return;
      case 'person-gone':
        this.#here.delete(`${event.link} ${event.member}`);
        return;
      default:
        // Of the call, or of the window.
        return;
    }
  }

  #set(link: string, person: Person): void {
    this.#here.set(`${link} ${person.id}`, { link, person });
  }

  #forget(link: string): void {
    for (const [key, here] of [...this.#here]) if (here.link === link) this.#here.delete(key);
  }
}

const idOf = ({ link, person }: PersonHere): string => `${link} ${person.id}`;
const rank = ({ person }: PersonHere): number => (person.status === 'free' ? 0 : 1);
