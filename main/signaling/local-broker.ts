import {
  LIMITS,
  type AwayReason,
  type LeftReason,
  type Member,
  type Person,
  type RingMessage,
  type RoomAddress,
} from './protocol';
import type { Broker, JoinOutcome, Mail, Mailbox, SeatRules, SendOutcome, UnsequencedEvent } from './broker';

interface Seat {
  member: Member;
  app: boolean;
}

/** Seats in the order they were taken: so few that an array is as fast as a map, at a third of its size. */
type Room = readonly Seat[];

/** Whom one who is invisible has told something, at most: whoever was told first is forgotten first. */
const MAX_TOLD = 64;

/** A broker for one node: everything in memory, every step done before the call returns. */
export class LocalBroker implements Broker {
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #rooms = new Map<string, Room>();
  /** Who is present, by namespace and member. */
  readonly #people = new Map<string, Map<string, Person>>();
  /** Whom those who are invisible have told something, by member: they know that somebody is there. */
  readonly #told = new Map<string, Set<string>>();

  readonly #maxRooms: number;
  readonly #centre: string | null;

  /**
   * @param options `maxRooms`: rooms that may be taken at a time; `centre`: the one member whom all people see and
   *   reach, and who sees and reaches all; without one everybody does.
   */
  constructor({ maxRooms = Infinity, centre = null }: { maxRooms?: number; centre?: string | null } = {}) {
    this.#maxRooms = maxRooms;
    this.#centre = centre;
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

  join(address: RoomAddress, member: Member, rules: SeatRules): JoinOutcome {
    const key = keyOf(address);
    const room = this.#rooms.get(key) ?? [];
    if (room.length === 0 && this.#rooms.size >= this.#maxRooms) return 'too-many';
    const own = seatOf(room, member.id);
    if (own) return this.#sitAgain(room, own, { address, member, rules });

    const replaced = rules.app ? seatToReplace(room, rules) : null;
    if (replaced === null && isFull(room, member.id, rules)) return 'room-full';
    if (replaced !== null) {
      this.#post(replaced, { kind: 'replaced', room: address.room });
      this.leave(address, replaced, 'replaced');
    }
    // Whoever was told just now may have gone by that: a socket ends where too much waits on it.
    const others = this.#rooms.get(key) ?? [];
    // Not by a spread, which leaves space for sixteen more.
    this.#rooms.set(key, others.concat({ member, app: rules.app }));
    this.#welcome(address, member, others, rules.host);
    this.#tell(others, { type: 'member-joined', room: address.room, member });
    return 'joined';
  }

  leave(address: RoomAddress, member: string, reason: LeftReason): boolean {
    const key = keyOf(address);
    const room = this.#rooms.get(key);
    if (!room || !seatOf(room, member)) return false;
    const others = othersThan(room, member);
    if (others.length === 0) this.#rooms.delete(key);
    else this.#rooms.set(key, others);
    this.#tell(others, { type: 'member-left', room: address.room, member, reason });
    return true;
  }

  setAway(address: RoomAddress, member: string, reason: AwayReason): boolean {
    const room = this.#rooms.get(keyOf(address));
    const seat = room && seatOf(room, member);
    if (!room || !seat || seat.member.away) return false;
    seat.member = { ...seat.member, away: true };
    this.#tell(othersThan(room, member), { type: 'member-away', room: address.room, member, reason });
    return true;
  }

  setBack(address: RoomAddress, member: string): boolean {
    const room = this.#rooms.get(keyOf(address));
    const seat = room && seatOf(room, member);
    if (!room || !seat?.member.away) return false;
    seat.member = { ...seat.member, away: false };
    this.#tell(othersThan(room, member), { type: 'member-back', room: address.room, member });
    return true;
  }

  send(address: RoomAddress, from: string, to: string, mail: Mail): SendOutcome {
    const room = this.#rooms.get(keyOf(address));
    if (from === to || !room || !seatOf(room, from) || !seatOf(room, to)) return 'not-seated';
    return this.#post(to, mail) ? 'sent' : 'not-taken';
  }

  appear(namespace: string, person: Person): boolean {
    const people = this.#people.get(namespace) ?? new Map<string, Person>();
    const before = people.get(person.id);
    if (!before && people.size >= LIMITS.people) return false;
    // What changes nothing is told to nobody.
    if (before && isSamePerson(before, person)) return true;
    people.set(person.id, person);
    this.#people.set(namespace, people);
    if (isSeen(person)) this.#told.delete(person.id);
    if (!before) this.#postPeople(person.id, people);
    if (isSeen(person)) this.#tellPeople(people, person.id, { type: 'person', person });
    else if (isSeen(before)) this.#tellPeople(people, person.id, { type: 'person-gone', member: person.id });
    return true;
  }

  vanish(namespace: string, member: string): boolean {
    const people = this.#people.get(namespace);
    const before = people?.get(member);
    if (!people || !before) return false;
    people.delete(member);
    if (people.size === 0) this.#people.delete(namespace);
    const event = { type: 'person-gone', member } as const;
    if (isSeen(before)) this.#tellPeople(people, member, event);
    for (const id of this.#told.get(member) ?? [])
      if (people.has(id)) this.#post(id, { kind: 'event', event });
    this.#told.delete(member);
    return true;
  }

  listPeople(namespace: string, member: string): boolean {
    const people = this.#people.get(namespace);
    if (!people?.has(member)) return false;
    this.#postPeople(member, people);
    return true;
  }

  peopleCount(namespace: string): number {
    return this.#people.get(namespace)?.size ?? 0;
  }

  tell(
    namespace: string,
    from: string,
    to: string,
    message: RingMessage,
  ): 'sent' | 'not-present' | 'peer-unavailable' {
    const people = this.#people.get(namespace);
    const sender = people?.get(from);
    if (!sender) return 'not-present';
    const knowsOf = isSeen(people?.get(to)) || this.#told.get(to)?.has(from) === true;
    if (from === to || !knowsOf || !this.#mayMeet(from, to)) return 'peer-unavailable';
    if (!isSeen(sender)) this.#noteTold(from, to);
    const isSent = this.#post(to, { kind: 'event', event: { type: 'told', from: sender, message } });
    return isSent ? 'sent' : 'peer-unavailable';
  }

  deliver(to: string, mail: Mail): boolean {
    return this.#post(to, mail);
  }

  /** A member that already sits there: hears who does, and the others that it is back if it was away. */
  #sitAgain(
    room: Room,
    own: Seat,
    { address, member, rules }: { address: RoomAddress; member: Member; rules: SeatRules },
  ): JoinOutcome {
    const others = othersThan(room, member.id);
    const isBack = own.member.away && !member.away;
    own.member = member;
    own.app = rules.app;
    this.#welcome(address, member, others, rules.host);
    if (!isBack) return 'joined';
    this.#tell(others, { type: 'member-back', room: address.room, member: member.id });
    return 'back';
  }

  #welcome({ room }: RoomAddress, member: Member, others: Room, host: string | null): void {
    const members = others.map((seat) => seat.member);
    this.#post(member.id, { kind: 'event', event: { type: 'joined', room, members, host } });
  }

  #post(to: string, mail: Mail): boolean {
    return this.#mailboxes.get(to)?.take(mail) === true;
  }

  /** In frames of a bounded size: everybody's at once may be more than one frame holds. */
  #postPeople(to: string, people: ReadonlyMap<string, Person>): void {
    const others = [...people.values()].filter(
      (person) => person.id !== to && isSeen(person) && this.#mayMeet(person.id, to),
    );
    for (let offset = 0; offset === 0 || offset < others.length; offset += LIMITS.peoplePerFrame) {
      const part = others.slice(offset, offset + LIMITS.peoplePerFrame);
      this.#post(to, { kind: 'event', event: { type: 'people', offset, people: part } });
    }
  }

  #tellPeople(people: ReadonlyMap<string, Person>, about: string, event: UnsequencedEvent): void {
    for (const id of people.keys())
      if (id !== about && this.#mayMeet(id, about)) this.#post(id, { kind: 'event', event });
  }

  #noteTold(from: string, to: string): void {
    const told = this.#told.get(from) ?? new Set<string>();
    this.#told.set(from, told.add(to));
    const [first] = told;
    if (told.size > MAX_TOLD && first !== undefined) told.delete(first);
  }

  #mayMeet(one: string, other: string): boolean {
    return this.#centre === null || one === this.#centre || other === this.#centre;
  }

  #tell(room: Room, event: UnsequencedEvent): void {
    for (const { member } of room) this.#post(member.id, { kind: 'event', event });
  }
}

/** Names are clean (see `partSchema`): none has a line break. */
function keyOf({ namespace, room }: RoomAddress): string {
  return `${namespace}\n${room}`;
}

function seatOf(room: Room, member: string): Seat | undefined {
  return room.find((seat) => seat.member.id === member);
}

function othersThan(room: Room, member: string): Room {
  return room.filter((seat) => seat.member.id !== member);
}

const isSamePerson = (one: Person, other: Person): boolean =>
  one.status === other.status &&
  one.name === other.name &&
  one.device === other.device &&
  one.key === other.key;

function isSeen(person: Person | undefined): boolean {
  return person !== undefined && person.status !== 'invisible';
}

function isFull(room: Room, newcomer: string, { capacity, host }: SeatRules): boolean {
  const reserved = host !== null && newcomer !== host && !seatOf(room, host) ? 1 : 0;
  return room.length + reserved >= capacity;
}

/**
 * Whose seat a `?app` member takes: the former `?app` member's even while there is another free seat (it is the same
 * app come back, and its dead socket must not keep the others out), any plain member's only in a full room.
 */
function seatToReplace(room: Room, rules: SeatRules): string | null {
  const plain = room.filter((seat) => seat.member.plain);
  const former = plain.find((seat) => seat.app) ?? (isFull(room, '', rules) ? plain[0] : undefined);
  return former?.member.id ?? null;
}
