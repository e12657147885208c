import type { BrowserWindow, WebFrameMain } from 'electron';
import type { BridgeEvent, CallRecord, Language, Outside, OutsideAnswer } from '../preload/bridge';
import type { PopupView } from '../preload/popup-bridge';
import { DisplaySleep } from './display-sleep';
import { setMenu } from './menu';
import { Notifications } from './notifications';
import { Popup } from './popup';
import type { Logger } from './signaling/logger';
import { isInFront, raiseWindow } from './window';

export interface DesktopParts {
  window: BrowserWindow;
  devServer: string | null;
  language: () => Language;
  emit: (event: BridgeEvent) => void;
  log: Logger;
}

/** What is seen of the app beside its window. Follows what the page says of the call, and what becomes of the window. */
export class Desktop {
  readonly #parts: DesktopParts;
  readonly #popup: Popup;
  readonly #notifications: Notifications;
  readonly #displaySleep = new DisplaySleep();
  #outside: Outside = { state: 'none' };

  constructor(parts: DesktopParts) {
    this.#parts = parts;
    const { window, devServer, language, log } = parts;
    this.#popup = new Popup(devServer);
    this.#notifications = new Notifications({ language, open: () => raiseWindow(window), log });
    const follow = (): void => this.#followWindow();
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
    if (JSON.stringify(outside) === JSON.stringify(this.#outside)) return;
    this.#outside = outside;
    this.#displaySleep.block(outside.state === 'talking');
    this.#followWindow();
    this.followLanguage();
  }

  /** Says everything in the language of now. */
  followLanguage(): void {
    const { emit, language } = this.#parts;
    setMenu(language(), this.#outside, (command) => emit({ type: 'menu', command }));
  }

  /** A call or a ring is over. */
  noteCall({ direction, seen, name }: CallRecord): void {
    // Missed ones begin unseen. In the window the page says it.
    if (direction === 'in' && !seen && !isInFront(this.#parts.window)) this.#notifications.missed(name);
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

  /** What the window shows needs no telling beside it. */
  #followWindow(): void {
    const isAway = !isInFront(this.#parts.window);
    const ring = isAway && this.#outside.state === 'ringing' ? this.#outside.ring : null;
    this.#popup.show(ring);
    this.#notifications.ring(ring);
  }
}
