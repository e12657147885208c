/** Reads a typed link or address while it is typed: not at every key, and the last answer wins. */
import type { Bridge, JoinTarget, Result } from '../../preload/bridge';

const PAUSE_MS = 200;
/** More than any link there is; not worth carrying to the app. */
const LONGEST = 64 * 1024;

export class TargetReader {
  readonly #bridge: Pick<Bridge, 'readTarget'>;
  #result = $state.raw<Result<JoinTarget> | null>(null);
  #newest = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bridge: Pick<Bridge, 'readTarget'>) {
    this.#bridge = bridge;
  }

  /** What the newest text names; `null` for none, and until it was read once. */
  get result(): Result<JoinTarget> | null {
    return this.#result;
  }

  /** Reads after a pause. The last result stands until then, so nothing under the field flickers. */
  type(text: string, room: string): void {
    clearTimeout(this.#timer);
    this.#newest += 1;
    if (text.trim() === '') this.#result = null;
    else this.#timer = setTimeout(() => void this.read(text, room), PAUSE_MS);
  }

  /** Reads at once. */
  async read(text: string, room: string): Promise<Result<JoinTarget>> {
    clearTimeout(this.#timer);
    const mine = (this.#newest += 1);
    const result: Result<JoinTarget> =
      text.length + room.length > LONGEST
        ? { ok: false, code: 'too-long' }
        : await this.#bridge.readTarget(text, room);
    if (mine === this.#newest) this.#result = result;
    return result;
  }
}

/** A link names its room itself. */
export const isLink = (text: string): boolean => /^\s*parley:/i.test(text);
