/** What the person chose: shown at once, written by the app behind it. */
import type { Bridge, ErrorCode, Settings } from '../../preload/bridge';

export class Preferences {
  readonly #bridge: Pick<Bridge, 'changeSettings'>;
  #current: Settings;
  #problem = $state<ErrorCode | null>(null);
  #newest = 0;

  constructor(bridge: Pick<Bridge, 'changeSettings'>, settings: Settings) {
    this.#bridge = bridge;
    this.#current = $state.raw(settings);
  }

  get current(): Settings {
    return this.#current;
  }

  /** Why the last change is not on disk; it holds until the app quits. */
  get problem(): ErrorCode | null {
    return this.#problem;
  }

  /** @returns whether it was saved. */
  async change(change: Partial<Settings>): Promise<boolean> {
    const mine = (this.#newest += 1);
    this.#current = { ...this.#current, ...change };
    const result = await this.#bridge.changeSettings(change);
    // A newer change is on its way: its answer holds this one as well.
    if (mine !== this.#newest) return result.ok;
    this.#problem = result.ok ? null : result.code;
    if (result.ok) this.#current = result.value;
    return result.ok;
  }

  forgetProblem(): void {
    this.#problem = null;
  }
}
