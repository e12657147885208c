import { networkInterfaces } from 'node:os';
import type { HostedRoom, HostRequest, JoinTarget, Result, RoomSeat, RungCall } from '../preload/bridge';
import { formatJoinLink } from './join-link';
import type { LanServer } from './lan-server';
import type { LastSeat, Seat } from './last-seat';
import { Membership, type MembershipParts } from './membership';
import { hostAddresses } from './network-addresses';
import { randomRoomName } from './room-names';
import type { ServerPasswords } from './server-passwords';
import type { Conversation } from './people-link';
import { memberIdOf } from './signaling/identity';
import { DEFAULT_PART, type Door, type IceServer, type Signal } from './signaling/protocol';

/** What a session needs of the app. */
export interface RoomSessionParts extends MembershipParts {
  lanServer: Pick<LanServer, 'openRoom' | 'closeRoom' | 'settled' | 'rememberDoor' | 'onRestarted'>;
  lastSeat: Pick<LastSeat, 'write'>;
  passwords: ServerPasswords;
  /** The conversation this app keeps with a server and namespace anyway, if it does; it is kept until released. */
  conversationWith: (target: JoinTarget) => Conversation | null;
  /** The call that is in this room, if a ring led there. */
  callIn: (target: JoinTarget) => RungCall | null;
  /** Whether a ring that nobody has answered yet leads to this room. */
  isRinging: (target: JoinTarget) => boolean;
  /** Settles once what a room there is joined over is begun, and what this app opens for a ring is open, or cannot be. */
  ready: (target: JoinTarget) => Promise<void>;
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
    parts.lanServer.onRestarted((port) => {
      if (!this.#hosting) return;
      this.#hosting.port = port;
      this.#membership?.dialAgain([`ws://127.0.0.1:${port}`]);
      this.#showAddresses();
    });
  }

  /** Where this app is a guest; `null` in no room, in one's own, and while it only rings for one. */
  get guestOf(): Seat | null {
    const target = this.#hosting ? null : (this.#membership?.seatedAt ?? null);
    return target && !this.#parts.isRinging(target) ? { target, rung: this.#parts.callIn(target) } : null;
  }

  /** Notes where this app is a guest, for the case that it crashes there. */
  keepSeat(): void {
    const seat = this.guestOf;
    if (seat) void this.#parts.lastSeat.write(seat);
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
        ? lanServer.openRoom({ namespace: DEFAULT_PART, room, host, door })
        : Promise.resolve(CANCELLED),
    );
    if (!isCurrent()) {
      if (listening.ok) void this.#inTurn(() => lanServer.closeRoom({ namespace: DEFAULT_PART, room }));
      return CANCELLED;
    }
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
    await Promise.all([left, this.#parts.ready(target)]);
    if (!isCurrent()) return CANCELLED;
    const seat = await this.#enter(target);
    if (seat.ok) this.keepSeat();
    return seat;
  }

  /** Leaves the room or stops trying; a hosted room closes. Always succeeds, within a second. */
  leave(): Promise<void> {
    this.#attempts += 1;
    const [membership, hosting] = [this.#membership, this.#hosting];
    if (hosting) clearInterval(hosting.timer);
    this.#membership = null;
    this.#hosting = null;
    const ended = membership && Promise.all([membership.end(), this.#parts.lastSeat.write(null)]);
    return this.#inTurn(async () => {
      await ended;
      if (hosting) await this.#parts.lanServer.closeRoom({ namespace: DEFAULT_PART, room: hosting.room });
    });
  }

  /** Resolves once every room that was left is left. */
  async settled(): Promise<void> {
    await this.#turns;
  }

  setDoor(door: Door): void {
    if (!this.#hosting) return;
    const { room } = this.#hosting;
    this.#hosting.door = door;
    this.#parts.lanServer.rememberDoor({ namespace: DEFAULT_PART, room }, door);
    this.#membership?.client.setDoor(room, door);
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

  /** The server's, as good as new where it can be asked; at once or within half a second. */
  async freshIceServers(): Promise<IceServer[]> {
    return (await this.#membership?.client.freshIceServers()) ?? [];
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

  /** Rooms are opened and closed one after the other: a leave never closes the room of the host after it. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(run);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  async #enter(target: JoinTarget): Promise<Result<RoomSeat>> {
    const isCurrent = this.#attempt();
    // The room may be on our own server, and about to be opened.
    await this.#parts.lanServer.settled();
    if (!isCurrent()) return CANCELLED;
    const password = this.#parts.passwords.for(target.servers);
    const shared = this.#parts.conversationWith(target);
    const membership = new Membership(target, { password, shared }, this.#parts);
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
    const servers = reachable.map(({ url }) => url).slice(0, 8);
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
