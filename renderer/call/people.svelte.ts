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

  /** What is of the call or of the window is for others. */
  #onBridge(event: BridgeEvent): void {
    if (event.type === 'link-changed') {
      const { link, server, state, problem } = event;
      this.#links.set(link, { link, server, state, problem });
    } else if (event.type === 'link-closed') {
      this.#links.delete(event.link);
      this.#forget(event.link);
    } else if (event.type === 'people') {
      this.#forget(event.link);
      for (const person of event.people) this.#set(event.link, person);
    } else if (event.type === 'person') {
      this.#set(event.link, event.person);
    } else if (event.type === 'person-gone') {
      this.#here.delete(`${event.link} ${event.member}`);
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
