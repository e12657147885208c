import type { BridgeEvent } from '../preload/bridge';
import { newNonce } from './link-rings';
import type { Clock } from './signaling/clock';
import { isSignature, memberIdOf, type Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';
import type { Person, RingMessage, ServerEvent } from './signaling/protocol';
import { ownerProofBytes } from './signaling/ring-proof';

export interface LinkPeopleParts {
  /** The link's id, to the page and in the log. */
  link: string;
  namespace: string;
  /** See `PeopleLinkParts`. */
  only: string | null | undefined;
  /** Whether the server is this app's own: only then is it ours to prove. */
  isOwner: boolean;
  identity: Identity;
  tell: (to: string, message: RingMessage) => void;
  emit: (event: BridgeEvent) => void;
  /** Somebody came, changed or went. */
  onChange: () => void;
  log: Logger;
  clock: Clock;
}

type Prove = Extract<RingMessage, { type: 'prove' }>;
type Proof = Extract<RingMessage, { type: 'proof' }>;

/** How long somebody is waited for whom this app lost in the middle of a call. */
const RETURN_MS = 10_000;

/**
 * Who is met over one link: everybody who is present, or the one person whose server it is, once they have proved that
 * it is theirs. What the server says of anybody is checked here.
 */
export class LinkPeople {
  readonly #parts: LinkPeopleParts;
  readonly #people = new Map<string, Person>();
  /** Who waits for somebody to be there, by member. */
  readonly #awaited = new Map<string, () => void>();
  #only: string | null | undefined;
  /** Whoever is met here has proved their key, since the conversation was lost last. */
  #isProved = false;
  /** Who was asked to prove it. */
  #asked: { call: string; person: Person } | null = null;
  /** What is done once they have, and about whom. */
  #waiting: { member: string; act: () => void } | null = null;

  constructor(parts: LinkPeopleParts) {
    this.#parts = parts;
    this.#only = parts.only;
  }

  get all(): Person[] {
    return [...this.#people.values()];
  }

  /** The key of the one person who is met here, once it is known. */
  get only(): string | null {
    return this.#only ?? null;
  }

  find(member: string): Person | null {
    return this.#people.get(member) ?? null;
  }

  /** The server says who is present, in one or several parts. */
  list({ offset, people }: Extract<ServerEvent, { type: 'people' }>): void {
    if (offset === 0) this.#people.clear();
    for (const person of people) if (this.isMet(person) && this.#hasProved(person)) this.#onHere(person);
    this.tellAll();
    this.#parts.onChange();
  }

  /** Somebody came, or is otherwise than before. */
  appeared(person: Person): void {
    if (this.isMet(person) && this.#hasProved(person)) this.#show(person);
  }

  vanished(member: string): void {
    this.#people.delete(member);
    if (this.#asked?.person.id === member) this.#asked = null;
    if (this.#waiting?.member === member) this.#waiting = null;
    this.#parts.emit({ type: 'person-gone', link: this.#parts.link, member });
  }

  /** The conversation is lost: nobody is known to be there, and what was proved is to be proved again. */
  forget(): void {
    this.#people.clear();
    this.#isProved = false;
    this.#asked = null;
    this.#waiting = null;
    this.tellAll();
  }

  /** Settles once they are here, or have been waited for long enough. */
  waitFor(member: string): Promise<void> {
    if (this.#people.has(member)) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#parts.clock.clearTimeout(timer);
        this.#awaited.delete(member);
        resolve();
      };
      const timer = this.#parts.clock.setTimeout(settle, RETURN_MS);
      this.#awaited.set(member, settle);
    });
  }

  /** Nobody is waited for any more. */
  close(): void {
    for (const settle of [...this.#awaited.values()]) settle();
  }

  /** Says everybody to the page. */
  tellAll(): void {
    this.#parts.emit({ type: 'people', link: this.#parts.link, people: this.all });
  }

  /** Whether this person is met here: not one under another's id, or only somebody else who is on the same server. */
  isMet({ id, key }: Person): boolean {
    // The server says whose key it is; that the id follows from it, one can see for oneself.
    if (memberIdOf(this.#parts.namespace, key) !== id) {
      this.#parts.log.warn('somebody whose key is another', { link: this.#parts.link });
      return false;
    }
    if (this.#only === null) this.#only = key;
    return this.#only === undefined || this.#only === key;
  }

  /**
   * Does something about somebody who is met here, who must be who they say: at once where they have proved it or need
   * not, else as soon as they do. Of several such things only the last is done.
   */
  onceProved({ id }: Person, act: () => void): void {
    if (this.#only === undefined || this.#isProved) act();
    else this.#waiting = { member: id, act };
  }

  /** Somebody asks whose server this is. Only who owns it is ever asked. */
  prove({ id, key }: Person, { call }: Prove): void {
    if (!this.#parts.isOwner) return;
    const signature = this.#parts.identity.sign(ownerProofBytes({ to: key, call }));
    this.#parts.tell(id, { type: 'proof', call, signature });
  }

  /** Somebody says that this is their server. */
  onProof(from: Person, { call, signature }: Proof): void {
    const { link, identity, log } = this.#parts;
    const asked = this.#asked;
    if (asked?.call !== call || asked.person.id !== from.id) return;
    if (!isSignature(ownerProofBytes({ to: identity.publicKey, call }), asked.person.key, signature)) {
      log.warn('somebody who shows the key of another', { link });
      return;
    }
    this.#asked = null;
    this.#isProved = true;
    this.#show(asked.person);
    this.#waiting?.act();
    this.#waiting = null;
  }

  /**
   * Whether somebody at another's server is whose key it says they are; asks them where that is not known yet. The
   * saved server and one's own have made sure of it.
   */
  #hasProved(person: Person): boolean {
    if (this.#only === undefined || this.#isProved) return true;
    const call = this.#asked?.call ?? newNonce();
    if (!this.#asked) this.#parts.tell(person.id, { type: 'prove', call });
    this.#asked = { call, person };
    return false;
  }

  #show(person: Person): void {
    this.#onHere(person);
    this.#parts.emit({ type: 'person', link: this.#parts.link, person });
    this.#parts.onChange();
  }

  #onHere(person: Person): void {
    this.#people.set(person.id, person);
    this.#awaited.get(person.id)?.();
  }
}
