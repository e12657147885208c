import type { BrowserWindow, WebFrameMain } from 'electron';
import type {
  BridgeEvent,
  CallRecord,
  KnownPerson,
  Language,
  MenuCommand,
  Outside,
  OutsideAnswer,
  RingOutside,
  Settings,
} from '../preload/bridge';
import type { PopupView } from '../preload/popup-bridge';
import { DisplaySleep } from './display-sleep';
import { GlobalMute } from './global-mute';
import { setMenu } from './menu';
import { Notifications } from './notifications';
import { Popup } from './popup';
import { canBeReached } from './settings';
import type { Logger } from './signaling/logger';
import { TrayIcon } from './tray';
import { isInFront, raiseWindow } from './window';

export interface DesktopParts {
  window: BrowserWindow;
  devServer: string | null;
  language: () => Language;
  settings: () => Settings;
  /** Who a key is, where they are known. */
  known: (key: string) => KnownPerson | null;
  emit: (event: BridgeEvent) => void;
  log: Logger;
}

/** What is seen of the app beside its window. Follows what the page says of the call, and what becomes of the window. */
export class Desktop {
  readonly #parts: DesktopParts;
  readonly #popup: Popup;
  readonly #notifications: Notifications;
  readonly #displaySleep = new DisplaySleep();
  readonly #tray: TrayIcon;
  readonly #globalMute: GlobalMute;
  #outside: Outside = { state: 'none' };
  /** The newest ring, also once it is over. */
  #ring: RingOutside | null = null;

  constructor(parts: DesktopParts) {
    this.#parts = parts;
    const { window, devServer, language, emit, log } = parts;
    this.#popup = new Popup(devServer);
    const open = (): void => raiseWindow(window);
    this.#notifications = new Notifications({ language, open, log });
    this.#tray = new TrayIcon({
      open,
      choose: (command) => this.#choose(command),
      setStatus: (status) => emit({ type: 'status-chosen', status }),
    });
    this.#globalMute = new GlobalMute(
      () => this.#choose('mute'),
      () => emit({ type: 'shortcut-refused' }),
    );
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
    const before = this.#outside;
    this.#outside = outside;
    if (outside.state === 'ringing') this.#ring = outside.ring;
    // Before a camera opens by itself, whoever is near sees that it will.
    if (answersItself(outside) && !answersItself(before)) raiseWindow(this.#parts.window);
    this.#displaySleep.block(outside.state === 'talking');
    this.#followWindow();
    this.follow();
  }

  /** Does what the settings say by now, in the language they say. */
  follow(): void {
    const { language, settings } = this.#parts;
    const { globalMute, status } = settings();
    const outside = this.#outside;
    setMenu(language(), outside, (command) => this.#choose(command));
    this.#tray.show(canBeReached(settings()) ? { language: language(), status, outside } : null);
    this.#globalMute.hold(outside.state === 'talking' ? globalMute : null);
  }

  /** Whether the system would let this key mute from everywhere. */
  canMuteWith(key: NonNullable<Settings['globalMute']>): boolean {
    return this.#globalMute.canHold(key);
  }

  /** A call or a ring is over. */
  noteCall({ id, direction, seen, name, key, reason }: CallRecord): void {
    // Missed ones begin unseen. Whoever wants to be left alone finds them in the list, and so does who looks at it.
    const isTold = direction === 'in' && !seen && reason !== 'do-not-disturb';
    if (isTold && !isInFront(this.#parts.window)) {
      const givenName = key === null ? null : this.#parts.known(key)?.givenName;
      this.#notifications.missed(givenName ?? name, this.#ring?.call === id ? this.#ring : null);
    }
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

  #choose(command: MenuCommand): void {
    const { emit, window } = this.#parts;
    // To be seen by the other, one wants to see oneself.
    if (command === 'answer') raiseWindow(window);
    emit({ type: 'menu', command });
  }

  /** What the window shows needs no telling beside it. */
  #followWindow(): void {
    const isAway = !isInFront(this.#parts.window);
    const ring = isAway && this.#outside.state === 'ringing' ? this.#outside.ring : null;
    this.#popup.show(ring);
    this.#notifications.ring(ring);
  }
}

const answersItself = (outside: Outside): boolean =>
  outside.state === 'ringing' && outside.ring.answersItself;
