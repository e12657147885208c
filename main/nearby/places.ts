import { instanceOf } from './announcement';
import { MEET_MS } from './dialled-links';

/** Somebody's app, as far as it is known where it is. Moments are on the clock of whoever keeps the book. */
export interface Place {
  key: string;
  servers: string[];
  seenAtMs: number;
  firstSeenAtMs: number;
  /** Heard on the network, known from another time, met where they were known to be, or told by the person. */
  from: 'heard' | 'known' | 'met' | 'person';
  /** They were there at the last look. */
  isThere?: boolean;
}

/** What a look at a place needs to know of the conversation with whoever is there. */
interface Conversation {
  state: 'connecting' | 'up' | 'down';
  problem: string | null;
  people: readonly unknown[];
}

/** Where a favourite was reached last. */
export interface KnownAddresses {
  key: string;
  servers: readonly string[];
}

/** Places remembered at a time, beside those of favourites; more are somebody's mischief. */
const MAX_PLACES = 256;
/** Who was not seen for so long and cannot be reached either has gone. */
const FORGET_MS = 130_000;

/** The book of who is where: each person once. */
export class Places {
  readonly #places = new Map<string, Place>();
  /** Keys of who was not there when their known addresses were asked last. */
  readonly #absent = new Set<string>();
  readonly #isFavourite: (key: string) => boolean;

  constructor(isFavourite: (key: string) => boolean) {
    this.#isFavourite = isFavourite;
  }

  /** In the order in which they were seen first. */
  get all(): Place[] {
    return [...this.#places.values()];
  }

  get(key: string): Place | undefined {
    return this.#places.get(key);
  }

  /** Somebody of whom this is known for sure. */
  put(place: Place): void {
    this.#places.set(place.key, place);
  }

  delete(key: string): void {
    this.#places.delete(key);
  }

  clear(): void {
    this.#places.clear();
  }

  /** Somebody is there, by what is said. @returns false where there is no space for one more. */
  sight(key: string, servers: string[], from: Place['from'], now: number): boolean {
    const known = this.#places.get(key);
    if (!known && this.#places.size >= MAX_PLACES && !this.#isFavourite(key)) return false;
    const firstSeenAtMs = known?.firstSeenAtMs ?? now;
    // What the person said counts until the app ends.
    const origin = known?.from === 'person' ? 'person' : from;
    this.#places.set(key, { key, servers, seenAtMs: now, firstSeenAtMs, from: origin });
    return true;
  }

  /** Anybody can say goodbye for anybody: while they are there, they are. */
  saidGoodbye(instance: string): void {
    const place = this.all.find(({ key }) => instanceOf(key) === instance);
    if (place) place.seenAtMs = -Infinity;
  }

  /**
   * Looks at a place again.
   * @param talk the conversation with whoever is there, if there is one
   * @returns false where nobody is there any more: it is forgotten then
   */
  review(place: Place, talk: Conversation | null, now: number): boolean {
    noteMet(place, talk, now);
    const isStale = place.from !== 'person' && now - place.seenAtMs > FORGET_MS;
    const isAbsent = isAbsentFrom(place, talk, now);
    if (isAbsent) this.#absent.add(place.key);
    if (!isAbsent && (talk?.state === 'up' || !isStale)) return true;
    this.#places.delete(place.key);
    return false;
  }

  /**
   * Favourites to look for where they once were. At one server a key has one conversation, which a second one would
   * take the place of: so each is asked by its turn, who was not there the last time after the others.
   * @param mayAsk whether an address is one to ask at
   * @param ask goes there; the next one is looked for after that
   */
  askKnown(
    known: readonly KnownAddresses[],
    mayAsk: (server: string) => boolean,
    ask: (key: string, servers: string[]) => void,
  ): void {
    const wasAbsent = ({ key }: KnownAddresses): number => Number(this.#absent.has(key));
    const inTurn = [...known].sort((one, other) => wasAbsent(one) - wasAbsent(other));
    this.#absent.clear();
    for (const { key, servers } of inTurn) {
      // Addresses change hands.
      const isTaken = (server: string): boolean => this.all.some((place) => place.servers.includes(server));
      const free = servers.filter((server) => mayAsk(server) && !isTaken(server));
      if (free.length > 0 && !this.#places.has(key)) ask(key, free);
    }
  }
}

/** Who was met where they were known to be is announced by nobody: they are seen as long as they are there. */
function noteMet(place: Place, talk: Conversation | null, now: number): void {
  if (place.from !== 'known' && place.from !== 'met') return;
  const isThere = (talk?.people.length ?? 0) > 0;
  if (isThere || place.isThere === true) place.seenAtMs = now;
  if (isThere) place.from = 'met';
  place.isThere = isThere;
}

/** Where they once were nobody is, or somebody else: that is asked again soon enough. */
function isAbsentFrom({ from, firstSeenAtMs }: Place, talk: Conversation | null, now: number): boolean {
  if (from !== 'known' || talk === null) return false;
  return talk.problem !== null || now - firstSeenAtMs >= MEET_MS;
}
