import { LIMITS } from './protocol';
import type { Clock, Timer } from './clock';

/** What a numbered frame is to its receiver; a `gap` means the sender lost count. */
export type Arrival = 'next' | 'duplicate' | 'gap';

/** Whoever tells the other end what was handled. */
export interface Acknowledger {
  /** Says the newest handled number; may do nothing while there is no socket. */
  acknowledge(seq: number): void;
}

/**
 * The receiving half of {@link Outbox}: tells new frames from ones seen before a reconnect, and says when an
 * acknowledgement is due (every `LIMITS.ackFrames` frames or `LIMITS.ackMs`, whichever is first).
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #acknowledger: Acknowledger;
  #handled = 0;
  #acked = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, acknowledger: Acknowledger) {
    this.#clock = clock;
    this.#acknowledger = acknowledger;
  }

  /** The number of the newest frame handled; 0 before the first. */
  get handled(): number {
    return this.#handled;
  }

  /** Judges the number of a frame; a `next` one counts as handled from here on. */
  accept(seq: number): Arrival {
    if (seq <= this.#handled) {
      // The sender would not send it again had it heard the acknowledgement.
      if (seq > 0) this.#schedule();
      return 'duplicate';
    }
    if (seq !== this.#handled + 1) return 'gap';
    this.#handled = seq;
    if (this.#handled - this.#acked >= LIMITS.ackFrames) this.flush();
    else this.#schedule();
    return 'next';
  }

  /** Acknowledges now. */
  flush(): void {
    this.stop();
    this.#acked = this.#handled;
    this.#acknowledger.acknowledge(this.#handled);
  }

  /** Stops the timer: the socket is gone, and a `welcome` or `hello` will say the number instead. */
  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Counts from 1 again. */
  reset(): void {
    this.stop();
    this.#handled = 0;
    this.#acked = 0;
  }

  #schedule(): void {
    this.#timer ??= this.#clock.setTimeout(() => {
      this.flush();
    }, LIMITS.ackMs);
  }
}
