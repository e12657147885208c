import { networkInterfaces } from 'node:os';
import type {
  BridgeEvent,
  ErrorCode,
  HostedRoom,
  HostRequest,
  JoinTarget,
  Result,
  RoomSeat,
} from '../preload/bridge';
import { formatJoinLink } from './join-link';
import type { LanServer } from './lan-server';
import type { LastSeat } from './last-seat';
import { hostAddresses } from './network-addresses';
import { randomRoomName } from './room-names';
import { SignalingClient, SignalingError, type ClientEvent } from './signaling/client';
import { memberIdOf, type Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';
import {
  DEFAULT_PART,
  LIMITS,
  type Door,
  type IceServer,
  type Member,
  type Signal,
} from './signaling/protocol';

/** What a session needs of the app. */
export interface RoomSessionParts {
  identity: Identity;
  /** The person's name as it is now. */
  name: () => string;
  lanServer: LanServer;
  lastSeat: LastSeat;
  emit: (event: BridgeEvent) => void;
  log: Logger;
}

const CANCELLED = { ok: false, code: 'cancelled' } as const;

/** How often a host's addresses are looked at; the OS tells Node of no change. */
const ADDRESSES_MS = 3000;

/**
 * The one room this app is in, or trying to get into: the signaling client, and the embedded server where the
 * room is hosted here. At most one at a time; entering another leaves the one before.
 */
export class RoomSession {
  readonly #parts: RoomSessionParts;
  #attempts = 0;
  #turns: Promise<unknown> = Promise.resolve();
  #membership: Membership | null = null;
  #hosting: { door: Door; room: string; port: number; timer: NodeJS.Timeout; shown: string } | null = null;

  constructor(parts: RoomSessionParts) {
    this.#parts = parts;
    parts.lanServer.onPortChanged = (port) => {
      if (this.#hosting) this.#hosting.port = port;
      this.#membership?.dialAgain([`ws://127.0.0.1:${port}`]);
      this.#showAddresses();
    };
  }

  /** Where this app is a guest; `null` in no room and in one's own. */
  get guestOf(): JoinTarget | null {
    return this.#hosting ? null : (this.#membership?.seatedAt ?? null);
  }

  /** Starts the embedded server, opens the room and takes the host's seat in it. */
  async host({ room: asked, door }: HostRequest): Promise<Result<RoomSeat>> {
    void this.leave();
    const isCurrent = this.#attempt();
    const { identity, lanServer } = this.#parts;
    const room = asked ?? randomRoomName();
    const host = memberIdOf(DEFAULT_PART, identity.publicKey);
    const listening = await this.#inTurn(() =>
      isCurrent()
        ? lanServer.open({ namespace: DEFAULT_PART, room, host, door })
        : Promise.resolve(CANCELLED),
    );
    if (!isCurrent()) return CANCELLED;
    if (!listening.ok) return listening;
    const port = listening.value;
    const timer = setInterval(() => this.#showAddresses(), ADDRESSES_MS);
    this.#hosting = { door, room, port, timer, shown: '' };
    const seat = await this.#enter({ servers: [`ws://127.0.0.1:${port}`], namespace: DEFAULT_PART, room });
    if (seat.ok) return { ok: true, value: { ...seat.value, hosted: this.#describeHosting() } };
    if (isCurrent()) await this.leave();
    return seat;
  }

  /** Takes a seat; answers when the host has decided, where one is asked. */
  async join(target: JoinTarget): Promise<Result<RoomSeat>> {
    const left = this.leave();
    const isCurrent = this.#attempt();
    await left;
    if (!isCurrent()) return CANCELLED;
    const seat = await this.#enter(target);
    if (seat.ok) void this.#parts.lastSeat.write(target);
    return seat;
  }

  /** Leaves the room or stops trying; a server of ours stops listening. Always succeeds, within a second. */
  leave(): Promise<void> {
    this.#attempts += 1;
    const membership = this.#membership;
    if (this.#hosting) clearInterval(this.#hosting.timer);
    this.#membership = null;
    this.#hosting = null;
    const ended = membership && Promise.all([membership.end(), this.#parts.lastSeat.write(null)]);
    return this.#inTurn(async () => {
      await ended;
      await this.#parts.lanServer.stop();
    });
  }

  setDoor(door: Door): void {
    if (!this.#hosting) return;
    this.#hosting.door = door;
    this.#parts.lanServer.rememberDoor(door);
    this.#membership?.client.setDoor(this.#hosting.room, door);
    this.#showAddresses();
  }

  answerKnock(member: string, answer: 'let-in' | 'turn-away'): void {
    const membership = this.#membership;
    if (!membership) return;
    if (answer === 'let-in') membership.client.admit(membership.room, member);
    else membership.client.turnAway(membership.room, member);
  }

  /** Sends what one peer tells the other; what cannot be sent comes back as `peer-unavailable`. */
  signal(to: string, signal: Signal): void {
    const membership = this.#membership;
    if (!membership?.client.signal(membership.room, to, signal)) {
      this.#parts.emit({ type: 'peer-unavailable', member: to });
    }
  }

  /** After sleep or a change of network. */
  reconnectNow(): void {
    this.#membership?.client.reconnectNow();
  }

  /** @returns whether nothing else was asked for since; asked again after every wait. */
  #attempt(): () => boolean {
    const attempt = this.#attempts;
    return () => attempt === this.#attempts;
  }

  /** The server is started and stopped one after the other: a leave never stops the server of the host after it. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(run);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  async #enter(target: JoinTarget): Promise<Result<RoomSeat>> {
    const membership = new Membership(target, this.#parts);
    this.#membership = membership;
    const entered = await membership.enter();
    if (!entered.ok && this.#membership === membership) this.#membership = null;
    return entered;
  }

  #describeHosting(): HostedRoom | null {
    if (!this.#hosting) return null;
    const { port, door, room } = this.#hosting;
    const addresses = hostAddresses(networkInterfaces(), port);
    // A tunnel's or container's address would only slow the other side down.
    const reachable = addresses.filter(({ kind }) => kind !== 'virtual');
    const servers = (reachable.length > 0 ? reachable : addresses).map(({ url }) => url).slice(0, 8);
    const link = formatJoinLink({ servers, namespace: DEFAULT_PART, room });
    const hosted = { port, addresses, link, door };
    this.#hosting.shown = JSON.stringify(hosted);
    return hosted;
  }

  #showAddresses(): void {
    const before = this.#hosting?.shown;
    const hosted = this.#describeHosting();
    if (hosted && this.#hosting?.shown !== before) this.#parts.emit({ type: 'hosting-changed', hosted });
  }
}

/** One seat, or the way to it. */
class Membership {
  readonly client: SignalingClient;
  readonly room: string;
  readonly #target: JoinTarget;
  readonly #parts: RoomSessionParts;
  readonly #members = new Map<string, Member>();
  #iceServers: IceServer[] = [];
  #settle: ((result: Result<RoomSeat>) => void) | null = null;
  #seated = false;
  #giveUp: NodeJS.Timeout | null = null;

  constructor(target: JoinTarget, parts: RoomSessionParts) {
    const { servers, namespace, room } = target;
    this.#target = target;
    this.#parts = parts;
    this.room = room;
    this.client = new SignalingClient({ servers, namespace, identity: parts.identity, name: parts.name() });
    this.client.subscribe((event) => this.#onEvent(event));
  }

  /** `null` on the way in. */
  get seatedAt(): JoinTarget | null {
    return this.#seated ? this.#target : null;
  }

  enter(): Promise<Result<RoomSeat>> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.client.connect().then(
        () => this.client.join(this.room),
        (error: unknown) => this.#fail(error instanceof SignalingError ? error.code : 'unexpected'),
      );
    });
  }

  /** The server of a hosted room moved to another port. */
  dialAgain(servers: string[]): void {
    this.client.useServers(servers);
  }

  /** Gives the seat up, or the way to it. */
  async end(): Promise<void> {
    this.#answer({ ok: false, code: 'cancelled' });
    // Also on the way in: a knock that nobody waits behind must not stay at the door.
    await this.client.leave(this.room);
    this.client.close();
  }

  #onEvent(event: ClientEvent): void {
    const { emit } = this.#parts;
    switch (event.type) {
      case 'welcome':
        this.#iceServers = event.iceServers;
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
          emit({ type: 'peer-unavailable', member: event.to });
        } else {
          this.#parts.log.warn('the server refused', { code: event.code });
        }
        return;
      case 'down':
        this.#onDown();
        return;
      case 'up':
        this.#onUp(event.resumed);
        return;
      case 'closed':
        if (this.#seated) emit({ type: 'room-closed', code: event.code });
        else this.#fail(event.code);
        return;
      default:
        event satisfies never;
    }
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
        iceServers: this.#iceServers,
        server: this.client.server ?? servers[0] ?? '',
        hosted: null,
      },
    });
  }

  #tellUp(): void {
    this.#parts.emit({
      type: 'signaling-up',
      members: [...this.#members.values()],
      iceServers: this.#iceServers,
    });
  }

  #setAway(id: string, away: boolean): void {
    const member = this.#members.get(id);
    if (member) this.#members.set(id, { ...member, away });
  }

  #fail(code: ErrorCode): void {
    this.#answer({ ok: false, code });
    if (!this.#seated) this.client.close();
  }

  /** Answers the page's request for a seat, once. */
  #answer(result: Result<RoomSeat>): void {
    if (this.#giveUp) clearTimeout(this.#giveUp);
    this.#giveUp = null;
    this.#settle?.(result);
    this.#settle = null;
  }
}
