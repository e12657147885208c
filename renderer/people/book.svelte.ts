/** The people one knows and the recent calls, as the app keeps them. */
import { SvelteMap } from 'svelte/reactivity';
import type {
  Bridge,
  BridgeEvent,
  CallRecord,
  ErrorCode,
  KnownChange,
  KnownPerson,
} from '../../preload/bridge';

type BookBridge = Pick<
  Bridge,
  'on' | 'readBook' | 'changeKnown' | 'forgetKnown' | 'addCall' | 'seeCalls' | 'forgetCalls' | 'restoreCalls'
>;

export class Book {
  readonly #bridge: BookBridge;
  readonly #known = new SvelteMap<string, KnownPerson>();
  #calls = $state.raw<readonly CallRecord[]>([]);
  #forgotten = $state(0);
  #problems = $state.raw<readonly ErrorCode[]>([]);
  readonly favourites = $derived([...this.#known.values()].filter(({ favourite }) => favourite));
  readonly blocked = $derived([...this.#known.values()].filter(({ blocked }) => blocked));
  /** Missed calls that nobody has looked at. */
  readonly unseen = $derived(this.#calls.filter(({ seen }) => !seen).length);

  constructor(bridge: BookBridge) {
    this.#bridge = bridge;
    bridge.on((event) => this.#onBridge(event));
  }

  /** Newest first. */
  get calls(): readonly CallRecord[] {
    return this.#calls;
  }

  /** Calls that were forgotten last and can be brought back. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** What could not be read or written. */
  get problem(): ErrorCode | null {
    return this.#problems[0] ?? null;
  }

  /** Reads everything, once; until then nobody is known. Not needed for the first frame. */
  async load(): Promise<void> {
    const { people, calls, problems } = await this.#bridge.readBook();
    for (const person of people) this.#known.set(person.key, person);
    this.#calls = calls;
    this.#problems = [...this.#problems, ...problems];
  }

  /** Everybody who is known. */
  get people(): Iterable<KnownPerson> {
    return this.#known.values();
  }

  /** @param key `null`: of somebody who proved none, so nobody is known by it. */
  known(key: string | null): KnownPerson | null {
    return key === null ? null : (this.#known.get(key) ?? null);
  }

  change(key: string, change: KnownChange): Promise<void> {
    return this.#tellProblem(this.#bridge.changeKnown(key, change));
  }

  forget(key: string): Promise<void> {
    return this.#tellProblem(this.#bridge.forgetKnown(key));
  }

  addCall(record: CallRecord): Promise<void> {
    return this.#tellProblem(this.#bridge.addCall(record));
  }

  seeCalls(): Promise<void> {
    return this.#tellProblem(this.#bridge.seeCalls());
  }

  /** Forgets these calls, or all of them. */
  forgetCalls(ids = this.#calls.map(({ id }) => id)): Promise<void> {
    this.#forgotten = ids.length;
    return this.#tellProblem(this.#bridge.forgetCalls(ids));
  }

  restoreCalls(): Promise<void> {
    this.#forgotten = 0;
    return this.#tellProblem(this.#bridge.restoreCalls());
  }

  forgetProblem(): void {
    this.#problems = this.#problems.slice(1);
  }

  async #tellProblem(answer: Promise<{ ok: true } | { ok: false; code: ErrorCode }>): Promise<void> {
    const result = await answer;
    if (!result.ok && !this.#problems.includes(result.code))
      this.#problems = [...this.#problems, result.code];
  }

  #onBridge(event: BridgeEvent): void {
    if (event.type === 'known-changed') this.#known.set(event.person.key, event.person);
    else if (event.type === 'known-forgotten') this.#known.delete(event.key);
    else if (event.type === 'calls-changed') this.#calls = event.calls;
  }
}
