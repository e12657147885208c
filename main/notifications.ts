import { Notification } from 'electron';
import type { Language, RingOutside } from '../preload/bridge';
import type { Logger } from './signaling/logger';

const WORDS = {
  en: {
    voice: 'Voice call',
    video: 'Video call',
    unsigned: 'It is not proved who calls',
    missed: 'Missed call',
  },
  zh: { voice: '语音来电', video: '视频来电', unsigned: '无法证明来电者是谁', missed: '未接来电' },
} satisfies Record<Language, Record<string, string>>;

interface NotificationsParts {
  language: () => Language;
  /** A notification was clicked. */
  open: () => void;
  log: Logger;
}

/**
 * What the desktop itself says of calls. Names stand in the title, which is plain text everywhere; some desktops read
 * markup in the body.
 */
export class Notifications {
  readonly #parts: NotificationsParts;
  #ringing: { ring: RingOutside; notification: Notification } | null = null;

  constructor(parts: NotificationsParts) {
    this.#parts = parts;
  }

  /** Tells of this ring until it is over; `null`: nobody rings. */
  ring(ring: RingOutside | null): void {
    if (ring?.call === this.#ringing?.ring.call) return;
    this.#ringing?.notification.close();
    this.#ringing = null;
    if (!ring) return;
    const words = WORDS[this.#parts.language()];
    const body = ring.signed ? words[ring.media] : `${words[ring.media]} · ${words.unsigned}`;
    const notification = this.#show(ring.name, body, 'critical');
    if (notification) this.#ringing = { ring, notification };
  }

  /** Tells of a call that nobody answered; it stays until somebody has seen it. */
  missed(name: string): void {
    this.#show(name, WORDS[this.#parts.language()].missed, 'normal');
  }

  #show(title: string, body: string, urgency: 'normal' | 'critical'): Notification | null {
    if (!Notification.isSupported()) return null;
    // We have a sound of our own, on a device of the person's choice.
    const notification = new Notification({ title, body, urgency, silent: true, timeoutType: 'never' });
    notification.on('click', () => this.#parts.open());
    notification.on('failed', (_event, reason) => this.#parts.log.debug('no notification', { reason }));
    notification.show();
    return notification;
  }
}
