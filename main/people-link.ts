import { randomBytes } from 'node:crypto';
import type { BridgeEvent, ErrorCode, JoinTarget, LinkKind, RingOffer, RungCall } from '../preload/bridge';
import { SignalingClient, SignalingError, type ClientEvent } from './signaling/client';
import type { RingThrottle } from './ring-throttle';
import { SilentRings } from './silent-rings';
import type { Clock, Timer } from './signaling/clock';
import { isSignature, memberIdOf, type Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';
import type {
  CancelReason,
  DeclineReason,
  Person,
  RingMedia,
  RingMessage,
  Status,
} from './signaling/protocol';
import { reconnectDelay } from './signaling/reconnect-policy';
import { ownerProofBytes, ringProofBytes, type RingProof } from './signaling/ring-proof';

/** Where a link leads: addresses of one server, and the namespace its people meet in. */
export interface LinkTarget {
  servers: readonly string[];
  namespace: string;
}

/** A link's conversation while a call is over it: goes on until released, whatever becomes of the link. */
export interface Conversation {
  client: SignalingClient;
  release: () => void;
}

/** Where the rooms of rings are on a server that makes none by itself: this app's own. */
interface RingRooms {
  /** @returns whether it is open. */
  open(room: string): Promise<boolean>;
  close(room: string): void;
}

export interface PeopleLinkParts {
  /** Names the link to the page. */
  id: string;
  kind: LinkKind;
  target: LinkTarget;
  /**
   * The key of the one person who is met here, on a server of their own; `null`: whoever it turns out to be. Without
   * it everybody who is present is met.
   */
  only?: string | null;
  rooms?: RingRooms;
  /** The server's join secret, where one is known. */
  password: string | null;
  identity: Identity;
  name: string;
  status: Status;
  /** Whose rings are not heard. */
  isBlocked: (key: string) => boolean;
  throttle: RingThrottle;
  emit: (event: BridgeEvent) => void;
  /** A ring was accepted, by either side. */
  onAgreed: () => void;
  log: Logger;
  clock: Clock;
  /** The link's state or its people changed. */
  onChange?: () => void;
  /** No call is over it any more. */
  onReleased?: () => void;
}

/** A hail is answered by the other app, not by a person. */
const HAIL_MS = 5000;
/** How long somebody is waited for whom this app lost in the middle of a call. */
const RETURN_MS = 10_000;
/** Hails one may make before the oldest of their nonces are forgotten, and how long a nonce waits for its ring. */
const MAX_NONCES = 64;
const NONCE_MS = 10_000;
/** Calls that may still be taken back: far more than one can be in. */
const MAX_AGREED = 8;
/** What is wrong will not mend itself: asked again only when the person changes something, or after this. */
const HOPELESS_MS = 60_000;
/** Whoever agreed to a call has joined it by then. */
const AGREED_MS = 10_000;

type Ring = Extract<RingMessage, { type: 'ring' }>;
type Answer = { answer: 'accept' } & Pick<RingOffer, 'media' | 'fingerprint'>;
type Decline = { answer: 'decline'; reason: DeclineReason };

/** A ring that may still be answered. */
interface OpenRing {
  with: Person;
  room: string;
  /** What was asked for. */
  media: RingMedia;
  /** For the answer to be signed over. */
  nonce: string;
  /** Who rings would connect while it rings. */
  ahead: boolean;
}

/** A ring that was accepted: either side may still take it back. */
type AgreedRing = Pick<OpenRing, 'with' | 'room' | 'media'>;

const newNonce = (): string => randomBytes(16).toString('base64url');

/**
 * One conversation with a server for as long as it is wanted: this person is present there, sees the others, rings and
 * is rung. What rings prove is made and checked here, where the key is; what to do about them is the page's.
 */
export class PeopleLink {
  readonly #parts: PeopleLinkParts;
  #client: SignalingClient | null = null;
  #status: Status;
  #name: string;
  #attempt = 0;
  #retry: Timer | null = null;
  #closed = false;
  /** Calls that are over the conversation. */
  #holders = 0;
  /** The conversation still says the former name. */
  #isNameOld = false;
  #servers: readonly string[];
  /** Where it led until now: a call may still name an address of before. */
  readonly #everServers: Set<string>;
  #only: string | null | undefined;
  /** Whoever is met here has proved their key, since the conversation was lost last. */
  #isProved = false;
  /** Who was asked to prove it. */
  #asked: { call: string; person: Person } | null = null;
  /** Open on this app's own server, by call. */
  readonly #openRooms = new Map<string, string>();
  /** Rooms that are just being opened. */
  readonly #opening = new Map<string, Promise<boolean>>();
  #state: 'connecting' | 'up' | 'down' = 'connecting';
  #problem: ErrorCode | null = null;
  readonly #people = new Map<string, Person>();

  /** Who waits for a nonce, by call. */
  readonly #hails = new Map<string, { to: string; settle: (nonce: string | null) => void }>();
  /** Nonces given away, by call and caller; each is good for one ring. */
  readonly #nonces = new Map<string, { nonce: string; atMs: number }>();
  readonly #outgoing = new Map<string, OpenRing>();
  readonly #incoming = new Map<string, OpenRing>();
  /** By call. */
  readonly #agreed = new Map<string, AgreedRing>();
  #agreedAtMs = -Infinity;
  /** Who waits for somebody to be there, by member. */
  readonly #awaited = new Map<string, () => void>();
  readonly #silent: SilentRings;

  constructor(parts: PeopleLinkParts) {
    this.#parts = parts;
    this.#status = parts.status;
    this.#name = parts.name;
    this.#servers = parts.target.servers;
    this.#everServers = new Set(this.#servers);
    this.#only = parts.only;
    this.#silent = new SilentRings({
      tell: (to, message) => this.#tell(to, message),
      clock: parts.clock,
    });
    this.#connect();
  }

  get id(): string {
    return this.#parts.id;
  }

  get state(): 'connecting' | 'up' | 'down' {
    return this.#state;
  }

  get problem(): ErrorCode | null {
    return this.#problem;
  }

  /** Who is met here now. */
  get people(): Person[] {
    return [...this.#people.values()];
  }

  /** The key of the one person who is met here, once it is known. */
  get only(): string | null {
    return this.#only ?? null;
  }

  /** The address that answered, `ws://host:port`. */
  get server(): string | null {
    return this.#client?.server ?? null;
  }

  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Somebody rings over it, or an accepted ring is on its way to become a call that holds it. */
  get isInUse(): boolean {
    const open = this.#hails.size + this.#outgoing.size + this.#incoming.size;
    return open > 0 || this.isHeld || this.#parts.clock.now() - this.#agreedAtMs < AGREED_MS;
  }

  leadsTo({ servers, namespace }: LinkTarget): boolean {
    return (
      namespace === this.#parts.target.namespace && servers.some((server) => this.#everServers.has(server))
    );
  }

  /** The conversation, while there is one that works, for a call to be over. */
  hold(): Conversation | null {
    const client = this.#state === 'connecting' ? null : this.#client;
    if (!client) return null;
    this.#holders += 1;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      this.#holders -= 1;
      if (this.#holders > 0) return;
      if (this.#closed) client.close();
      else if (this.#isNameOld) this.#connectAnew();
      this.#parts.onReleased?.();
    };
    return { client, release };
  }

  /** Says everything again to a page that has just begun. */
  tellAll(): void {
    this.#tellState();
    this.#parts.emit({ type: 'people', link: this.id, people: this.people });
  }

  /** The server is at other addresses from now on. */
  moveTo(servers: readonly string[]): void {
    if (servers.join() === this.#servers.join()) return;
    this.#servers = servers;
    for (const server of servers) this.#everServers.add(server);
    if (this.#retry !== null) this.#connect();
    else this.#client?.useServers(servers);
  }

  /** Others see this name from now on; where a call is over the conversation, once that is over. */
  rename(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    if (this.isHeld) this.#isNameOld = true;
    else this.#connectAnew();
  }

  setStatus(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#client?.present(status);
  }

  reconnectNow(): void {
    if (this.#retry !== null) this.#connect();
    else this.#client?.reconnectNow();
  }

  /** Nobody sees this person here any more. A call that is over the conversation goes on. */
  close(): void {
    if (this.#closed) return;
    this.#forgetPeople();
    this.#silent.close();
    for (const { settle } of [...this.#hails.values()]) settle(null);
    for (const settle of [...this.#awaited.values()]) settle();
    this.#closed = true;
    this.#cancelRetry();
    if (this.isHeld) this.#client?.absent();
    else this.#client?.close();
    this.#parts.emit({ type: 'link-closed', link: this.id });
  }

  /** Takes {@link close} back while a call is still over the conversation: a key can have only one. */
  revive(): void {
    this.#closed = false;
    this.#tellState();
    this.#client?.present(this.#status);
  }

  // ---------------------------------------------------------------- rings

  /** Rings someone; what becomes of it comes as events. @returns false where they were not there to take it. */
  async ring(to: string, { call, media, fingerprint, room: former, ahead }: RingOffer): Promise<boolean> {
    if (former !== null) await this.#waitFor(to);
    const callee = this.#people.get(to);
    if (!callee) return false;
    const calleeNonce = await this.#hail(to, call);
    if (calleeNonce === null) return false;
    const room = former ?? newNonce();
    const nonce = newNonce();
    this.#outgoing.set(call, { with: callee, room, media, nonce, ahead });
    if (!(await this.#openRoom(call, room))) {
      this.#outgoing.delete(call);
      return false;
    }
    const proof = {
      kind: 'ring',
      to: callee.key,
      call,
      nonce: calleeNonce,
      fingerprint,
      media,
      room,
    } as const;
    const signature = this.#sign(proof);
    this.#tell(to, { type: 'ring', call, room, media, fingerprint, nonce, ahead, signature });
    return true;
  }

  /** Answers a ring. @returns false for one that is no longer open. */
  async answer(call: string, answer: Answer | Decline): Promise<boolean> {
    const ring = this.#incoming.get(call);
    if (!ring) return false;
    this.#incoming.delete(call);
    if (answer.answer === 'decline') {
      this.#closeRoom(call);
      this.#tell(ring.with.id, { type: 'decline', call, reason: answer.reason });
      return true;
    }
    const { media, fingerprint } = answer;
    const { nonce, room } = ring;
    this.#agree(call, { ...ring, media });
    if (!(await this.#openRoom(call, room))) {
      this.#agreed.delete(call);
      return false;
    }
    const proof = { kind: 'accept', to: ring.with.key, call, nonce, fingerprint, media, room } as const;
    this.#tell(ring.with.id, { type: 'accept', call, media, fingerprint, signature: this.#sign(proof) });
    return true;
  }

  /** The ring is shown to a person. `ahead`: this side connects meanwhile, as the other said it would. */
  async confirmRinging(call: string, ahead: boolean): Promise<void> {
    const ring = this.#incoming.get(call);
    if (!ring) return;
    const meets = ahead && ring.ahead && (await this.#openRoom(call, ring.room));
    // Who has answered meanwhile has said more than that.
    if (this.#incoming.get(call) === ring)
      this.#tell(ring.with.id, { type: 'ringing', call, ...(meets && { ahead }) });
  }

  /** Takes a ring back, also one that is still on its way out, or that was accepted just now, by either side. */
  cancel(call: string, reason: CancelReason): void {
    this.#hails.get(call)?.settle(null);
    const ring = this.#outgoing.get(call) ?? this.#agreed.get(call);
    this.#outgoing.delete(call);
    this.#agreed.delete(call);
    this.#closeRoom(call);
    if (ring) this.#tell(ring.with.id, { type: 'cancel', call, reason });
  }

  /** The call that is in this room, if a ring led there. */
  callIn(room: string): RungCall | null {
    for (const [call, { with: peer, media, room: its }] of this.#agreed)
      if (its === room) return { call, link: this.#parts.id, peer, media };
    return null;
  }

  /** No call is under way: what rooms are still open close once the last was left. */
  closeRooms(left: Promise<void>): void {
    const rooms = [...this.#openRooms.values()];
    this.#openRooms.clear();
    void left.then(() => {
      for (const room of rooms) this.#parts.rooms?.close(room);
    });
  }

  /** Whether a ring that nobody has answered yet leads to this room. */
  isRinging(room: string): boolean {
    return [...this.#outgoing.values(), ...this.#incoming.values()].some((ring) => ring.room === room);
  }

  /** The page that knew of rings has gone: nobody is to wait for it. */
  dropRings(): void {
    for (const call of [...this.#hails.keys(), ...this.#outgoing.keys()]) this.cancel(call, 'cancelled');
    for (const call of [...this.#incoming.keys()])
      void this.answer(call, { answer: 'decline', reason: 'no-answer' });
  }

  /** Settles once this room is open, where it is just being opened. */
  async roomOpened(room: string): Promise<void> {
    await this.#opening.get(room);
  }

  /** @returns whether it is open, where rooms must be opened, and the ring or the call still there */
  async #openRoom(call: string, room: string): Promise<boolean> {
    const { rooms } = this.#parts;
    if (!rooms) return true;
    this.#openRooms.set(call, room);
    const opening = rooms.open(room);
    this.#opening.set(room, opening);
    const isOpen = await opening;
    if (this.#opening.get(room) === opening) this.#opening.delete(room);
    const isWanted = [this.#outgoing, this.#incoming, this.#agreed].some((rings) => rings.has(call));
    if (isOpen && isWanted) return true;
    this.#openRooms.set(call, room);
    this.#closeRoom(call);
    return false;
  }

  #closeRoom(call: string): void {
    const room = this.#openRooms.get(call);
    if (room === undefined) return;
    this.#openRooms.delete(call);
    this.#parts.rooms?.close(room);
  }

  #agree(call: string, { with: person, room, media }: AgreedRing): void {
    const [oldest] = this.#agreed.keys();
    if (this.#agreed.size >= MAX_AGREED && oldest !== undefined) this.#agreed.delete(oldest);
    this.#agreed.set(call, { with: person, room, media });
    this.#agreedAtMs = this.#parts.clock.now();
    this.#parts.throttle.forgive(person.key);
    this.#parts.onAgreed();
  }

  #waitFor(member: string): Promise<void> {
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

  #hail(to: string, call: string): Promise<string | null> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.setTimeout(() => settle(null), HAIL_MS);
      const settle = (nonce: string | null): void => {
        this.#parts.clock.clearTimeout(timer);
        this.#hails.delete(call);
        resolve(nonce);
      };
      this.#hails.set(call, { to, settle });
      this.#tell(to, { type: 'hail', call });
    });
  }

  #onTold(from: Person, message: RingMessage): void {
    if (!this.#isWho(from) || !this.#isMet(from)) return;
    const { id: link, emit } = this.#parts;
    const { call } = message;
    switch (message.type) {
      case 'hail':
        if (this.#mayRing(from)) this.#giveNonce(from.id, call);
        return;
      case 'nonce': {
        const hail = this.#hails.get(call);
        if (hail?.to === from.id) hail.settle(message.nonce);
        else this.#tellNoSuchRing(message);
        return;
      }
      case 'ring':
        this.#onRing(from, message);
        return;
      case 'ringing':
        if (this.#outgoing.get(call)?.with.id === from.id) this.#onRinging(from, message);
        else this.#tellNoSuchRing(message);
        return;
      case 'accept': {
        const ring = this.#takeOutgoing(call, from.id);
        if (!ring) {
          this.#tellNoSuchRing(message);
          return;
        }
        this.#agree(call, ring);
        const { media, fingerprint, signature } = message;
        const { nonce, room } = ring;
        const proof = { kind: 'accept', to: this.#publicKey, call, nonce, fingerprint, media, room } as const;
        // What was sold to us as another's answer would be worse than none.
        const signed = isSignature(ringProofBytes(proof), ring.with.key, signature);
        const target = this.#roomTarget(room);
        emit({ type: 'ring-accepted', link, call, media, fingerprint, signed, target });
        return;
      }
      case 'decline':
        if (!this.#takeOutgoing(call, from.id)) {
          this.#tellNoSuchRing(message);
          return;
        }
        this.#closeRoom(call);
        emit({ type: 'ring-declined', link, call, reason: message.reason });
        return;
      case 'cancel':
        if (this.#silent.cancel(from.id, call)) return;
        if ((this.#incoming.get(call) ?? this.#agreed.get(call))?.with.id !== from.id) {
          this.#tellNoSuchRing(message);
          return;
        }
        this.#incoming.delete(call);
        this.#agreed.delete(call);
        this.#closeRoom(call);
        emit({ type: 'ring-cancelled', link, call, reason: message.reason });
        return;
      case 'prove':
        // Only who owns the server is ever asked.
        if (this.#parts.rooms) {
          const signature = this.#parts.identity.sign(ownerProofBytes({ to: from.key, call }));
          this.#tell(from.id, { type: 'proof', call, signature });
        }
        return;
      case 'proof':
        this.#onProof(from, message);
        return;
      default:
        message satisfies never;
    }
  }

  /**
   * Whether somebody at another's server is whose key it says they are; asks them where that is not known yet. The
   * saved server and one's own have made sure of it.
   */
  #hasProved(person: Person): boolean {
    if (this.#only === undefined || this.#isProved) return true;
    const call = this.#asked?.call ?? newNonce();
    if (!this.#asked) this.#tell(person.id, { type: 'prove', call });
    this.#asked = { call, person };
    return false;
  }

  #onProof(from: Person, { call, signature }: Extract<RingMessage, { type: 'proof' }>): void {
    const asked = this.#asked;
    if (asked?.call !== call || asked.person.id !== from.id) return;
    if (!isSignature(ownerProofBytes({ to: this.#publicKey, call }), asked.person.key, signature)) {
      this.#parts.log.warn('somebody who shows the key of another', { link: this.#parts.id });
      return;
    }
    this.#asked = null;
    this.#isProved = true;
    this.#onHere(asked.person);
    this.#parts.emit({ type: 'person', link: this.#parts.id, person: asked.person });
    this.#parts.onChange?.();
  }

  /** Also of a ring that ended a moment ago: what the two say may cross. */
  #tellNoSuchRing({ type }: RingMessage): void {
    this.#parts.log.info('a word about a ring that there is not', { link: this.#parts.id, type });
  }

  #mayRing({ key }: Person): boolean {
    const { throttle, clock, log, id } = this.#parts;
    const answer = throttle.count(key, clock.now());
    if (answer === 'last') log.warn('one key rings too often: not heard for a while', { link: id });
    return answer !== 'unheard';
  }

  #giveNonce(to: string, call: string): void {
    const now = this.#parts.clock.now();
    for (const [key, { atMs }] of this.#nonces) {
      if (this.#nonces.size < MAX_NONCES && now - atMs < NONCE_MS) break;
      this.#nonces.delete(key);
    }
    const nonce = newNonce();
    this.#nonces.set(`${to} ${call}`, { nonce, atMs: now });
    this.#tell(to, { type: 'nonce', call, nonce });
  }

  #onRinging(from: Person, { call, ahead = false }: Extract<RingMessage, { type: 'ringing' }>): void {
    const ring = this.#outgoing.get(call);
    if (ring?.with.id !== from.id) return;
    const target = ahead && ring.ahead ? this.#roomTarget(ring.room) : null;
    this.#parts.emit({ type: 'ringing', link: this.#parts.id, call, target });
  }

  #onRing(from: Person, { call, room, media, fingerprint, nonce, ahead = false, signature }: Ring): void {
    const key = `${from.id} ${call}`;
    const given = this.#nonces.get(key);
    this.#nonces.delete(key);
    if (!given || this.#incoming.has(call)) {
      this.#parts.log.warn('a ring that nobody asked to make', { link: this.#parts.id });
      return;
    }
    const to = this.#publicKey;
    const proof = { kind: 'ring', to, call, nonce: given.nonce, fingerprint, media, room } as const;
    // Who claims the key of somebody who is blocked need not prove it.
    if (this.#parts.isBlocked(from.key)) {
      this.#silent.ring(from, call, this.#status);
      return;
    }
    const signed = isSignature(ringProofBytes(proof), from.key, signature);
    this.#incoming.set(call, { with: from, room, media, nonce, ahead });
    const { id: link, emit } = this.#parts;
    const target = this.#roomTarget(room);
    emit({ type: 'ring', link, from, call, media, fingerprint, signed, ahead, target });
  }

  #takeOutgoing(call: string, from: string): OpenRing | null {
    const ring = this.#outgoing.get(call);
    if (ring?.with.id !== from) return null;
    this.#outgoing.delete(call);
    return ring;
  }

  get #publicKey(): string {
    return this.#parts.identity.publicKey;
  }

  #sign(proof: RingProof): string {
    return this.#parts.identity.sign(ringProofBytes(proof));
  }

  #tell(to: string, message: RingMessage): void {
    this.#client?.tell(to, message);
  }

  #roomTarget(room: string): JoinTarget {
    return { servers: [...this.#servers], namespace: this.#parts.target.namespace, room };
  }

  /** Whether this person is met here, or only somebody else who is on the same server. */
  #isMet({ key }: Person): boolean {
    if (this.#only === null) this.#only = key;
    return this.#only === undefined || this.#only === key;
  }

  // ---------------------------------------------------------------- the conversation

  #connect(): void {
    this.#cancelRetry();
    const { target, identity, password } = this.#parts;
    this.#isNameOld = false;
    const client = new SignalingClient({
      servers: this.#servers,
      namespace: target.namespace,
      identity,
      name: this.#name,
      ...(password === null ? {} : { joinSecret: password }),
    });
    this.#client = client;
    client.subscribe((event) => {
      if (this.#client === client) this.#onEvent(event);
    });
    client.connect().then(
      () => client.present(this.#status),
      (error: unknown) => {
        if (!(error instanceof SignalingError)) throw error;
      },
    );
  }

  #connectAnew(): void {
    this.#client?.close();
    this.#connect();
  }

  #onEvent(event: ClientEvent): void {
    // Only a call is still over it.
    if (this.#closed) return;
    const { id: link, emit } = this.#parts;
    switch (event.type) {
      case 'up':
        this.#attempt = 0;
        this.#setState('up', null);
        return;
      case 'down':
        this.#forgetPeople();
        this.#setState('down', 'server-unreachable');
        return;
      case 'closed':
        this.#forgetPeople();
        this.#setState('connecting', event.code);
        this.#connectLater(event.code);
        return;
      case 'people':
        if (event.offset === 0) this.#people.clear();
        for (const person of event.people) {
          if (this.#isWho(person) && this.#isMet(person) && this.#hasProved(person)) this.#onHere(person);
        }
        emit({ type: 'people', link, people: this.people });
        this.#parts.onChange?.();
        return;
      case 'person':
        if (!this.#isWho(event.person) || !this.#isMet(event.person)) return;
        if (!this.#hasProved(event.person)) return;
        this.#onHere(event.person);
        emit({ type: 'person', link, person: event.person });
        this.#parts.onChange?.();
        return;
      case 'person-gone':
        this.#people.delete(event.member);
        if (this.#asked?.person.id === event.member) this.#asked = null;
        emit({ type: 'person-gone', link, member: event.member });
        this.#onUnreachable(event.member);
        this.#parts.onChange?.();
        return;
      case 'told':
        this.#onTold(event.from, event.message);
        return;
      case 'error':
        if (event.code === 'peer-unavailable' && event.room === undefined && event.to !== undefined)
          this.#onUnreachable(event.to);
        else if (event.code === 'presence-off') this.#setState('up', 'presence-off');
        return;
      case 'welcome':
      case 'draining':
        return;
      case 'ice-servers':
      case 'joined':
      case 'knock':
      case 'knock-ended':
      case 'knocking':
      case 'member-away':
      case 'member-back':
      case 'member-joined':
      case 'member-left':
      case 'signal':
        // Of rooms: theirs who joined them.
        return;
      default:
        event satisfies never;
    }
  }

  #onHere(person: Person): void {
    this.#people.set(person.id, person);
    this.#awaited.get(person.id)?.();
  }

  /** The server says whose key it is; that the id follows from it, one can see for oneself. */
  #isWho({ id, key }: Person): boolean {
    if (memberIdOf(this.#parts.target.namespace, key) === id) return true;
    this.#parts.log.warn('somebody whose key is another', { link: this.#parts.id });
    return false;
  }

  /** Whoever is rung has gone, or who rings. */
  #onUnreachable(member: string): void {
    this.#silent.forget(member);
    const { id: link, emit } = this.#parts;
    for (const { to, settle } of [...this.#hails.values()]) if (to === member) settle(null);
    for (const [call, ring] of [...this.#outgoing]) {
      if (ring.with.id !== member) continue;
      this.#outgoing.delete(call);
      this.#closeRoom(call);
      emit({ type: 'ring-lost', link, call });
    }
    for (const [call, ring] of [...this.#incoming]) {
      if (ring.with.id !== member) continue;
      this.#incoming.delete(call);
      this.#closeRoom(call);
      emit({ type: 'ring-lost', link, call });
    }
  }

  #forgetPeople(): void {
    const members = new Set([
      ...this.#people.keys(),
      ...[...this.#outgoing.values(), ...this.#incoming.values()].map((ring) => ring.with.id),
    ]);
    for (const member of members) this.#onUnreachable(member);
    this.#people.clear();
    this.#isProved = false;
    this.#asked = null;
    this.#parts.emit({ type: 'people', link: this.#parts.id, people: [] });
  }

  #setState(state: 'connecting' | 'up' | 'down', problem: ErrorCode | null): void {
    this.#state = state;
    this.#problem = problem;
    this.#tellState();
    this.#parts.onChange?.();
  }

  #tellState(): void {
    const { id: link, kind, emit } = this.#parts;
    const [server = ''] = this.#servers;
    emit({ type: 'link-changed', link, kind, server, state: this.#state, problem: this.#problem });
  }

  #connectLater(code: ErrorCode): void {
    if (this.#closed) return;
    this.#attempt += 1;
    const isHopeless = code !== 'server-unreachable';
    const delayMs = isHopeless ? HOPELESS_MS : reconnectDelay(this.#attempt, Math.random(), 0);
    this.#retry = this.#parts.clock.setTimeout(() => {
      this.#retry = null;
      this.#connect();
    }, delayMs);
  }

  #cancelRetry(): void {
    if (this.#retry !== null) this.#parts.clock.clearTimeout(this.#retry);
    this.#retry = null;
  }
}
