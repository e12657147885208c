import type { BrowserWindow, WebFrameMain } from 'electron';
import type { BridgeEvent, Language, Outside, OutsideAnswer } from '../preload/bridge';
import type { PopupView } from '../preload/popup-bridge';
import { Popup } from './popup';
import { isInFront, raiseWindow } from './window';

export interface DesktopParts {
  window: BrowserWindow;
  devServer: string | null;
  language: () => Language;
  emit: (event: BridgeEvent) => void;
}

/** What is seen of the app beside its window. Follows what the page says of the call, and what becomes of the window. */
export class Desktop {
  readonly #parts: DesktopParts;
  readonly #popup: Popup;
  #outside: Outside = { state: 'none' };

  constructor(parts: DesktopParts) {
    this.#parts = parts;
    this.#popup = new Popup(parts.devServer);
    const follow = (): void => this.#follow();
    const { window } = parts;
    window.on('focus', follow);
    window.on('blur', follow);
    window.on('show', follow);
    window.on('hide', follow);
    window.on('minimize', follow);
    window.on('restore', follow);
    // With the page goes whoever could answer.
    window.on('closed', () => this.show({ state: 'none' }));
    window.webContents.on('render-process-gone', () => this.show({ state: 'none' }));
  }

  /** What the page says of the present call. */
  show(outside: Outside): void {
    this.#outside = outside;
    this.#follow();
  }

  // ---------------------------------------------------------------- the small window

  isPopup(frame: WebFrameMain | null): boolean {
    return this.#popup.isFrame(frame);
  }

  popupView(): PopupView | null {
    const { ring } = this.#popup;
    return ring && { language: this.#parts.language(), ring };
  }

  /** What a person did in the small window. */
  answer(answer: OutsideAnswer): void {
    const { ring } = this.#popup;
    if (!ring) return;
    const { emit, window } = this.#parts;
    if (answer !== 'silence') this.#popup.show(null);
    if (answer === 'voice' || answer === 'video') raiseWindow(window);
    emit({ type: 'answered-outside', call: ring.call, answer });
  }

  #follow(): void {
    const { window } = this.#parts;
    const ring = this.#outside.state === 'ringing' ? this.#outside.ring : null;
    this.#popup.show(ring && !isInFront(window) ? ring : null);
  }
}
