/** Who connects from where, and how much one address may ask for. */
import { addressKey } from './client-address';
import { TokenBucket, type Rate } from './token-bucket';
import type { Clock } from './clock';

/** What one socket may send: a call takes about thirty frames to set up. */
const SOCKET_FRAMES: Rate = { burst: 512, perSecond: 100 };
/** Bytes that cost one token more, so that full frames cannot come at the rate of small ones. */
const BYTES_PER_TOKEN = 4096;
/** An address that may have so many sockets may be as busy as an eighth of them. */
const BUSY_SHARE = 8;
/** Whoever is so far ahead of what it may send is not hurrying but flooding. */
export const FLOOD_MS = 2000;
/** Seats an address may hold for each socket it may have: those of who is away count, so sockets do not bound them. */
const SEATS_PER_SOCKET = 4;
/** Addresses remembered at a time; past it those known for longest are forgotten. */
const MAX_REMEMBERED = 65_536;
const SWEEP_MS = 60_000;

/** The seats that one address holds, whatever has become of the sockets they were taken with. */
export interface Holding {
  seats: number;
  readonly maxSeats: number;
}

interface Visitor extends Holding {
  sockets: number;
  connections: TokenBucket;
  upgrades: TokenBucket;
  frames: TokenBucket;
  failures: TokenBucket;
}

/** One socket's share of what its address may do. */
export class Visit {
  readonly #clock: Clock;
  readonly #visitor: Visitor;
  readonly #frames: TokenBucket;
  readonly #busySockets: number;

  /** @param busySockets how many of its address may go on at full speed at a time */
  constructor(clock: Clock, visitor: Visitor, frames: Rate, busySockets: number) {
    this.#clock = clock;
    this.#visitor = visitor;
    this.#busySockets = busySockets;
    this.#frames = new TokenBucket(frames, clock.now());
    visitor.sockets += 1;
  }

  /**
   * A frame came. While an address owes, its sockets share what it may send: a frame counts the more on its socket's own
   * account the more of them there are. So those that go on all the same are closed, and the others are slowed down.
   * @returns milliseconds for which nothing more should be read; 0 where all is well. More than {@link FLOOD_MS} only
   *   where this socket itself is so far ahead of its share: who is quiet its neighbours can but slow down.
   */
  take(bytes: number): number {
    const cost = 1 + Math.floor(bytes / BYTES_PER_TOKEN);
    const now = this.#clock.now();
    const owedMs = this.#visitor.frames.take(cost, now);
    const crowd = owedMs > 0 ? Math.max(1, this.#visitor.sockets / this.#busySockets) : 1;
    return Math.max(this.#frames.take(cost * crowd, now), owedMs);
  }

  /** What a frame made the server do costs as many frames as `cost`. @returns as {@link take}. */
  charge(cost: number): number {
    const now = this.#clock.now();
    return Math.max(this.#frames.take(cost, now), this.#visitor.frames.take(cost, now));
  }

  /** What its address holds. */
  get holding(): Holding {
    return this.#visitor;
  }

  /** Whether its address may try another proof; without a try it is refused unjudged, right or wrong. */
  get hasTry(): boolean {
    return this.#visitor.failures.waitMs(this.#clock.now()) === 0;
  }

  /** A join failed for want of proof. No debt is made: others may live behind the address. */
  failed(): void {
    if (this.hasTry) this.#visitor.failures.take(1, this.#clock.now());
  }

  /** The socket is gone. Said once. */
  end(): void {
    this.#visitor.sockets -= 1;
  }
}

/** A visit, or why not: too many sockets now, or too many tries lately. */
export type Welcome =
  | { kind: 'visit'; start: () => Visit }
  | { kind: 'refused'; reason: 'address-full' | 'too-many-tries'; retryAfterS: number };

/**
 * The book of addresses: sockets open from each, and token buckets for its TCP connections, upgrades, frames and failed
 * joins.
 */
export class Visitors {
  readonly #clock: Clock;
  readonly #maxPerAddress: number;
  readonly #socketFrames: Rate;
  readonly #busySockets: number;
  readonly #rates: { connections: Rate; upgrades: Rate; frames: Rate; failures: Rate };
  readonly #byKey = new Map<string, Visitor>();
  #sweptAt: number;

  /**
   * @param maxPerAddress sockets at a time from one address; its rates grow with it.
   * @param socketFrames what one socket may send, a token for each frame and for each 4 KiB of it.
   */
  constructor(clock: Clock, maxPerAddress: number, socketFrames: Rate = SOCKET_FRAMES) {
    this.#clock = clock;
    this.#maxPerAddress = maxPerAddress;
    this.#socketFrames = socketFrames;
    const busy = Math.max(1, maxPerAddress / BUSY_SHARE);
    this.#busySockets = busy;
    this.#rates = {
      connections: { burst: maxPerAddress * 2, perSecond: maxPerAddress },
      upgrades: { burst: maxPerAddress * 2, perSecond: Math.max(1, maxPerAddress / 4) },
      frames: { burst: socketFrames.burst * busy, perSecond: socketFrames.perSecond * busy },
      failures: { burst: Math.max(5, busy), perSecond: Math.max(5, busy) / 60 },
    };
    this.#sweptAt = clock.now();
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /**
   * A TCP connection comes, which has said nothing yet: a handshake costs more than most of what may follow.
   * @param key as {@link addressKey} makes it
   * @returns false where too many came lately
   */
  mayConnect(key: string): boolean {
    const now = this.#clock.now();
    const { connections } = this.#visitor(key, now);
    if (connections.waitMs(now) > 0) return false;
    connections.take(1, now);
    return true;
  }

  /** Somebody asks to connect. `start` is to be called in the same step as the socket is made. */
  welcome(address: string): Welcome {
    const now = this.#clock.now();
    const visitor = this.#visitor(addressKey(address), now);
    const waitMs = Math.max(visitor.failures.waitMs(now), visitor.upgrades.waitMs(now));
    if (waitMs > 0) {
      return {
        kind: 'refused',
        reason: 'too-many-tries',
        retryAfterS: Math.ceil(Math.round(waitMs) / 1000),
      };
    }
    visitor.upgrades.take(1, now);
    if (visitor.sockets >= this.#maxPerAddress) {
      return { kind: 'refused', reason: 'address-full', retryAfterS: 5 };
    }
    const start = (): Visit => new Visit(this.#clock, visitor, this.#socketFrames, this.#busySockets);
    return { kind: 'visit', start };
  }

  #visitor(key: string, now: number): Visitor {
    this.#sweep(now);
    const known = this.#byKey.get(key);
    if (known) return known;
    const { connections, upgrades, frames, failures } = this.#rates;
    const visitor: Visitor = {
      sockets: 0,
      seats: 0,
      maxSeats: this.#maxPerAddress * SEATS_PER_SOCKET,
      connections: new TokenBucket(connections, now),
      upgrades: new TokenBucket(upgrades, now),
      frames: new TokenBucket(frames, now, FLOOD_MS),
      failures: new TokenBucket(failures, now),
    };
    this.#byKey.set(key, visitor);
    return visitor;
  }

  /** Forgets who has nothing open, holds nothing and owes nothing: a new entry would be the same. */
  #sweep(now: number): void {
    const isDue = now - this.#sweptAt >= SWEEP_MS;
    if (!isDue && this.#byKey.size < MAX_REMEMBERED) return;
    this.#sweptAt = now;
    for (const [key, { sockets, seats, connections, upgrades, frames, failures }] of this.#byKey) {
      const owesNothing = [connections, upgrades, frames, failures].every((bucket) => bucket.isFull(now));
      if (sockets === 0 && seats === 0 && owesNothing) this.#byKey.delete(key);
    }
    if (this.#byKey.size < MAX_REMEMBERED) return;
    // Half of them at once: forgetting one at a time would go through all of them for every newcomer.
    for (const [key, { sockets, seats }] of this.#byKey) {
      if (this.#byKey.size <= MAX_REMEMBERED / 2) return;
      if (sockets === 0 && seats === 0) this.#byKey.delete(key);
    }
  }
}
