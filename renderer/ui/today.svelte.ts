/** How often the date is looked at: a timer until midnight would be late by as long as the computer sleeps. */
const LOOK_MS = 60_000;

const dates = new Intl.DateTimeFormat('en');

/** The present day for lists of the past, which the page may show for weeks. */
export class Today {
  #nowMs = $state(Date.now());
  readonly #timer = setInterval(() => {
    if (dates.format(Date.now()) !== dates.format(this.#nowMs)) this.#nowMs = Date.now();
  }, LOOK_MS);

  /** Unix time of a moment of this day. */
  get nowMs(): number {
    return this.#nowMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
