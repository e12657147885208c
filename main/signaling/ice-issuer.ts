import { iceServersFor, renewAfterMs, type IceOptions } from './turn';
import type { IceServer } from './protocol';
import type { Clock, Timer } from './clock';

/** What a `welcome` and an `ice-servers` event say. */
export interface IssuedIceServers {
  iceServers: IceServer[];
  /** How long the credentials among them are good, from now; `null` where there are none. */
  iceTtlMs: number | null;
}

interface IceIssuerOptions {
  ice: IceOptions;
  clock: Clock;
  /** Milliseconds since 1970. */
  wallNow: () => number;
}

/** Restarted servers are joined by everybody at once; when all that falls due again, others want to be heard too. */
const MOST_AT_ONCE = 200;
const PAUSE_MS = 20;
/** Longer than this no timer of Node's may run (2^31 ms), and nothing is lost by looking once more. */
const LONGEST_TIMER_MS = 24 * 3_600_000;

/** Gives members their ICE servers, and says when they need new ones: one timer, however many members there are. */
export class IceIssuer {
  readonly #options: IceIssuerOptions;
  /** By member, in the order of issue: credentials live equally long, so that is the order they fall due in too. */
  readonly #issued = new Map<string, { dueMs: number; renew: () => void }>();
  #timer: Timer | null = null;

  constructor(options: IceIssuerOptions) {
    this.#options = options;
  }

  /** Fresh ones. `renew` is called once, before they run out, unless the member was released or issued others. */
  issue(member: string, renew: () => void): IssuedIceServers {
    const { ice, clock, wallNow } = this.#options;
    const iceServers = iceServersFor(ice, member, wallNow());
    if (ice.turn === null) return { iceServers, iceTtlMs: null };
    const { ttlMs } = ice.turn;
    this.#issued.delete(member);
    this.#issued.set(member, { dueMs: clock.now() + renewAfterMs(ttlMs), renew });
    this.#arm();
    return { iceServers, iceTtlMs: ttlMs };
  }

  /** A member that is away gets new ones with the `welcome` that brings it back. */
  release(member: string): void {
    this.#issued.delete(member);
  }

  stop(): void {
    this.#issued.clear();
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(): void {
    if (this.#timer !== null) return;
    const [first] = this.#issued.values();
    if (!first) return;
    const { clock } = this.#options;
    const waitMs = Math.max(PAUSE_MS, Math.min(LONGEST_TIMER_MS, first.dueMs - clock.now()));
    this.#timer = clock.setTimeout(() => {
      this.#timer = null;
      this.#renewDue();
      this.#arm();
    }, waitMs);
  }

  #renewDue(): void {
    const now = this.#options.clock.now();
    let left = MOST_AT_ONCE;
    // What is issued meanwhile goes to the end, and is not due there.
    for (const [member, { dueMs, renew }] of this.#issued) {
      if (dueMs > now || left === 0) return;
      left -= 1;
      this.#issued.delete(member);
      renew();
    }
  }
}
