/** So many rings of one key within the window, none of them accepted, and it is not heard for a while. */
const MAX_RINGS = 10;
const WINDOW_MS = 60_000;
const PAUSE_MS = 5 * 60_000;
/** Keys that are remembered; far more than ring one in five minutes. */
const MAX_KEYS = 1000;

interface Rings {
  count: number;
  sinceMs: number;
  /** Not heard until then; 0: heard. */
  untilMs: number;
}

/** Keeps one key from ringing without end, over all links. */
export class RingThrottle {
  readonly #rings = new Map<string, Rings>();

  /** Counts a ring. @returns whether it may be heard; `last` for the one after which none is for a while. */
  count(key: string, nowMs: number): 'heard' | 'last' | 'unheard' {
    const before = this.#rings.get(key);
    if (before && nowMs < before.untilMs) return 'unheard';
    const isNew = !before || before.untilMs > 0 || nowMs - before.sinceMs >= WINDOW_MS;
    const rings = isNew ? { count: 1, sinceMs: nowMs, untilMs: 0 } : { ...before, count: before.count + 1 };
    if (rings.count >= MAX_RINGS) rings.untilMs = nowMs + PAUSE_MS;
    // The newest last.
    this.#rings.delete(key);
    this.#rings.set(key, rings);
    const [oldest] = this.#rings.keys();
    if (this.#rings.size > MAX_KEYS && oldest !== undefined) this.#rings.delete(oldest);
    return rings.untilMs > 0 ? 'last' : 'heard';
  }

  /** A ring became a call: this key rings somebody who wants to hear it. */
  forgive(key: string): void {
    this.#rings.delete(key);
  }
}
