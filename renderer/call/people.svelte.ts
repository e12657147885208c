/** Who can be seen and rung: what the app's conversations with servers tell of people. */
import { SvelteMap } from 'svelte/reactivity';
import type { Person } from '../../main/signaling/protocol';
import type { Bridge, BridgeEvent, ErrorCode, LinkKind, NearbyView } from '../../preload/bridge';
import { oncePerKey, type PersonHere } from './people-here';

/** One conversation with a server, as it is doing. */
export interface LinkView {
  link: string;
  kind: LinkKind;
  /** `ws://host:port` */
  server: string;
  state: 'connecting' | 'up' | 'down';
  /** Why it is not up, or shows nobody. */
  problem: ErrorCode | null;
}

const OFF: NearbyView = { state: 'off', problem: null, search: 'looking', link: null, addresses: [] };

export class People {
  readonly #isBlocked: (key: string) => boolean;
  readonly #links = new SvelteMap<string, LinkView>();
  /** By link and member. */
  readonly #reached = new SvelteMap<string, { link: string; person: Person }>();
  #nearby = $state.raw(OFF);
  /** Each person once, by the way to them that is shortest. */
  readonly here = $derived(
    oncePerKey(
      [...this.#reached.values()]
        .filter(({ person }) => !this.#isBlocked(person.key))
        .map((reached) => this.#toHere(reached)),
    ),
  );
  /** The conversation with the server that was saved. */
  readonly saved = $derived([...this.#links.values()].find(({ kind }) => kind === 'saved') ?? null);

  /** How being reachable on this network is doing. */
  get nearby(): NearbyView {
    return this.#nearby;
  }

  /** @param isBlocked who is not shown */
  constructor(bridge: Pick<Bridge, 'on' | 'watchPeople'>, isBlocked: (key: string) => boolean) {
    this.#isBlocked = isBlocked;
    bridge.on((event) => this.#onBridge(event));
    void bridge.watchPeople();
  }

  /** What kind of conversation this is; `null` where there is none by that name. */
  kindOf(link: string): LinkKind | null {
    return this.#links.get(link)?.kind ?? null;
  }

  /** How this person is reached now, by this link where that leads to them; `null`: not at all. */
  wayTo(key: string, link: string): { link: string; person: Person } | null {
    const same = [...this.#reached.values()].find(
      (reached) => reached.link === link && reached.person.key === key,
    );
    return same ?? this.here.find(({ person }) => person.key === key) ?? null;
  }

  /** What is of the call or of the window is for others. */
  #onBridge(event: BridgeEvent): void {
    if (event.type === 'link-changed') {
      const { link, kind, server, state, problem } = event;
      this.#links.set(link, { link, kind, server, state, problem });
    } else if (event.type === 'nearby-changed') {
      this.#nearby = event.nearby;
    } else if (event.type === 'link-closed') {
      this.#links.delete(event.link);
      this.#forget(event.link);
    } else if (event.type === 'people') {
      this.#forget(event.link);
      for (const person of event.people) this.#set(event.link, person);
    } else if (event.type === 'person') {
      this.#set(event.link, event.person);
    } else if (event.type === 'person-gone') {
      this.#reached.delete(`${event.link} ${event.member}`);
    }
  }

  #toHere({ link, person }: { link: string; person: Person }): PersonHere {
    return { link, person, kind: this.#links.get(link)?.kind ?? 'saved' };
  }

  #set(link: string, person: Person): void {
    this.#reached.set(`${link} ${person.id}`, { link, person });
  }

  #forget(link: string): void {
    for (const [key, reached] of [...this.#reached]) if (reached.link === link) this.#reached.delete(key);
  }
}
