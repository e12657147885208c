import type { IceServer } from './protocol';
import type { Clock } from './clock';

/** How long one who is about to restart ICE waits for fresh credentials: a slow round trip, not more. */
const ANSWER_MS = 500;

/** The ICE servers a client was given, and how old their credentials are. */
export class IceLease {
  readonly #clock: Clock;
  #servers: IceServer[] = [];
  /** From here on they are older than half their life. */
  #oldAtMs = Infinity;
  /** Who waits for new ones. */
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get servers(): IceServer[] {
    return this.#servers;
  }

  /** The server gave new ones; `iceTtlMs` from now, absent where nothing runs out. */
  take({ iceServers, iceTtlMs }: { iceServers: IceServer[]; iceTtlMs?: number | null | undefined }): void {
    this.#servers = iceServers;
    this.#oldAtMs = this.#clock.now() + (iceTtlMs ?? Infinity) / 2;
    this.settle();
  }

  /**
   * What to restart ICE with: the present ones while they are young; else those that `ask` brings, or after
   * {@link ANSWER_MS} what there is.
   * @param ask asks the server; false where it cannot be asked, and then nothing is waited for.
   */
  async fresh(ask: () => boolean): Promise<IceServer[]> {
    if (this.#waiting.length > 0 || (this.#clock.now() >= this.#oldAtMs && ask())) await this.#renewal();
    return this.#servers;
  }

  /** Nothing more comes: who waits goes on with what there is. */
  settle(): void {
    for (const goOn of this.#waiting.splice(0)) goOn();
  }

  #renewal(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => {
        this.settle();
      }, ANSWER_MS);
      this.#waiting.push(() => {
        this.#clock.clearTimeout(timer);
        resolve();
      });
    });
  }
}
