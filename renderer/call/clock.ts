/** Time as a call needs it; handed in, so that tests turn it by hand. */
export interface Clock {
  /** Milliseconds on a clock that never goes back (`performance.now()` in the app). */
  now(): number;
  /** Runs once, `ms` from now; returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

/** The page's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
