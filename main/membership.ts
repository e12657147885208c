import type { BridgeEvent, ErrorCode, JoinTarget, Result, RoomSeat } from '../preload/bridge';
import type { Conversation } from './people-link';
import { SignalingClient, SignalingError, type ClientEvent } from './signaling/client';
import type { Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';
import { LIMITS, type Member } from './signaling/protocol';

/** What a membership needs of the app. */
export interface MembershipParts {
  identity: Identity;
  /** The person's name as it is now. */
  name: () => string;
  emit: (event: BridgeEvent) => void;
  log: Logger;
}

/** One seat, or the way to it: turns what the server says into what the page hears. */
export class Membership {
  readonly client: SignalingClient;
  readonly room: string;
  readonly #target: JoinTarget;
  readonly #parts: MembershipParts;
  readonly #members = new Map<string, Member>();
  #settle: ((result: Result<RoomSeat>) => void) | null = null;
  #seated = false;
  #giveUp: NodeJS.Timeout | null = null;

  readonly #stopListening: () => void;
  readonly #shared: Conversation | null;

  /**
   * @param options `password`: the server's join secret, where one is known; `shared`: the conversation this app has
   *   with that server and namespace already: a key can have only one.
   */
  constructor(
    target: JoinTarget,
    { password, shared }: { password: string | null; shared: Conversation | null },
    parts: MembershipParts,
  ) {
    const { servers, namespace, room } = target;
    this.#target = target;
    this.#parts = parts;
    this.room = room;
    this.#shared = shared;
    this.client =
      shared?.client ??
      new SignalingClient({
        servers,
        namespace,
        identity: parts.identity,
        name: parts.name(),
        ...(password === null ? {} : { joinSecret: password }),
      });
    this.#stopListening = this.client.subscribe((event) => {
      // Over a shared conversation one hears of other rooms too.
      if (!('room' in event) || event.room === undefined || event.room === room) this.#onEvent(event);
    });
  }

  /** `null` on the way in. */
  get seatedAt(): JoinTarget | null {
    return this.#seated ? this.#target : null;
  }

  enter(): Promise<Result<RoomSeat>> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.client.join(this.room);
      if (this.#shared) return;
      this.client.connect().catch((error: unknown) => {
        this.#fail(error instanceof SignalingError ? error.code : 'unexpected');
      });
    });
  }

  /** The server of a hosted room was started again, perhaps on another port. */
  dialAgain(servers: string[]): void {
    this.client.useServers(servers);
  }

  /** Gives the seat up, or the way to it. */
  async end(): Promise<void> {
    this.#answer({ ok: false, code: 'cancelled' });
    // Also on the way in: a knock that nobody waits behind must not stay at the door.
    await this.client.leave(this.room);
    this.#hangUp();
  }

  #hangUp(): void {
    this.#stopListening();
    if (this.#shared) this.#shared.release();
    else this.client.close();
  }

  #onEvent(event: ClientEvent): void {
    const { emit } = this.#parts;
    switch (event.type) {
      case 'welcome':
        return;
      case 'ice-servers':
        emit({ type: event.type, iceServers: event.iceServers });
        return;
      case 'joined':
        this.#members.clear();
        for (const member of event.members) this.#members.set(member.id, member);
        this.#onJoined(event.host);
        return;
      case 'knocking':
        emit({ type: 'knocking', hostName: event.hostName });
        return;
      case 'member-joined':
        this.#members.set(event.member.id, event.member);
        emit({ type: event.type, member: event.member });
        return;
      case 'member-away':
        this.#setAway(event.member, true);
        emit({ type: event.type, member: event.member, reason: event.reason });
        return;
      case 'member-back':
        this.#setAway(event.member, false);
        emit({ type: event.type, member: event.member });
        return;
      case 'member-left':
        this.#members.delete(event.member);
        emit({ type: event.type, member: event.member, reason: event.reason });
        return;
      case 'knock':
        emit({ type: event.type, member: event.member });
        return;
      case 'knock-ended':
        emit({ type: event.type, member: event.member });
        return;
      case 'signal':
        emit({ type: event.type, from: event.from, signal: event.signal });
        return;
      case 'error':
        if (event.code === 'peer-unavailable' && event.to !== undefined) {
          if (event.room !== undefined) emit({ type: 'peer-unavailable', member: event.to });
        } else if (this.#shared && event.room !== undefined) {
          // The conversation goes on without the room.
          this.#onRefused(event.code);
        } else {
          this.#parts.log.warn('the server refused', { code: event.code });
        }
        return;
      case 'draining':
        this.#parts.log.info('the server goes down', { retryAfterMs: event.retryAfterMs });
        return;
      case 'down':
        this.#onDown();
        return;
      case 'up':
        this.#onUp(event.resumed);
        return;
      case 'closed':
        this.#onRefused(event.code);
        return;
      case 'people':
      case 'person':
      case 'person-gone':
      case 'told':
        return;
      default:
        event satisfies never;
    }
  }

  #onRefused(code: ErrorCode): void {
    if (this.#seated) this.#parts.emit({ type: 'room-closed', code });
    else this.#fail(code);
  }

  #onDown(): void {
    this.#parts.emit({ type: 'signaling-down' });
    // Who waits at a door that has gone is told so, as soon as nothing on the other side remembers the knock.
    if (!this.#seated) this.#giveUp ??= setTimeout(() => this.#fail('server-unreachable'), LIMITS.graceMs);
  }

  #onUp(resumed: boolean): void {
    if (this.#giveUp) {
      clearTimeout(this.#giveUp);
      this.#giveUp = null;
      this.#tellUp();
    }
    // A server that forgot us says who is there when we have joined again.
    if (this.#seated && resumed) this.#tellUp();
  }

  #onJoined(host: string | null): void {
    if (this.#seated) {
      this.#tellUp();
      return;
    }
    this.#seated = true;
    const { namespace, room, servers } = this.#target;
    this.#answer({
      ok: true,
      value: {
        namespace,
        room,
        self: this.client.self ?? '',
        host,
        members: [...this.#members.values()],
        iceServers: this.client.iceServers,
        server: this.client.server ?? servers[0] ?? '',
        hosted: null,
      },
    });
  }

  #tellUp(): void {
    this.#parts.emit({
      type: 'signaling-up',
      members: [...this.#members.values()],
      iceServers: this.client.iceServers,
    });
  }

  #setAway(id: string, away: boolean): void {
    const member = this.#members.get(id);
    if (member) this.#members.set(id, { ...member, away });
  }

  #fail(code: ErrorCode): void {
    this.#answer({ ok: false, code });
    if (!this.#seated) this.#hangUp();
  }

  /** Answers the page's request for a seat, once. */
  #answer(result: Result<RoomSeat>): void {
    if (this.#giveUp) clearTimeout(this.#giveUp);
    this.#giveUp = null;
    this.#settle?.(result);
    this.#settle = null;
  }
}
