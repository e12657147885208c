import type { Clock, Timer } from '../../main/signaling/clock';

/** A clock that a unit test turns by hand. */
export class ManualClock implements Clock {
  #now = 0;
  #next = 0;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    this.#next += 1;
    const id = this.#next;
    this.#timers.set(id, { at: this.#now + ms, callback });
    // Only handed back to clearTimeout below.
    return id as unknown as Timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer as unknown as number);
  }

  /** Timers that are running. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Turns the clock as for a process that stands still meanwhile: what fell due fires late, all at one moment. */
  holdUp(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }

  /** Turns the clock, firing what falls due in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [due] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!due) break;
      const [id, { at, callback }] = due;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      callback();
    }
    this.#now = end;
  }
}
