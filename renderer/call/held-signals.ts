import type { Signal } from '../../main/signaling/protocol';

const MAX_HELD = 256;
const MAX_RETIRED = 64;

/**
 * Signals of members there is no connection with yet, kept until there is one. What still arrives of a call that is
 * over is not: it would begin another.
 */
export class HeldSignals {
  #held: { from: string; signal: Signal }[] = [];
  #retired: string[] = [];

  /** This call is over. */
  retire(call: string): void {
    this.#retired = [...this.#retired, call].slice(-MAX_RETIRED);
  }

  isRetired({ call }: Signal): boolean {
    return this.#retired.includes(call);
  }

  hold(from: string, ...signals: Signal[]): void {
    const fresh = signals.filter((signal) => !this.isRetired(signal));
    this.#held = [...this.#held, ...fresh.map((signal) => ({ from, signal }))].slice(-MAX_HELD);
  }

  /** Of these members, one who has offered. */
  offerer(members: readonly { id: string }[]): string | null {
    const offers = this.#held.find(
      ({ from, signal }) => 'description' in signal && members.some(({ id }) => id === from),
    );
    return offers?.from ?? null;
  }

  /** Hands over what is held of one member and forgets the rest. */
  take(from: string): Signal[] {
    const taken = this.#held.filter((held) => held.from === from).map(({ signal }) => signal);
    this.clear();
    return taken;
  }

  /** A member who left begins anew, should it come back. */
  forget(from: string): void {
    this.#held = this.#held.filter((held) => held.from !== from);
  }

  clear(): void {
    this.#held = [];
  }
}
