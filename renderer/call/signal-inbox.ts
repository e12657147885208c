import type { Signal } from '../../main/signaling/protocol';

/** Signals of one call held back for a missing one; past this they are thrown away, the sender says them again. */
const MAX_HELD = 256;

/** Puts the signals of one sender in one call into the order of their numbers, each once. */
export class SignalInbox {
  #next = 0;
  readonly #held = new Map<number, Signal>();

  /** Whether this signal was taken before. */
  has(signal: Signal): boolean {
    return signal.n < this.#next || this.#held.has(signal.n);
  }

  /** Keeps a signal for {@link take}; a duplicate is dropped. */
  put(signal: Signal): void {
    if (!this.has(signal) && this.#held.size < MAX_HELD) this.#held.set(signal.n, signal);
  }

  /** The next signal without taking it. */
  peek(): Signal | undefined {
    return this.#held.get(this.#next);
  }

  /** Everything that is in order now. */
  take(): Signal[] {
    const ready: Signal[] = [];
    for (let signal = this.peek(); signal; signal = this.peek()) {
      this.#held.delete(this.#next);
      this.#next += 1;
      ready.push(signal);
    }
    return ready;
  }

  /** Everything, in order or not, for another inbox. */
  drain(): Signal[] {
    const all = [...this.#held.values()];
    this.#held.clear();
    return all;
  }
}
