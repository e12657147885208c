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

  set(on: boolean): void {
    this.#on = on;
    void this.#bridge.setFullScreen(on);
  }

  toggle(): void {
    this.set(!this.#on);
  }

  /** The window manager has its own ways in and out: after a resize the size tells. */
  look(page: Pick<Window, 'innerWidth' | 'innerHeight' | 'screen'>): void {
    this.#on = page.innerWidth >= page.screen.width && page.innerHeight >= page.screen.height;
  }
}
