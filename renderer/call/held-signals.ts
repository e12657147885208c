import type { Signal } from '../../main/signaling/protocol';

const MAX_HELD = 256;
const MAX_RETIRED = 64;

/**
 * Signals of members there is no connection with yet, kept until there is one. What still arrives of a call that is
 * over is not: it would begin another.
 */
export class HeldSignals {
  #held: { from: string; signal: Signal }[] = [];
  /** The oldest first, and whether a goodbye is owed to who goes on with it. */
  readonly #retired = new Map<string, boolean>();

  /** This call is over. @param owesBye goodbye was said, and the other may not have heard it */
  retire(call: string, owesBye: boolean): void {
    const [oldest] = this.#retired.keys();
    if (oldest !== undefined && this.#retired.size === MAX_RETIRED) this.#retired.delete(oldest);
    this.#retired.set(call, owesBye);
  }

  isRetired({ call }: Signal): boolean {
    return this.#retired.has(call);
  }

  /** What to say, once for each call, to who goes on with one that is over: the goodbye got lost on its way there. */
  takeBye(signal: Signal): Signal | null {
    const { call } = signal;
    if ('bye' in signal || !this.#retired.get(call)) return null;
    this.#retired.set(call, false);
    // Not 0: that would decline the next call too, of which nothing is agreed yet.
    return { call, n: 1, bye: true };
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
