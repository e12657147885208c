import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  callRecordSchema,
  knownPersonSchema,
  MAX_ADDRESSES,
  MAX_CALLS,
  type Book,
  type BridgeEvent,
  type CallRecord,
  type ErrorCode,
  type KnownChange,
  type KnownPerson,
  type Result,
} from '../preload/bridge';
import { JsonList } from './json-list';
import { withoutUndefined } from './settings';
import type { Logger } from './signaling/logger';

export interface PeopleBookParts {
  /** Where the two files are. */
  folder: string;
  emit: (event: BridgeEvent) => void;
  log: Logger;
  /** Unix time. */
  now: () => number;
}

/** People who are neither favourites nor verified nor blocked; who was met longest ago is forgotten first. */
const MAX_ACQUAINTANCES = 5000;
/** Rings of one key that end alike, each within this of the one before, are one record. */
const FOLD_MS = 60_000;

/** The people one knows, by device key, and the recent calls: kept in memory, and in a file each. */
export class PeopleBook {
  readonly #parts: PeopleBookParts;
  readonly #peopleFile: JsonList<KnownPerson>;
  readonly #callsFile: JsonList<CallRecord>;
  readonly #people = new Map<string, KnownPerson>();
  /** Newest first. */
  #calls: CallRecord[] = [];
  /** What was forgotten last, to be brought back. */
  #forgotten: CallRecord[] = [];
  #problems: ErrorCode[] = [];
  #loaded: Promise<void> | null = null;

  constructor(parts: PeopleBookParts) {
    this.#parts = parts;
    const { folder, log } = parts;
    this.#peopleFile = new JsonList(join(folder, 'people.json'), 'people', knownPersonSchema, log);
    this.#callsFile = new JsonList(join(folder, 'calls.json'), 'calls', callRecordSchema, log);
  }

  /** Reads both files, once. A file that cannot be read is told in {@link read}, and costs nothing but itself. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** Everything there is. */
  async read(): Promise<Book> {
    await this.load();
    return { people: [...this.#people.values()], calls: this.#calls, problems: this.#problems.splice(0) };
  }

  /** Who this key is, where they are known; nobody is before {@link load} is done. */
  known(key: string): KnownPerson | null {
    return this.#people.get(key) ?? null;
  }

  /** Where favourites were reached on a LAN, by key. */
  get favouriteAddresses(): { key: string; servers: string[] }[] {
    return [...this.#people.values()]
      .filter(({ favourite, addresses }) => favourite && addresses.length > 0)
      .map(({ key, addresses }) => ({ key, servers: addresses }));
  }

  /** Changes somebody, or begins to know them. */
  async change(key: string, change: KnownChange): Promise<Result<KnownPerson>> {
    await this.load();
    const changed = putRight({ ...(this.known(key) ?? this.#stranger(key)), ...withoutUndefined(change) });
    this.#set(changed);
    return this.#saved(this.#savePeople(), changed);
  }

  async forget(key: string): Promise<Result<null>> {
    await this.load();
    if (!this.#people.delete(key)) return { ok: true, value: null };
    this.#parts.emit({ type: 'known-forgotten', key });
    return this.#saved(this.#savePeople(), null);
  }

  /** Where somebody was reached on a LAN; nothing is noted of who is not known. */
  noteAddress(key: string, url: string): void {
    const person = this.known(key);
    if (!person || person.addresses[0] === url) return;
    const others = person.addresses.filter((address) => address !== url);
    this.#set({ ...person, addresses: [url, ...others].slice(0, MAX_ADDRESSES) });
    void this.#saved(this.#savePeople(), null);
  }

  /** Adds a call, or counts it to the one just before that was alike. Who one has talked with is known from then on. */
  async addCall(record: CallRecord): Promise<Result<null>> {
    await this.load();
    const before = this.#calls.find((call) => isRepeated(call, record));
    const same = this.#calls.find(({ id }) => id === record.id);
    const { name, key, startedAtMs, lastedMs } = record;
    const id = same && !isReplaced(same, record) ? newRecordId() : record.id;
    const added = before
      ? { ...before, name, startedAtMs, seen: record.seen, times: before.times + record.times }
      : { ...record, id };
    this.#setCalls([added, ...this.#calls.filter((call) => call !== before && call.id !== id)]);
    const person =
      key === null ? null : (this.known(key) ?? (lastedMs === null ? null : this.#stranger(key)));
    if (!person) return this.#saved(this.#saveCalls(), null);
    this.#set({ ...person, name: name || person.name, seenAtMs: this.#parts.now() });
    return this.#saved(Promise.all([this.#saveCalls(), this.#savePeople()]), null);
  }

  /** Whether a record takes the place of one that there is: its call is no news. */
  hasNoted(record: CallRecord): boolean {
    return this.#calls.some((call) => call.id === record.id && isReplaced(call, record));
  }

  /** All missed calls have been seen. */
  async seeCalls(): Promise<Result<null>> {
    await this.load();
    if (this.#calls.every(({ seen }) => seen)) return { ok: true, value: null };
    this.#setCalls(this.#calls.map((call) => (call.seen ? call : { ...call, seen: true })));
    return this.#saved(this.#saveCalls(), null);
  }

  async forgetCalls(ids: readonly string[]): Promise<Result<null>> {
    await this.load();
    const unwanted = new Set(ids);
    this.#forgotten = this.#calls.filter(({ id }) => unwanted.has(id));
    this.#setCalls(this.#calls.filter(({ id }) => !unwanted.has(id)));
    return this.#saved(this.#saveCalls(), null);
  }

  /** Brings back what was forgotten last. */
  async restoreCalls(): Promise<Result<null>> {
    await this.load();
    this.#setCalls([...this.#calls, ...this.#forgotten.splice(0)]);
    return this.#saved(this.#saveCalls(), null);
  }

  /** Resolves once every change until now is on the disk, or could not be. */
  async settled(): Promise<void> {
    await Promise.all([this.#peopleFile.settled(), this.#callsFile.settled()]);
  }

  async #load(): Promise<void> {
    const [people, calls] = await Promise.all([this.#peopleFile.read(), this.#callsFile.read()]);
    for (const person of people.entries) this.#people.set(person.key, putRight(person));
    this.#calls = newestFirst(calls.entries);
    if (people.state !== 'whole') {
      this.#problems.push(`people-${people.state}`);
      // So that it is not told again at the next start.
      await this.#saved(this.#savePeople(), null);
    }
    if (calls.state !== 'whole') {
      this.#problems.push(`calls-${calls.state}`);
      await this.#saved(this.#saveCalls(), null);
    }
  }

  #stranger(key: string): KnownPerson {
    return {
      key,
      givenName: null,
      name: '',
      favourite: false,
      verified: false,
      blocked: false,
      autoAnswer: false,
      addresses: [],
      seenAtMs: this.#parts.now(),
    };
  }

  #set(person: KnownPerson): void {
    this.#people.set(person.key, person);
    this.#parts.emit({ type: 'known-changed', person });
    this.#forgetAcquaintances();
  }

  #forgetAcquaintances(): void {
    if (this.#people.size <= MAX_ACQUAINTANCES) return;
    const acquaintances = [...this.#people.values()].filter(
      ({ favourite, verified, blocked }) => !favourite && !verified && !blocked,
    );
    acquaintances.sort((a, b) => b.seenAtMs - a.seenAtMs);
    for (const { key } of acquaintances.slice(MAX_ACQUAINTANCES)) {
      this.#people.delete(key);
      this.#parts.emit({ type: 'known-forgotten', key });
    }
  }

  #setCalls(calls: readonly CallRecord[]): void {
    this.#calls = newestFirst(calls);
    this.#parts.emit({ type: 'calls-changed', calls: this.#calls });
  }

  #savePeople(): Promise<void> {
    return this.#peopleFile.write(() => [...this.#people.values()]);
  }

  #saveCalls(): Promise<void> {
    return this.#callsFile.write(() => this.#calls);
  }

  /** What could not be written still holds until the app quits. */
  async #saved<T>(saving: Promise<unknown>, value: T): Promise<Result<T>> {
    try {
      await saving;
      return { ok: true, value };
    } catch (error) {
      this.#parts.log.error('the book was not saved', { reason: String(error) });
      return { ok: false, code: 'book-not-saved' };
    }
  }
}

/** Only what goes together: who is blocked is no favourite, and only verified favourites are answered by the app. */
function putRight(person: KnownPerson): KnownPerson {
  const favourite = person.favourite && !person.blocked;
  return { ...person, favourite, autoAnswer: person.autoAnswer && favourite && person.verified };
}

/**
 * Whether another record of the same call takes the place of `before`. One that goes on after an app was started again
 * is still one call; what was talked stays, though, where nobody answers who rings to go back to it.
 */
function isReplaced(before: CallRecord, record: CallRecord): boolean {
  return before.lastedMs === null || record.lastedMs !== null;
}

/** As a ring's own id is made. */
const newRecordId = (): string => randomBytes(16).toString('base64url');

/** Whether a ring is one more of those of `before`: of the same key, unanswered alike, soon after. */
function isRepeated(before: CallRecord, record: CallRecord): boolean {
  const isSame =
    before.key === record.key &&
    // Who proved no key may be anybody.
    (record.key !== null || before.name === record.name) &&
    before.direction === record.direction &&
    before.reason === record.reason &&
    before.by === record.by;
  const isMissed = record.direction === 'in' && record.lastedMs === null && before.lastedMs === null;
  return isSame && isMissed && Math.abs(record.startedAtMs - before.startedAtMs) < FOLD_MS;
}

function newestFirst(calls: readonly CallRecord[]): CallRecord[] {
  return [...calls].sort((a, b) => b.startedAtMs - a.startedAtMs).slice(0, MAX_CALLS);
}
