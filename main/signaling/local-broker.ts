import {
  formatRoomPath,
  LIMITS,
  type AwayReason,
  type LeftReason,
  type Member,
  type Person,
  type RingMessage,
  type RoomAddress,
} from './protocol';
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
  /** Who is present, by namespace and member. */
  readonly #people = new Map<string, Map<string, Person>>();

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
  async appear(namespace: string, person: Person): Promise<boolean> {
    const people = this.#people.get(namespace) ?? new Map<string, Person>();
    const before = people.get(person.id);
    if (!before && people.size >= LIMITS.people) return false;
    people.set(person.id, person);
    this.#people.set(namespace, people);
    if (!before) this.#postPeople(person.id, people);
    if (isSeen(person)) this.#tellPeople(people, person.id, { type: 'person', person });
    else if (isSeen(before)) this.#tellPeople(people, person.id, { type: 'person-gone', member: person.id });
    return true;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async vanish(namespace: string, member: string): Promise<boolean> {
    const people = this.#people.get(namespace);
    const before = people?.get(member);
    if (!people || !before) return false;
    people.delete(member);
    if (people.size === 0) this.#people.delete(namespace);
    if (isSeen(before)) this.#tellPeople(people, member, { type: 'person-gone', member });
    return true;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async tell(
    namespace: string,
    from: string,
    to: string,
    message: RingMessage,
  ): Promise<'sent' | 'not-present' | 'peer-unavailable'> {
    const people = this.#people.get(namespace);
    const sender = people?.get(from);
    if (!people || !sender) return 'not-present';
    if (from === to || !people.has(to)) return 'peer-unavailable';
    const isSent = this.#post(to, { kind: 'event', event: { type: 'told', from: sender, message } });
    return isSent ? 'sent' : 'peer-unavailable';
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

  /** In frames of a bounded size: everybody's at once may be more than one frame holds. */
  #postPeople(to: string, people: ReadonlyMap<string, Person>): void {
    const others = [...people.values()].filter((person) => person.id !== to && isSeen(person));
    for (let offset = 0; offset === 0 || offset < others.length; offset += LIMITS.peoplePerFrame) {
      const part = others.slice(offset, offset + LIMITS.peoplePerFrame);
      this.#post(to, { kind: 'event', event: { type: 'people', offset, people: part } });
    }
  }

  #tellPeople(people: ReadonlyMap<string, Person>, about: string, event: UnsequencedEvent): void {
    for (const id of people.keys()) if (id !== about) this.#post(id, { kind: 'event', event });
  }

  #tellOthers(room: Room, about: string, event: UnsequencedEvent): void {
    for (const id of room.keys()) if (id !== about) this.#post(id, { kind: 'event', event });
  }
}

function isSeen(person: Person | undefined): boolean {
  return person !== undefined && person.status !== 'invisible';
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
