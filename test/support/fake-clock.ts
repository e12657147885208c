import type { Clock } from '../../renderer/call/clock';

/** Lets everything that is already on its way (promises, microtasks) happen, without any time passing. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still until it is turned. */
export class FakeClock implements Clock {
  #now = 1000;
  #count = 0;
  #timers: { at: number; order: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, order: this.#count++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Runs the next timer if it is due by then; false when there is none. */
  async #step(until: number): Promise<boolean> {
    await settled();
    const [next] = this.#timers.sort((a, b) => a.at - b.at || a.order - b.order);
    if (!next || next.at > until) return false;
    this.#timers.shift();
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }

  /** Turns the clock on, running every timer at its moment. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    while (await this.#step(until));
    this.#now = until;
    await settled();
  }

  /** Turns the clock until something is true; fails when it is not by then. */
  async until(isTrue: () => boolean, withinMs = 60_000): Promise<void> {
    const limit = this.#now + withinMs;
    await settled();
    while (!isTrue()) {
      if (!(await this.#step(limit)))
        throw new Error(`still not true after ${withinMs} ms: ${isTrue.toString()}`);
      await settled();
    }
  }

  /** Turns the clock until a promise is settled. */
  async run<T>(promise: Promise<T>, withinMs = 600_000): Promise<T> {
    let done = false;
    const watched = promise.finally(() => (done = true));
    watched.catch(() => undefined);
    await this.until(() => done, withinMs);
    return watched;
  }
}
