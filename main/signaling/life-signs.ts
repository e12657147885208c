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

/** Calls `ping` at once and then every `intervalMs`. @returns what stops it. */
export function startPinging(clock: Clock, intervalMs: number, ping: () => void): () => void {
  let timer: Timer;
  const beat = (): void => {
    ping();
    timer = clock.setTimeout(beat, intervalMs);
  };
  beat();
  return () => {
    clock.clearTimeout(timer);
  };
}
