import { app, type BrowserWindow } from 'electron';
import type { BridgeEvent, Settings } from '../preload/bridge';
import { canBeReached } from './settings';
import { raiseWindow } from './window';

interface ClosingParts {
  window: BrowserWindow;
  settings: () => Settings;
  emit: (event: BridgeEvent) => void;
}

/**
 * What closing the window does. Where people can reach this person it only goes out of sight, which is asked about the
 * first time; a call in it ends either way, as closing the window of a call does everywhere. Else the app quits.
 */
export class Closing {
  readonly #parts: ClosingParts;
  #quits = false;
  /** The page shows the question. */
  #asks = false;

  /** Must be made before whatever closes windows on quitting. */
  constructor(parts: ClosingParts) {
    this.#parts = parts;
    app.on('before-quit', () => (this.#quits = true));
    // A click in the dock of macOS.
    app.on('activate', () => raiseWindow(parts.window));
    parts.window.on('close', (event) => {
      if (this.#quits) return;
      const { closeToTray } = parts.settings();
      if (!canBeReached(parts.settings()) || closeToTray === false) return;
      event.preventDefault();
      // Whoever closes it once more has answered; and a page that cannot ask must not keep its window open.
      if (closeToTray === null && !this.#asks) {
        this.#asks = true;
        parts.emit({ type: 'close-asked' });
      } else this.hide();
    });
  }

  /** The window goes out of sight, and with it whatever goes on in it. */
  hide(): void {
    this.#asks = false;
    const { window, emit } = this.#parts;
    emit({ type: 'window-closed' });
    // macOS would leave a black screen behind.
    if (window.isFullScreen()) {
      window.once('leave-full-screen', () => window.hide());
      window.setFullScreen(false);
    } else window.hide();
  }

  /** What the person answered, or that they closed the question. */
  answer(answer: 'hide' | 'quit' | 'stay'): void {
    this.#asks = false;
    if (answer === 'hide') this.hide();
    else if (answer === 'quit') app.quit();
  }
}
