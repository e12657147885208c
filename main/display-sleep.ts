import { powerSaveBlocker } from 'electron';

/** Keeps the display awake while people talk: nobody touches the keyboard then, and both look at the screen. */
export class DisplaySleep {
  #blocker: number | null = null;

  block(on: boolean): void {
    if (on) this.#blocker ??= powerSaveBlocker.start('prevent-display-sleep');
    else if (this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = null;
    }
  }
}
