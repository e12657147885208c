import type { BridgeEvent, JoinTarget, RingOffer, RungCall, Settings } from '../preload/bridge';
import { isSameTarget, PeopleLink, type Conversation, type PeopleLinkParts } from './people-link';
import { RingThrottle } from './ring-throttle';
import type { ServerPasswords } from './server-passwords';
import type { Refusal } from './silent-rings';
import { systemClock } from './signaling/clock';
import type { Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';
import type { Status } from './signaling/protocol';

export interface PeopleLinksParts {
  identity: Identity;
  settings: () => Settings;
  passwords: ServerPasswords;
  /** Whose rings are not heard. */
  isBlocked: (key: string) => boolean;
  emit: (event: BridgeEvent) => void;
  /** A ring was accepted, by either side. */
  onAgreed: () => void;
  log: Logger;
}

/** What each link has of its own. */
export type NewLink = Pick<
  PeopleLinkParts,
  'id' | 'kind' | 'target' | 'password' | 'only' | 'rooms' | 'onChange'
>;

/** Whoever comes back into a call finds the other by then. */
const RETURN_MS = 10_000;
/** The link to the saved server. */
const SAVED = 'saved';

/** The conversations this app keeps to be seen and rung: with the server that was saved, and with people nearby. */
export class PeopleLinks {
  readonly #parts: PeopleLinksParts;
  readonly #links = new Map<string, PeopleLink>();
  /** Closed, but a call is still over them. */
  readonly #retired = new Set<PeopleLink>();
  /** Who wait for a link that is yet to be found. */
  readonly #awaited = new Map<string, () => void>();
  #shown = '';
  readonly #throttle = new RingThrottle();
  #inCall = false;
  #onFollowed = (): void => undefined;
  readonly #followed = new Promise<void>((resolve) => (this.#onFollowed = resolve));

  constructor(parts: PeopleLinksParts) {
    this.#parts = parts;
  }

  link(id: string): PeopleLink | null {
    return this.#links.get(id) ?? null;
  }

  /**
   * Rings someone over a link. Whoever comes back into a call waits for the link too: somebody nearby is yet to be found.
   * @returns false where they were not there to take it
   */
  async ring(id: string, to: string, offer: RingOffer): Promise<boolean> {
    if (offer.room !== null && !this.#links.has(id)) await this.#waitFor(id);
    return this.#links.get(id)?.rings.ring(to, offer) ?? false;
  }

  /** The conversation with this server and namespace, where there is one; kept until it is released. */
  conversationWith(target: JoinTarget): Conversation | null {
    const known = [...this.#links.values(), ...this.#retired];
    return known.find((link) => link.leadsTo(target))?.hold() ?? null;
  }

  /** Begins a conversation, in the place of one of the same id. */
  open(link: NewLink): PeopleLink {
    this.end(link.id);
    const before = [...this.#retired].find(({ id }) => id === link.id);
    // A second conversation would replace the first, and take the call's signaling with it.
    const opened = before?.leadsTo(link.target) ? before : this.#begin(link);
    this.#links.set(link.id, opened);
    if (this.#retired.delete(opened)) opened.revive();
    this.#awaited.get(link.id)?.();
    return opened;
  }

  /** Ends a conversation; a call that is over it goes on. */
  end(id: string): void {
    const link = this.#links.get(id);
    if (!link) return;
    this.#links.delete(id);
    if (link.isHeld) this.#retired.add(link);
    link.close();
  }

  /** The call that is in this room, if a ring led there. */
  callIn(target: JoinTarget): RungCall | null {
    const link = [...this.#links.values()].find((each) => each.leadsTo(target));
    return link?.rings.callIn(target.room) ?? null;
  }

  /** Whether a ring that nobody has answered yet leads to this room. */
  isRinging(target: JoinTarget): boolean {
    return [...this.#links.values()].some(
      (link) => link.leadsTo(target) && link.rings.isRinging(target.room),
    );
  }

  /**
   * Settles once a room may be joined: the conversation with the saved server is begun, and what this app is opening for
   * a ring is open, or cannot be.
   */
  async ready(target: JoinTarget): Promise<void> {
    const { server } = this.#parts.settings();
    if (server && isSameTarget(server, target)) await this.#followed;
    await Promise.all([...this.#links.values()].map((link) => link.rings.roomOpened(target.room)));
  }

  /** Does what the settings say by now; said once it is known who is blocked, and which password was kept. */
  follow(): void {
    const { settings, passwords } = this.#parts;
    const { server, name } = settings();
    const wanted = server && { target: server, password: passwords.for(server.servers) };
    const shown = JSON.stringify(wanted);
    if (shown !== this.#shown) {
      this.#shown = shown;
      if (wanted) this.open({ ...wanted, id: SAVED, kind: 'saved' });
      else this.end(SAVED);
    }
    this.#tellStatus();
    for (const link of this.#links.values()) link.rename(name);
    this.#onFollowed();
  }

  /** Whether a call is under way: others see it, and ring somebody else. */
  setInCall(inCall: boolean): void {
    this.#inCall = inCall;
    this.#tellStatus();
  }

  /** No call is under way: rooms that were opened for rings close, as soon as the last room is left. */
  closeRooms(left: Promise<void>): void {
    for (const link of [...this.#links.values(), ...this.#retired]) link.closeRooms(left);
  }

  /** Says everything again to a page that has just begun. */
  tellAll(): void {
    for (const link of this.#links.values()) link.tellAll();
  }

  /** The page that knew of rings has gone: nobody is to wait for it. */
  dropRings(): void {
    for (const link of this.#links.values()) link.rings.dropRings();
  }

  reconnectNow(): void {
    for (const link of this.#links.values()) link.reconnectNow();
  }

  close(): void {
    for (const id of [...this.#links.keys()]) this.end(id);
  }

  #waitFor(id: string): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        systemClock.clearTimeout(timer);
        this.#awaited.delete(id);
        resolve();
      };
      const timer = systemClock.setTimeout(settle, RETURN_MS);
      this.#awaited.set(id, settle);
    });
  }

  #begin(own: NewLink): PeopleLink {
    const { identity, settings, isBlocked, emit, onAgreed, log } = this.#parts;
    const link: PeopleLink = new PeopleLink({
      ...own,
      identity,
      isBlocked,
      refusal: () => this.#refusal,
      throttle: this.#throttle,
      name: settings().name,
      status: this.#status,
      emit,
      onAgreed,
      log,
      clock: systemClock,
      onReleased: () => this.#retired.delete(link),
    });
    return link;
  }

  #tellStatus(): void {
    for (const link of this.#links.values()) link.setStatus(this.#status);
  }

  get #status(): Status {
    const { status } = this.#parts.settings();
    return this.#inCall && status === 'free' ? 'in-call' : status;
  }

  /** As `rung` in ring-state.ts has it. */
  get #refusal(): Refusal | null {
    const isRung = [...this.#links.values()].some(({ rings }) => rings.isRung);
    if (this.#inCall || isRung) return 'busy';
    const { status } = this.#parts.settings();
    return status === 'do-not-disturb' ? status : null;
  }
}
