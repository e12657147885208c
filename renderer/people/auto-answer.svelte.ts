/** Answers a ring after a while that somebody near can see and hear, unless they stop it. */
import type { Clock } from '../call/clock';

export interface AutoAnswerOptions {
  clock: Clock;
  chime: () => void;
  answer: () => void;
}

const SECONDS = 5;

export class AutoAnswer {
  readonly #options: AutoAnswerOptions;
  #secondsLeft = $state<number | null>(null);
  #cancel: (() => void) | null = null;

  constructor(options: AutoAnswerOptions) {
    this.#options = options;
  }

  /** Until the ring is answered; `null` while none is going to be. */
  get secondsLeft(): number | null {
    return this.#secondsLeft;
  }

  begin(): void {
    this.stop();
    this.#options.chime();
    this.#count(SECONDS);
  }

  /** The ring goes on, to be answered by hand. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#secondsLeft = null;
  }

  #count(left: number): void {
    this.#secondsLeft = left;
    this.#cancel = this.#options.clock.after(1000, () => {
      if (left > 1) {
        this.#count(left - 1);
        return;
      }
      this.stop();
      this.#options.answer();
    });
  }
}
