/** Whether the window fills the screen. */
import type { Bridge } from '../../preload/bridge';

export class FullScreen {
  readonly #bridge: Pick<Bridge, 'setFullScreen'>;
  #on = $state(false);

  constructor(bridge: Pick<Bridge, 'setFullScreen'>) {
    this.#bridge = bridge;
  }

  get on(): boolean {
    return this.#on;
  }

  toggle(): void {
    void this.#bridge.setFullScreen(!this.#on);
  }

  /** What the window has become, also by the window manager's own ways. */
  changed(on: boolean): void {
    this.#on = on;
  }
}
