/** So much at once, and so much again every second. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/**
 * Bounds how fast somebody may go on. Taking more than there is makes a debt, which its owner has to wait for: so a
 * moment too fast costs a pause, and the length of the pause says how much too fast it was.
 */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #maxWaitMs: number;
  #tokens: number;
  #filledAt: number;

  /**
   * @param now milliseconds of the same clock as every later `now`.
   * @param maxWaitMs no debt grows past what is paid in this time: for debts that others have to wait for too.
   */
  constructor(rate: Rate, now: number, maxWaitMs = Infinity) {
    this.#rate = rate;
    this.#maxWaitMs = maxWaitMs;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  /** Takes `cost` tokens. @returns milliseconds until the debt is paid; 0 where there is none. */
  take(cost: number, now: number): number {
    this.#fill(now);
    this.#tokens -= cost;
    if (this.#tokens >= 0) return 0;
    const waitMs = (-this.#tokens / this.#rate.perSecond) * 1000;
    if (waitMs <= this.#maxWaitMs) return waitMs;
    this.#tokens = (-this.#maxWaitMs / 1000) * this.#rate.perSecond;
    return this.#maxWaitMs;
  }

  /** @returns milliseconds until there is a whole token; 0 if there is one. */
  waitMs(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / this.#rate.perSecond) * 1000;
  }

  /** Whether nothing was taken that has not come back. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.#rate.burst;
  }

  #fill(now: number): void {
    const grown = this.#tokens + ((now - this.#filledAt) / 1000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, grown);
    this.#filledAt = now;
  }
}
