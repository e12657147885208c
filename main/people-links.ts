import type { BridgeEvent, JoinTarget, RungCall, Settings } from '../preload/bridge';
import { PeopleLink, type LinkTarget } from './people-link';
import type { ServerPasswords } from './server-passwords';
import type { SignalingClient } from './signaling/client';
import { systemClock } from './signaling/clock';
import type { Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';
import type { Status } from './signaling/protocol';

export interface PeopleLinksParts {
  identity: Identity;
  settings: () => Settings;
  passwords: ServerPasswords;
  emit: (event: BridgeEvent) => void;
  log: Logger;
}

/** The link to the saved server. */
const SAVED = 'saved';

/** The conversations this app keeps to be seen and rung: for now with the one server that was saved. */
export class PeopleLinks {
  readonly #parts: PeopleLinksParts;
  readonly #links = new Map<string, PeopleLink>();
  #shown = '';
  #inCall = false;

  constructor(parts: PeopleLinksParts) {
    this.#parts = parts;
  }

  link(id: string): PeopleLink | null {
    return this.#links.get(id) ?? null;
  }

  /** The conversation with this server and namespace, where there is one. */
  conversationWith(target: JoinTarget): SignalingClient | null {
    return [...this.#links.values()].find((link) => link.leadsTo(target))?.client ?? null;
  }

  /** The call that is in this room, if a ring led there. */
  callIn(target: JoinTarget): RungCall | null {
    const link = [...this.#links.values()].find((each) => each.leadsTo(target));
    return link?.callIn(target.room) ?? null;
  }

  /** Does what the settings say by now. */
  follow(): void {
    const { identity, settings, passwords, emit, log } = this.#parts;
    const { server, name } = settings();
    const wanted = server && {
      target: server satisfies LinkTarget,
      password: passwords.for(server.servers),
      name,
    };
    const shown = JSON.stringify(wanted);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#links.get(SAVED)?.close();
      this.#links.delete(SAVED);
      if (wanted) {
        const status = this.#status;
        const parts = { ...wanted, id: SAVED, identity, status, emit, log, clock: systemClock };
        this.#links.set(SAVED, new PeopleLink(parts));
      }
    }
    for (const link of this.#links.values()) link.setStatus(this.#status);
  }

  /** Whether a call is under way: others see it, and ring somebody else. */
  setInCall(inCall: boolean): void {
    this.#inCall = inCall;
    this.follow();
  }

  /** Says everything again to a page that has just begun. */
  tellAll(): void {
    for (const link of this.#links.values()) link.tellAll();
  }

  /** The page that knew of rings has gone: nobody is to wait for it. */
  dropRings(): void {
    for (const link of this.#links.values()) link.dropRings();
  }

  reconnectNow(): void {
    for (const link of this.#links.values()) link.reconnectNow();
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  get #status(): Status {
    const { status } = this.#parts.settings();
    return this.#inCall && status === 'free' ? 'in-call' : status;
  }
}
