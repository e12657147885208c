/** A running timer, to be handed back to the clock that made it. */
export type Timer = ReturnType<typeof setTimeout>;

/** Time as a parameter: the system's in production, a test's own where a unit test turns it by hand. */
export interface Clock {
  /** Milliseconds from any fixed point; never goes back. */
  now(): number;
  setTimeout(callback: () => void, ms: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** The machine's own monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => {
    clearTimeout(timer);
  },
};
