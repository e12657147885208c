import type { Clock, Timer } from './clock';

/**
 * Judges whether the other end is still there: nothing heard for `timeoutMs` calls `onSilent` once. Hearing costs one
 * assignment; a timer runs once a time-out, not once a frame.
 */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onSilent: () => void;
  #heardAt: number;
  #timer: Timer | null;

  constructor(clock: Clock, timeoutMs: number, onSilent: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onSilent = onSilent;
    this.#heardAt = clock.now();
    this.#timer = this.#arm(timeoutMs);
  }

  /** Something arrived: a frame, a ping or a pong. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(ms: number): Timer {
    return this.#clock.setTimeout(() => {
      const left = this.#heardAt + this.#timeoutMs - this.#clock.now();
      // Timers may fire a fraction of a millisecond early; less than one left is none left.
      if (left >= 1) {
        this.#timer = this.#arm(left);
        return;
      }
      this.#timer = null;
      this.#onSilent();
    }, ms);
  }
}

/** Somebody whose life {@link Heartbeats} judges. */
export interface Pulse {
  /** When something was last heard, by the clock; kept by {@link Heartbeats}. */
  heardAt: number;
  ping(): void;
  /** Nothing was heard for the time-out; called once. */
  fellSilent(): void;
}

/** Rounds in a heartbeat: a silence is found at most one of them early. */
const ROUNDS = 8;
/** A round that comes so many later than it was due found us held up: a stopped process, a machine that slept. */
const LATE_ROUNDS = 2;

/**
 * The life signs of all sockets of a server, in rounds of one timer: pings who was not heard for a heartbeat, and
 * gives up who was not heard for the time-out, at most a round before it is over and never after. Who is heard needs
 * no ping, for it hears us too: every frame is acknowledged within `LIMITS.ackMs`. While the server itself is held up it
 * hears nobody: then all are asked, and judged a round later.
 */
export class Heartbeats {
  readonly #clock: Clock;
  readonly #roundMs: number;
  readonly #pingAfterMs: number;
  readonly #silentAfterMs: number;
  readonly #pulses = new Set<Pulse>();
  #timer: Timer | null = null;
  #wasHeldUp = false;

  constructor(clock: Clock, { heartbeatMs, timeoutMs }: { heartbeatMs: number; timeoutMs: number }) {
    this.#clock = clock;
    this.#roundMs = heartbeatMs / ROUNDS;
    // Half a round of tolerance keeps a pong that came right after a round from putting off the next ping by one.
    this.#pingAfterMs = heartbeatMs - this.#roundMs / 2;
    this.#silentAfterMs = timeoutMs - this.#roundMs;
  }

  add(pulse: Pulse): void {
    this.heard(pulse);
    this.#pulses.add(pulse);
    this.#timer ??= this.#arm();
  }

  remove(pulse: Pulse): void {
    this.#pulses.delete(pulse);
    if (this.#pulses.size > 0 || this.#timer === null) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Something arrived: a frame, a ping or a pong. */
  heard(pulse: Pulse): void {
    pulse.heardAt = this.#clock.now();
  }

  #arm(): Timer {
    const dueAt = this.#clock.now() + this.#roundMs;
    return this.#clock.setTimeout(() => {
      this.#timer = this.#arm();
      this.#judge(this.#clock.now() - dueAt);
    }, this.#roundMs);
  }

  #judge(lateMs: number): void {
    // Not twice in a row: a server that is always late must not keep those who are gone.
    const isHeldUp = lateMs > LATE_ROUNDS * this.#roundMs && !this.#wasHeldUp;
    this.#wasHeldUp = isHeldUp;
    const now = this.#clock.now();
    for (const pulse of this.#pulses) {
      const silentMs = now - pulse.heardAt;
      if (silentMs > this.#silentAfterMs && !isHeldUp) {
        this.remove(pulse);
        pulse.fellSilent();
      } else if (silentMs >= this.#pingAfterMs) {
        pulse.ping();
      }
    }
  }
}
