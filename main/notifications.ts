import { Notification } from 'electron';
import type { Language, RingOutside } from '../preload/bridge';
import type { Logger } from './signaling/logger';

const WORDS = {
  en: {
    voice: 'Voice call',
    video: 'Video call',
    unsigned: 'It is not proved who calls',
    namesake: 'From another device than the one you know',
    missed: 'Missed call',
    someone: 'Someone',
  },
  zh: {
    voice: '语音来电',
    video: '视频来电',
    unsigned: '无法证明来电者是谁',
    namesake: '来自另一台设备，不是你认识的那台',
    missed: '未接来电',
    someone: '有人',
  },
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
  /** Those of calls that were missed, while they can be clicked. */
  readonly #missed = new Set<Notification>();
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
    const notification = this.#show(ring.name, this.#warned(words[ring.media], ring), 'critical');
    if (notification) this.#ringing = { ring, notification };
  }

  /**
   * Tells of a call that nobody answered; it stays until somebody has seen it.
   * @param ring what was shown of it while it rang; what there was to know of it then there is still
   */
  missed(name: string, ring: Pick<RingOutside, 'namesake' | 'signed'> | null): void {
    const words = WORDS[this.#parts.language()];
    const body = ring ? this.#warned(words.missed, ring) : words.missed;
    const notification = this.#show(name.trim() || words.someone, body, 'normal');
    if (!notification) return;
    // Else it would be collected as garbage, and a click on it would do nothing.
    this.#missed.add(notification);
    const forget = (): void => void this.#missed.delete(notification);
    notification.on('click', forget);
    notification.on('close', forget);
    notification.on('failed', forget);
  }

  /** Without a name: some desktops read markup here. */
  #warned(what: string, { namesake, signed }: Pick<RingOutside, 'namesake' | 'signed'>): string {
    const words = WORDS[this.#parts.language()];
    const warning = namesake !== null ? words.namesake : signed ? null : words.unsigned;
    return warning === null ? what : `${what} · ${warning}`;
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
