import { randomBytes } from 'node:crypto';
import type { BridgeEvent, JoinTarget, LinkKind, RingOffer, RungCall } from '../preload/bridge';
import type { RingThrottle } from './ring-throttle';
import type { Clock } from './signaling/clock';
import { isSignature, type Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';
import type { CancelReason, DeclineReason, Person, RingMedia, RingMessage } from './signaling/protocol';
import { ringProofBytes, type RingProof } from './signaling/ring-proof';
import { SilentRings, type Refusal } from './silent-rings';

/** Where the rooms of rings are on a server that makes none by itself: this app's own. */
interface RingRooms {
  /** @returns whether it is open. */
  open(room: string): Promise<boolean>;
  close(room: string): void;
}

export interface LinkRingsParts {
  /** Of the link, to the page and in the log. */
  id: string;
  kind: LinkKind;
  rooms?: RingRooms;
  identity: Identity;
  /** Whose rings are not heard. */
  isBlocked: (key: string) => boolean;
  /** What the page answers at once to whoever rings now; `null`: it rings. */
  refusal: () => Refusal | null;
  throttle: RingThrottle;
  emit: (event: BridgeEvent) => void;
  /** A ring was accepted, by either side. */
  onAgreed: () => void;
  log: Logger;
  clock: Clock;
  /** Who this is, while they are here. */
  person: (member: string) => Person | null;
  /** Settles once this person is present, whom nobody would answer before. */
  entered: () => Promise<void>;
  /** Settles once they are here, or have been waited for long enough. */
  waitFor: (member: string) => Promise<void>;
  tell: (to: string, message: RingMessage) => void;
  /** Where a room of this link is. */
  roomTarget: (room: string) => JoinTarget;
}

/** A hail is answered by the other app, not by a person. */
const HAIL_MS = 5000;
/** Hails one may make before the oldest of their nonces are forgotten, and how long a nonce waits for its ring. */
const MAX_NONCES = 64;
const NONCE_MS = 10_000;
/** Calls that may still be taken back, and rings whose end may cross with a word of the other: far more than one is in. */
const MAX_AGREED = 8;
/** Whoever agreed to a call has joined it by then. */
const AGREED_MS = 10_000;

/** What is said about rings; the rest is about whose server one is at. */
export type RingWord = Exclude<RingMessage, { type: 'prove' | 'proof' }>;
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

/** 128 bits that nobody can guess. */
export const newNonce = (): string => randomBytes(16).toString('base64url');

/**
 * The rings over one link, of this person and to them. What rings prove is made and checked here, where the key is; what
 * to do about them is the page's.
 */
export class LinkRings {
  readonly #parts: LinkRingsParts;
  /** Open on this app's own server, by call. */
  readonly #openRooms = new Map<string, string>();
  /** Rooms that are just being opened. */
  readonly #opening = new Map<string, Promise<boolean>>();
  /** Who waits for a nonce, by call. */
  readonly #hails = new Map<string, { to: string; settle: (nonce: string | null) => void }>();
  /** Nonces given away, by call and caller; each is good for one ring. */
  readonly #nonces = new Map<string, { nonce: string; atMs: number }>();
  readonly #outgoing = new Map<string, OpenRing>();
  readonly #incoming = new Map<string, OpenRing>();
  /** By call. */
  readonly #agreed = new Map<string, AgreedRing>();
  #agreedAtMs = -Infinity;
  /** Who rang, by call. Taken back at the same moment, a ring counts as taken back on both sides. */
  readonly #declined = new Map<string, string>();
  /** Who was rung, by call, to whom the way was lost: they may not know, and have answered. */
  readonly #lost = new Map<string, string>();
  readonly #silent: SilentRings;

  constructor(parts: LinkRingsParts) {
    this.#parts = parts;
    this.#silent = new SilentRings({ tell: parts.tell, clock: parts.clock });
  }

  /** Somebody rings, or an accepted ring is on its way to become a call that holds the link. */
  get isUnderWay(): boolean {
    const open = this.#hails.size + this.#outgoing.size + this.#incoming.size;
    return open > 0 || this.#parts.clock.now() - this.#agreedAtMs < AGREED_MS;
  }

  /** Somebody rings this person, who has not answered yet. */
  get isRung(): boolean {
    return this.#incoming.size > 0;
  }

  /** Whom rings are still open with. */
  get members(): string[] {
    return [...this.#outgoing.values(), ...this.#incoming.values()].map((ring) => ring.with.id);
  }

  /** Nobody is heard here any more. */
  close(): void {
    this.#silent.close();
    for (const { settle } of [...this.#hails.values()]) settle(null);
  }

  /** Rings someone; what becomes of it comes as events. @returns false where they were not there to take it. */
  async ring(to: string, { call, media, fingerprint, room: former, ahead }: RingOffer): Promise<boolean> {
    await this.#parts.entered();
    if (former !== null) await this.#parts.waitFor(to);
    const callee = this.#parts.person(to);
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
      dropOldest(this.#declined);
      this.#declined.set(call, ring.with.id);
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
    dropOldest(this.#agreed);
    this.#agreed.set(call, { with: person, room, media });
    this.#agreedAtMs = this.#parts.clock.now();
    this.#parts.throttle.forgive(person.key);
    this.#parts.onAgreed();
  }

  /** Whoever is rung has gone, or who rings. */
  unreachable(member: string): void {
    this.#silent.forget(member);
    const { id: link, emit } = this.#parts;
    for (const { to, settle } of [...this.#hails.values()]) if (to === member) settle(null);
    for (const [call, ring] of [...this.#outgoing]) {
      if (ring.with.id !== member) continue;
      this.#outgoing.delete(call);
      this.#closeRoom(call);
      dropOldest(this.#lost);
      this.#lost.set(call, member);
      // Where it is this side that lost its way, they hear of it as soon as there is one again.
      this.#tellLost(member, call);
      emit({ type: 'ring-lost', link, call });
    }
    for (const [call, ring] of [...this.#incoming]) {
      if (ring.with.id !== member) continue;
      this.#incoming.delete(call);
      this.#closeRoom(call);
      emit({ type: 'ring-lost', link, call });
    }
  }

  /** A word of somebody who is met here, about a ring. */
  hear(from: Person, message: RingWord): void {
    const { id: link, emit } = this.#parts;
    const { call } = message;
    switch (message.type) {
      case 'hail':
        if (this.#mayRing(from)) this.#giveNonce(from.id, call);
        return;
      case 'nonce': {
        const hail = this.#hails.get(call);
        if (hail?.to === from.id) hail.settle(message.nonce);
        else this.#onNoSuchRing(from, message);
        return;
      }
      case 'ring':
        this.#onRing(from, message);
        return;
      case 'ringing': {
        const ring = this.#outgoing.get(call);
        if (ring?.with.id !== from.id) {
          this.#onNoSuchRing(from, message);
          return;
        }
        const ahead = message.ahead === true && ring.ahead;
        // Who is rung opens a room of their own server only to connect, or to answer.
        const isOpen = ahead || this.#parts.rooms !== undefined || this.#parts.kind === 'saved';
        const target = isOpen ? this.#parts.roomTarget(ring.room) : null;
        emit({ type: 'ringing', link, call, target, ahead });
        return;
      }
      case 'accept': {
        const ring = this.#takeOutgoing(call, from.id);
        if (!ring) {
          this.#onNoSuchRing(from, message);
          return;
        }
        this.#agree(call, ring);
        const { media, fingerprint, signature } = message;
        const { nonce, room } = ring;
        const proof = { kind: 'accept', to: this.#publicKey, call, nonce, fingerprint, media, room } as const;
        // What was sold to us as another's answer would be worse than none.
        const signed = isSignature(ringProofBytes(proof), ring.with.key, signature);
        const target = this.#parts.roomTarget(room);
        emit({ type: 'ring-accepted', link, call, media, fingerprint, signed, target });
        return;
      }
      case 'decline':
        if (!this.#takeOutgoing(call, from.id)) {
          this.#onNoSuchRing(from, message);
          return;
        }
        this.#closeRoom(call);
        emit({ type: 'ring-declined', link, call, reason: message.reason });
        return;
      case 'cancel':
        if (this.#silent.cancel(from.id, call)) return;
        if (
          (this.#incoming.get(call) ?? this.#agreed.get(call))?.with.id !== from.id &&
          this.#declined.get(call) !== from.id
        ) {
          this.#onNoSuchRing(from, message);
          return;
        }
        this.#incoming.delete(call);
        this.#agreed.delete(call);
        this.#declined.delete(call);
        this.#closeRoom(call);
        emit({ type: 'ring-cancelled', link, call, reason: message.reason });
        return;
      default:
        message satisfies never;
    }
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

  /** Also of a ring that ended a moment ago: what the two say may cross. */
  #onNoSuchRing({ id }: Person, { type, call }: RingWord): void {
    const isOpenThere = type === 'ringing' || type === 'accept';
    if (isOpenThere && this.#lost.get(call) === id) this.#tellLost(id, call);
    else this.#parts.log.info('a word about a ring that there is not', { link: this.#parts.id, type });
  }

  #tellLost(to: string, call: string): void {
    this.#tell(to, { type: 'cancel', call, reason: 'unreachable' });
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
      this.#silent.ring(from, call, this.#parts.refusal());
      return;
    }
    const signed = isSignature(ringProofBytes(proof), from.key, signature);
    this.#incoming.set(call, { with: from, room, media, nonce, ahead });
    const { id: link, emit } = this.#parts;
    const target = this.#parts.roomTarget(room);
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
    this.#parts.tell(to, message);
  }
}

/** Makes room for one more. */
function dropOldest(calls: Map<string, unknown>): void {
  const [oldest] = calls.keys();
  if (calls.size >= MAX_AGREED && oldest !== undefined) calls.delete(oldest);
}
