import { globalShortcut } from 'electron';
import type { Settings } from '../preload/bridge';

type Shortcut = Settings['globalMute'];

/** A key that mutes while another app has the focus. Taken from other apps only during calls. */
export class GlobalMute {
  readonly #press: () => void;
  readonly #onRefused: () => void;
  #held: NonNullable<Shortcut> | null = null;

  /** @param onRefused the system gave the key to somebody else */
  constructor(press: () => void, onRefused: () => void) {
    this.#press = press;
    this.#onRefused = onRefused;
  }

  /** Holds this key and no other. */
  hold(shortcut: Shortcut): void {
    if (shortcut === this.#held) return;
    if (this.#held !== null) globalShortcut.unregister(this.#held);
    this.#held = shortcut;
    if (shortcut !== null && !globalShortcut.register(shortcut, this.#press)) this.#onRefused();
  }

  /** Whether the system would let us have it. */
  canHold(shortcut: NonNullable<Shortcut>): boolean {
    if (globalShortcut.isRegistered(shortcut)) return true;
    const registered = globalShortcut.register(shortcut, () => undefined);
    if (registered) globalShortcut.unregister(shortcut);
    return registered;
  }
}
