import { formatRoomPath, type AwayReason, type LeftReason, type Member, type RoomAddress } from './protocol';
import type { Broker, JoinOutcome, Mail, Mailbox, SeatRules, UnsequencedEvent } from './broker';

interface Seat {
  member: Member;
  app: boolean;
}

/** Seats in the order they were taken. */
type Room = Map<string, Seat>;

/** A broker for one node: everything in memory, every step done before the call returns. */
export class LocalBroker implements Broker {
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #rooms = new Map<string, Room>();

  readonly #maxRooms: number;

  /** @param maxRooms rooms that may be taken at a time. */
  constructor({ maxRooms = Infinity }: { maxRooms?: number } = {}) {
    this.#maxRooms = maxRooms;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  register(member: string, mailbox: Mailbox): void {
    this.#mailboxes.set(member, mailbox);
  }

  unregister(member: string): void {
    this.#mailboxes.delete(member);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- async for the interface: a throw becomes a rejection
  async join(address: RoomAddress, member: Member, rules: SeatRules): Promise<JoinOutcome> {
    const key = formatRoomPath(address);
    const known = this.#rooms.get(key);
    if (!known && this.#rooms.size >= this.#maxRooms) return 'too-many';
    const room = known ?? new Map<string, Seat>();
    const own = room.get(member.id);
    const wasAway = own?.member.away === true;

    if (!own) {
      const replaced = rules.app ? seatToReplace(room, rules) : null;
      if (replaced === null && isFull(room, member.id, rules)) return 'room-full';
      if (replaced !== null) {
        this.#post(replaced, { kind: 'replaced', room: address.room });
        room.delete(replaced);
        this.#tellOthers(room, replaced, {
          type: 'member-left',
          room: address.room,
          member: replaced,
          reason: 'replaced',
        });
      }
    }
    room.set(member.id, { member, app: rules.app });
    this.#rooms.set(key, room);

    const members = [...room.values()].map((seat) => seat.member).filter(({ id }) => id !== member.id);
    this.#post(member.id, {
      kind: 'event',
      event: { type: 'joined', room: address.room, members, host: rules.host },
    });
    if (!own) this.#tellOthers(room, member.id, { type: 'member-joined', room: address.room, member });
    else if (wasAway && !member.away) {
      this.#tellOthers(room, member.id, { type: 'member-back', room: address.room, member: member.id });
      return 'back';
    }
    return 'joined';
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async leave(address: RoomAddress, member: string, reason: LeftReason): Promise<boolean> {
    const key = formatRoomPath(address);
    const room = this.#rooms.get(key);
    if (!room?.delete(member)) return false;
    if (room.size === 0) this.#rooms.delete(key);
    this.#tellOthers(room, member, { type: 'member-left', room: address.room, member, reason });
    return true;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async setAway(address: RoomAddress, member: string, reason: AwayReason): Promise<boolean> {
    const room = this.#rooms.get(formatRoomPath(address));
    const seat = room?.get(member);
    if (!room || !seat || seat.member.away) return false;
    seat.member = { ...seat.member, away: true };
    this.#tellOthers(room, member, { type: 'member-away', room: address.room, member, reason });
    return true;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async setBack(address: RoomAddress, member: string): Promise<boolean> {
    const room = this.#rooms.get(formatRoomPath(address));
    const seat = room?.get(member);
    if (!room || !seat?.member.away) return false;
    seat.member = { ...seat.member, away: false };
    this.#tellOthers(room, member, { type: 'member-back', room: address.room, member });
    return true;
  }

  send(address: RoomAddress, from: string, to: string, mail: Mail): boolean {
    const room = this.#rooms.get(formatRoomPath(address));
    if (from === to || !room?.has(from) || !room.has(to)) return false;
    return this.#post(to, mail);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async deliver(to: string, mail: Mail): Promise<boolean> {
    return this.#post(to, mail);
  }

  #post(to: string, mail: Mail): boolean {
    const mailbox = this.#mailboxes.get(to);
    mailbox?.(mail);
    return mailbox !== undefined;
  }

  #tellOthers(room: Room, about: string, event: UnsequencedEvent): void {
    for (const id of room.keys()) if (id !== about) this.#post(id, { kind: 'event', event });
  }
}

function isFull(room: Room, newcomer: string, { capacity, host }: SeatRules): boolean {
  const reserved = host !== null && newcomer !== host && !room.has(host) ? 1 : 0;
  return room.size + reserved >= capacity;
}

/**
 * Whose seat a `?app` member takes: the former `?app` member's even while there is another free seat (it is the same
 * app come back, and its dead socket must not keep the others out), any plain member's only in a full room.
 */
function seatToReplace(room: Room, rules: SeatRules): string | null {
  const plain = [...room.values()].filter((seat) => seat.member.plain);
  const former = plain.find((seat) => seat.app) ?? (isFull(room, '', rules) ? plain[0] : undefined);
  return former?.member.id ?? null;
}
