/**
 * What a server has to do, as its documentation says, without any of its code: who sits where, who waits at whose
 * door and who is present, who hears what, in which order, under which number. No sockets and no time of its own.
 */

import {
  acknowledge,
  describe,
  describePerson,
  newcomer,
  plainOf,
  translate,
  type Frame,
  type Keyed,
  type Member,
  type Person,
  type Place,
  type Plain,
  type ReferenceSocket,
  type Seat,
} from './reference-members';

/** Frames a receiver does not acknowledge before signals to it are refused. */
const UNACKED = 64;
/** Frames it does not acknowledge before it is told no more of who comes and goes among the people. */
const UNACKED_OF_PEOPLE = 32;
/** Frames of a lone plain member that are kept after its offer. */
const KEPT = 64;

/** The status of who sees others and is not seen. */
const UNSEEN = 'invisible';

/** A room that is somebody's: who comes waits until the host has answered. */
interface Hosted {
  /** Member id. */
  host: string;
  /** As the host said when it came last. */
  hostName: string;
  door: Door;
  /** Who was let in, and need not knock again. */
  admitted: Set<string>;
  /** Who need not knock at all, until then. */
  expected: { ids: Set<string>; until: number };
  /** In the order they knocked. */
  waiting: Member[];
  /** Those of them whom the host was told of. */
  announced: Set<Member>;
}

export type Door = 'ask' | 'open';

type Refusal = keyof typeof CLOSED_WITH;

/** What a socket is closed with that is refused the only thing it came for. */
const CLOSED_WITH = { 'room-full': 4409, 'turned-away': 4403, 'room-not-open': 4404 } as const;

export class ReferenceRooms {
  readonly #capacity: number;
  readonly #graceMs: number;
  readonly #rooms = new Map<string, Seat[]>();
  readonly #keyed = new Map<string, Keyed>();
  /** How people are present, by namespace and member, in the order they came. */
  readonly #present = new Map<string, Map<string, string>>();
  /** Whom somebody who is not seen has told something: who may answer, and hears that they go. */
  readonly #toldBy = new Map<string, Set<string>>();
  /** `null` where a room is there when joined, and nobody's. */
  readonly #hosted: Map<string, Hosted> | null;
  #now = 0;
  #order = 0;

  constructor({ capacity, graceMs, isHosted }: { capacity: number; graceMs: number; isHosted: boolean }) {
    this.#capacity = capacity;
    this.#graceMs = graceMs;
    this.#hosted = isHosted ? new Map() : null;
  }

  get roomCount(): number {
    return this.#rooms.size;
  }

  /** Who sits in a room. */
  idsIn(namespace: string, room: string): string[] {
    return this.#seats(namespace, room, false).map(({ member }) => member.id);
  }

  /** Frames this member has not acknowledged. */
  unackedOf(id: string): number {
    return this.#keyed.get(id)?.unacked.length ?? 0;
  }

  // ------------------------------------------------------------- members with a key

  /** A good hello. `lastSeq`: what it wants to resume after; `null` if it remembers nothing. */
  greet(person: Person, socket: ReferenceSocket, lastSeq: number | null): void {
    const member = this.#keyed.get(person.id) ?? newcomer(person);
    this.#keyed.set(person.id, member);
    if (member.socket) member.socket.closeCode = 4410;
    const isResumed = lastSeq !== null && member.hasSpoken && lastSeq <= member.lastSeq;
    if (isResumed) acknowledge(member, lastSeq);
    else {
      Object.assign(member, { lastSeq: 0, unacked: [], handled: 0, hasSpoken: false });
      for (const place of member.places.values())
        Object.assign(place, { isForgotten: true, missesNews: false });
      member.status = null;
    }
    // Whoever has a new socket is told anew who is there, and the others that they have come.
    this.#vanish(member);
    member.socket = socket;
    member.isOwedRefusal = false;
    const welcome = { type: 'welcome', self: member.id, resumed: isResumed, lastSeq: member.handled };
    socket.frames.push(welcome, ...member.unacked);
    for (const [room, { isForgotten }] of member.places) if (!isForgotten) this.#bringBack(member, room);
    if (member.status !== null) this.#appear(member, member.status);
    member.grace = [...member.places.values()].some(({ isForgotten }) => isForgotten)
      ? this.#armGrace()
      : null;
    this.#catchUp(member);
  }

  join(id: string, room: string): void {
    const member = this.#speaker(id);
    member.handled += 1;
    this.#arrive(member, room);
  }

  /** By the path of the socket, which leads nowhere for who is back in the room already. */
  joinFromPath(id: string, room: string): void {
    const member = this.#speaker(id, false);
    if (member.places.get(room)?.isForgotten !== false) this.#arrive(member, room);
  }

  /** Sits down where there is a seat, also again. */
  #sit(member: Keyed, room: string): void {
    const seats = this.#seats(member.namespace, room);
    const own = seats.find((seat) => seat.member === member);
    const wasAway = own?.isAway === true;
    const isAway = member.socket === null;
    if (own) own.isAway = isAway;
    else seats.push({ member, isAway });
    const { missesNews = false } = member.places.get(room) ?? {};
    member.places.set(room, { isForgotten: false, missesNews });
    const others = seats.filter((seat) => seat.member !== member);
    const host = this.#hostOf(member.namespace, room);
    this.#tell(member, { type: 'joined', room, members: others.map(describe), host });
    if (!own) this.#tellArrival({ member, isAway }, room);
    else if (wasAway && !isAway)
      this.#tellOthers(member, room, { type: 'member-back', room, member: member.id });
  }

  leave(id: string, room: string): void {
    const member = this.#speaker(id);
    member.handled += 1;
    if (member.places.delete(room)) this.#depart(member, room, 'left');
  }

  signal(id: string, room: string, to: string, signal: Frame): void {
    const member = this.#speaker(id);
    member.handled += 1;
    const seats = this.#seats(member.namespace, room, false);
    const target = seats.find((seat) => seat.member.id === to && to !== id)?.member;
    const isInside = seats.some((seat) => seat.member === member);
    const isHeard = target && isInside && this.#carry(target, { type: 'signal', room, from: id, signal });
    if (!isHeard) this.#tell(member, { type: 'error', code: 'peer-unavailable', room, to });
  }

  acknowledge(id: string, seq: number): void {
    const member = this.#speaker(id);
    acknowledge(member, seq);
    this.#catchUp(member);
  }

  /** Says who is there, to whom there was no room to say who came and went. */
  #catchUp(member: Keyed): void {
    const hasPlenty = (): boolean => member.unacked.length <= UNACKED_OF_PEOPLE;
    if (member.missesPeople && hasPlenty()) {
      member.missesPeople = false;
      if (this.#present.get(member.namespace)?.has(member.id)) this.#tellPeople(member);
    }
    for (const [room, { missesNews }] of [...member.places])
      if (missesNews && hasPlenty()) this.#arrive(member, room);
  }

  /** The socket of a member is gone. */
  lose(id: string): void {
    const member = this.#keyed.get(id);
    if (!member?.socket) return;
    member.socket = null;
    // How it wants to be seen is remembered, and nobody sees whom nothing reaches.
    this.#vanish(member);
    for (const room of member.places.keys()) {
      const seat = this.#seats(member.namespace, room, false).find((one) => one.member === member);
      if (!seat || seat.isAway) continue;
      seat.isAway = true;
      this.#tellOthers(member, room, { type: 'member-away', room, member: id, reason: 'closed' });
    }
    member.grace = this.#armGrace();
    this.#forgetIfUnused(member);
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#keyed.values()]
      .flatMap((member) =>
        member.grace && member.grace.at <= this.#now ? [{ member, ...member.grace }] : [],
      )
      .sort((a, b) => a.at - b.at || a.order - b.order);
    for (const { member } of due) {
      member.grace = null;
      member.isOwedRefusal = false;
      for (const [room, { isForgotten }] of [...member.places]) {
        if (member.socket && !isForgotten) continue;
        member.places.delete(room);
        this.#depart(member, room, 'grace-ended');
      }
      this.#forgetIfUnused(member);
    }
  }

  // ------------------------------------------------------------- people

  /** Somebody wants to be seen, or to be seen otherwise. */
  present(id: string, status: string): void {
    const member = this.#speaker(id);
    member.handled += 1;
    member.status = status;
    this.#appear(member, status);
  }

  absent(id: string): void {
    const member = this.#speaker(id);
    member.handled += 1;
    member.status = null;
    this.#vanish(member);
  }

  /** Says something to somebody who is present, as somebody who is. */
  tell(id: string, to: string, message: Frame): void {
    const member = this.#speaker(id);
    member.handled += 1;
    const people = this.#present.get(member.namespace);
    const status = people?.get(id);
    const other = this.#keyed.get(to);
    const how = people?.get(to);
    const isThere = how !== undefined && (how !== UNSEEN || this.#toldBy.get(to)?.has(id) === true);
    if (status === undefined) {
      this.#tell(member, { type: 'error', code: 'not-present', to });
      return;
    }
    if (to !== id && isThere && status === UNSEEN)
      this.#toldBy.set(id, (this.#toldBy.get(id) ?? new Set()).add(to));
    if (to === id || !other || !isThere || other.unacked.length >= UNACKED)
      this.#tell(member, { type: 'error', code: 'peer-unavailable', to });
    else this.#tell(other, { type: 'told', from: describePerson(member, status), message });
  }

  #appear(member: Keyed, status: string): void {
    const people = this.#present.get(member.namespace) ?? new Map<string, string>();
    this.#present.set(member.namespace, people);
    const before = people.get(member.id);
    // They all are called the same for ever, so only this can change.
    if (before === status) return;
    people.set(member.id, status);
    if (status !== UNSEEN) this.#toldBy.delete(member.id);
    // Who comes is told once of everybody, and from then on of each change.
    if (before === undefined) this.#tellPeople(member);
    if (status !== UNSEEN)
      this.#tellPresent(member, { type: 'person', person: describePerson(member, status) });
    else if (before !== undefined && before !== UNSEEN)
      this.#tellPresent(member, { type: 'person-gone', member: member.id });
  }

  #tellPeople(member: Keyed): void {
    const people = this.#present.get(member.namespace) ?? new Map<string, string>();
    const others = [...people].filter(([id, how]) => id !== member.id && how !== UNSEEN);
    const described = others.flatMap(([id, how]) => {
      const other = this.#keyed.get(id);
      return other ? [describePerson(other, how)] : [];
    });
    this.#tell(member, { type: 'people', offset: 0, people: described });
  }

  #vanish(member: Keyed): void {
    const people = this.#present.get(member.namespace);
    const before = people?.get(member.id);
    people?.delete(member.id);
    const gone = { type: 'person-gone', member: member.id };
    if (before === UNSEEN) this.#tellPresent(member, gone, this.#toldBy.get(member.id) ?? new Set());
    else if (before !== undefined) this.#tellPresent(member, gone);
    this.#toldBy.delete(member.id);
  }

  /** @param to who of them, where not all are meant, in the order in which they are told */
  #tellPresent({ id, namespace }: Keyed, event: Frame, to?: ReadonlySet<string>): void {
    const present = this.#present.get(namespace);
    for (const other of to ?? present?.keys() ?? []) {
      const member = this.#keyed.get(other);
      if (member && other !== id && present?.has(other)) this.#tell(member, event);
    }
  }

  // ------------------------------------------------------------- plain members

  /** A plain socket opens. @returns the member, or null if it was refused. */
  arrive(id: string, namespace: string, room: string, isApp: boolean, socket: ReferenceSocket): Plain | null {
    const member: Plain = { kind: 'plain', id, namespace, room, isApp, socket, kept: [], count: 0 };
    this.#arrive(member, room);
    return socket.closeCode === null ? member : null;
  }

  say(member: Plain, frame: Frame): void {
    if (frame['type'] === 'keepAlive') return;
    // Who waits is as alone as who sits there first.
    const others = this.#isSeated(member, member.room) ? this.#others(member, member.room) : [];
    for (const { member: other } of others) this.#pass(member, other, frame);
    if (others.length > 0) return;
    if (frame['type'] === 'offer') member.kept = [frame];
    else if (frame['type'] === 'candidate' && member.kept.length > 0 && member.kept.length < KEPT)
      member.kept.push(frame);
  }

  hangUp(member: Plain): void {
    this.#depart(member, member.room, 'left');
  }

  #sitPlain(member: Plain): void {
    if (member.isApp) this.#replaceFor(member);
    this.#seats(member.namespace, member.room).push({ member, isAway: false });
    this.#tellArrival({ member, isAway: false }, member.room);
    const others = this.#others(member, member.room);
    if (others.length === 0) return;
    // What it said at the door is for those it meets.
    for (const frame of member.kept.splice(0))
      for (const { member: other } of others) this.#pass(member, other, frame);
  }

  /** The former `?app`, wherever there is room, or any plain member where there is none. */
  #replaceFor({ namespace, room }: Plain): void {
    const seats = this.#seats(namespace, room, false);
    const plain = seats.flatMap(({ member }) => (member.kind === 'plain' ? [member] : []));
    const former = plain.find(({ isApp }) => isApp) ?? (this.#isFull(namespace, room) ? plain[0] : undefined);
    if (!former) return;
    former.socket.frames.push({ type: 'error', code: 'replaced' });
    former.socket.closeCode = 4410;
    this.#free(former, room, 'replaced');
  }

  // ------------------------------------------------------------- doors

  /**
   * Somebody opens a room of theirs; again: only its door changes.
   * @param admitted who was let in before, and need not knock if they come within the grace
   */
  openRoom(namespace: string, room: string, host: string, door: Door, admitted: string[]): void {
    const known = this.#hosted?.get(keyOf(namespace, room));
    if (known) {
      this.#setDoor(known, room, door);
      return;
    }
    const expected = { ids: new Set(admitted), until: this.#now + this.#graceMs };
    const opened = {
      host,
      hostName: '',
      door,
      admitted: new Set<string>(),
      expected,
      waiting: [],
      announced: new Set<Member>(),
    };
    this.#hosted?.set(keyOf(namespace, room), opened);
  }

  closeRoom(namespace: string, room: string): void {
    const hosted = this.#hosted?.get(keyOf(namespace, room));
    if (!hosted) return;
    this.#shut(hosted, namespace, room);
    const [host] = this.#seats(namespace, room, false);
    if (host) this.#refuse(host.member, room, 'room-not-open');
  }

  isOpen(namespace: string, room: string): boolean {
    return this.#hosted?.has(keyOf(namespace, room)) === true;
  }

  /** Ids of those who wait. */
  waitingFor(namespace: string, room: string): string[] {
    return this.#hosted?.get(keyOf(namespace, room))?.waiting.map(({ id }) => id) ?? [];
  }

  /** The answer to a knock. */
  answer(id: string, room: string, knocker: string, isAdmitted: boolean): void {
    const asker = this.#speaker(id);
    asker.handled += 1;
    const hosted = this.#ownRoom(asker, room);
    const member = hosted?.waiting.find((one) => one.id === knocker);
    if (!hosted || !member) return;
    this.#endWait(hosted, member, room);
    if (isAdmitted) this.#admit(hosted, member, room);
    else this.#refuse(member, room, 'turned-away');
  }

  setDoor(id: string, room: string, door: Door): void {
    const asker = this.#speaker(id);
    asker.handled += 1;
    const hosted = this.#ownRoom(asker, room);
    if (hosted) this.#setDoor(hosted, room, door);
  }

  /** Somebody asks to come in. */
  #arrive(member: Member, room: string): void {
    const isSeated = this.#isSeated(member, room);
    if (this.#hosted === null) {
      // Who takes the place of another plain member finds it taken by nobody.
      if (member.kind === 'plain' && member.isApp) this.#replaceFor(member);
      if (!isSeated && this.#isFull(member.namespace, room)) this.#refuse(member, room, 'room-full');
      else this.#enter(member, room);
      return;
    }
    const hosted = this.#hosted.get(keyOf(member.namespace, room));
    if (!hosted) this.#refuse(member, room, 'room-not-open');
    else if (member.id === hosted.host) this.#comeHome(hosted, member, room);
    else if (!isSeated && this.#hasNoSeatFor(hosted, member, room)) this.#refuse(member, room, 'room-full');
    else if (isSeated || hosted.door === 'open' || this.#isKnown(hosted, member))
      this.#letIn(hosted, member, room);
    else this.#knock(hosted, member, room);
  }

  #enter(member: Member, room: string): void {
    if (member.kind === 'keyed') this.#sit(member, room);
    else this.#sitPlain(member);
  }

  #comeHome(hosted: Hosted, host: Member, room: string): void {
    hosted.hostName = 'Raw';
    this.#enter(host, room);
    for (const member of hosted.waiting) this.#announce(hosted, member, room);
  }

  #announce(hosted: Hosted, member: Member, room: string): void {
    if (this.#tellHost(hosted, knockOf(member, room))) hosted.announced.add(member);
  }

  #knock(hosted: Hosted, member: Member, room: string): void {
    if (!hosted.waiting.includes(member)) {
      hosted.waiting.push(member);
      this.#announce(hosted, member, room);
    }
    if (member.kind === 'plain') return;
    member.places.set(room, { isForgotten: false, missesNews: false });
    this.#tell(member, { type: 'knocking', room, hostName: hosted.hostName });
  }

  #admit(hosted: Hosted, member: Member, room: string): void {
    if (this.#hasNoSeatFor(hosted, member, room)) this.#refuse(member, room, 'room-full');
    else this.#letIn(hosted, member, room);
  }

  #letIn(hosted: Hosted, member: Member, room: string): void {
    if (member.kind === 'keyed') hosted.admitted.add(member.id);
    for (const waiting of [...hosted.waiting]) {
      if (waiting === member || !this.#hasNoSeatFor(hosted, waiting, room, member)) continue;
      this.#endWait(hosted, waiting, room);
      this.#refuse(waiting, room, 'room-full');
    }
    this.#enter(member, room);
  }

  #isKnown({ admitted, expected }: Hosted, { id }: Member): boolean {
    return admitted.has(id) || (expected.ids.has(id) && this.#now < expected.until);
  }

  #setDoor(hosted: Hosted, room: string, door: Door): void {
    hosted.door = door;
    if (door === 'ask') return;
    for (const member of [...hosted.waiting]) {
      // The one before may have had the last seat.
      if (!hosted.waiting.includes(member)) continue;
      this.#endWait(hosted, member, room);
      this.#admit(hosted, member, room);
    }
  }

  #endWait(hosted: Hosted, member: Member, room: string): void {
    if (!hosted.waiting.includes(member)) return;
    hosted.waiting = hosted.waiting.filter((one) => one !== member);
    // Nothing ends of which the host has not heard.
    if (hosted.announced.delete(member))
      this.#tellHost(hosted, { type: 'knock-ended', room, member: member.id });
  }

  /** The room is nobody's any more, and no guest stays. */
  #shut({ host, waiting }: Hosted, namespace: string, room: string): void {
    this.#hosted?.delete(keyOf(namespace, room));
    const inside = this.#seats(namespace, room, false).flatMap(({ member }) =>
      member.id === host ? [] : [member],
    );
    for (const member of [...waiting, ...inside]) this.#refuse(member, room, 'room-not-open');
  }

  /** Whether all seats but the host's are taken, as far as this newcomer takes no other plain member's. */
  #hasNoSeatFor({ host }: Hosted, newcomer: Member, room: string, entering?: Member): boolean {
    const seated = this.#seats(newcomer.namespace, room, false).map(({ member }) => member);
    const guests = new Set([...seated, ...(entering ? [entering] : [])].filter(({ id }) => id !== host));
    if (guests.size < this.#capacity - 1) return false;
    const replaces = newcomer.kind === 'plain' && newcomer.isApp;
    return !(replaces && [...guests].some(({ kind }) => kind === 'plain'));
  }

  #refuse(member: Member, room: string, code: Refusal): void {
    if (member.kind === 'plain') {
      member.socket.frames.push({ type: 'error', code });
      member.socket.closeCode = CLOSED_WITH[code];
      this.#free(member, room, 'left');
      return;
    }
    member.places.delete(room);
    this.#free(member, room, 'left');
    this.#tell(member, { type: 'error', code, room });
    // A socket that is refused one room keeps the others.
    if (!member.socket) member.isOwedRefusal = true;
    else if (member.places.size === 0 && member.status === null) this.#close(member, CLOSED_WITH[code]);
  }

  /** Gives up a seat, or a wait. */
  #depart(member: Member, room: string, reason: 'left' | 'grace-ended'): void {
    this.#free(member, room, reason);
    const hosted = this.#hosted?.get(keyOf(member.namespace, room));
    if (!hosted) return;
    if (member.id !== hosted.host) {
      this.#endWait(hosted, member, room);
      hosted.admitted.delete(member.id);
      hosted.expected.ids.delete(member.id);
    } else if (reason === 'left') {
      this.#shut(hosted, member.namespace, room);
    }
  }

  /** The room of somebody who answers for it; anybody else is told that it is not theirs. */
  #ownRoom(asker: Keyed, room: string): Hosted | null {
    const hosted = this.#hosted?.get(keyOf(asker.namespace, room));
    if (hosted?.host === asker.id) return hosted;
    this.#tell(asker, { type: 'error', code: 'unauthorized', room });
    return null;
  }

  #hostOf(namespace: string, room: string): string | null {
    return this.#hosted?.get(keyOf(namespace, room))?.host ?? null;
  }

  /** @returns whether the host was told. */
  #tellHost({ host }: Hosted, event: Frame): boolean {
    const member = this.#keyed.get(host);
    return member !== undefined && this.#tell(member, event);
  }

  // ------------------------------------------------------------- who hears what

  #tellArrival(seat: Seat, room: string): void {
    const { member } = seat;
    for (const { member: other } of this.#others(member, room)) {
      if (other.kind === 'keyed') {
        this.#tell(other, { type: 'member-joined', room, member: describe(seat) });
        continue;
      }
      // Somebody at last: what was kept is for them.
      for (const frame of other.kept.splice(0)) this.#pass(other, member, frame);
    }
  }

  /** One plain member's frame for another member. */
  #pass(from: Plain, to: Member, frame: Frame): void {
    if (to.kind === 'plain') {
      to.socket.frames.push(frame);
      return;
    }
    const signal = translate(frame);
    if (!signal) return;
    this.#carry(to, {
      type: 'signal',
      room: from.room,
      from: from.id,
      signal: { call: from.id, n: from.count, ...signal },
    });
    from.count += 1;
  }

  /** @returns whether it was taken. */
  #carry(to: Member, event: { type: 'signal'; room: string; from: string; signal: Frame }): boolean {
    if (to.kind === 'plain') {
      const frame = plainOf(event.signal);
      if (frame) to.socket.frames.push(frame);
      return true;
    }
    if (to.unacked.length >= UNACKED || to.places.get(event.room)?.isForgotten === true) return false;
    this.#tell(to, event);
    return true;
  }

  #tellOthers(about: Member, room: string, event: Frame): void {
    for (const { member } of this.#others(about, room))
      if (member.kind === 'keyed') this.#tell(member, event);
  }

  /**
   * Numbers an event for its receiver; of a room it has forgotten it hears only answers to what it asked.
   * @returns whether it is told.
   */
  #tell(member: Keyed, event: Frame): boolean {
    const place = typeof event['room'] === 'string' ? member.places.get(event['room']) : undefined;
    if (place?.isForgotten === true && event['type'] !== 'error') return false;
    if (!findsRoom(member, place, String(event['type']))) return false;
    member.lastSeq += 1;
    const frame = { seq: member.lastSeq, ...event };
    member.unacked.push(frame);
    member.socket?.frames.push(frame);
    return true;
  }

  // ------------------------------------------------------------- seats

  #seats(namespace: string, room: string, isToStay = true): Seat[] {
    const key = keyOf(namespace, room);
    const seats = this.#rooms.get(key) ?? [];
    if (isToStay) this.#rooms.set(key, seats);
    return seats;
  }

  #others(member: Member, room: string): Seat[] {
    return this.#seats(member.namespace, room, false).filter((seat) => seat.member !== member);
  }

  /** Whether no seat is left; one is always the host's. */
  #isFull(namespace: string, room: string): boolean {
    const seats = this.#seats(namespace, room, false);
    const host = this.#hostOf(namespace, room);
    const isKept = host !== null && !seats.some(({ member }) => member.id === host);
    return seats.length + (isKept ? 1 : 0) >= this.#capacity;
  }

  #isSeated(member: Member, room: string): boolean {
    return this.#seats(member.namespace, room, false).some((seat) => seat.member === member);
  }

  #free(member: Member, room: string, reason: string): void {
    const seats = this.#seats(member.namespace, room, false);
    const at = seats.findIndex((seat) => seat.member === member);
    if (at === -1) return;
    seats.splice(at, 1);
    if (seats.length === 0) this.#rooms.delete(keyOf(member.namespace, room));
    this.#tellOthers(member, room, { type: 'member-left', room, member: member.id, reason });
  }

  #bringBack(member: Keyed, room: string): void {
    const seat = this.#seats(member.namespace, room, false).find((one) => one.member === member);
    if (!seat?.isAway) return;
    seat.isAway = false;
    this.#tellOthers(member, room, { type: 'member-back', room, member: member.id });
  }

  #close(member: Keyed, code: number): void {
    if (member.socket) member.socket.closeCode = code;
    this.lose(member.id);
  }

  #armGrace(): { at: number; order: number } {
    this.#order += 1;
    return { at: this.#now + this.#graceMs, order: this.#order };
  }

  #forgetIfUnused(member: Keyed): void {
    if (!member.socket && member.places.size === 0 && !member.isOwedRefusal) this.#keyed.delete(member.id);
  }

  #speaker(id: string, hasSpoken = true): Keyed {
    const member = this.#keyed.get(id);
    if (!member?.socket) throw new Error('says something without a socket');
    if (hasSpoken) member.hasSpoken = true;
    return member;
  }
}

/** Whether an event is told: news of others that finds no room is not, until all of it can be. */
function findsRoom(member: Keyed, place: Place | undefined, type: string): boolean {
  const unacked = member.unacked.length;
  if (type === 'people') member.missesPeople = false;
  if (type === 'joined' && place) place.missesNews = false;
  if (type.startsWith('person')) {
    member.missesPeople ||= unacked > UNACKED_OF_PEOPLE;
    return !member.missesPeople;
  }
  if (!type.startsWith('member-') && type !== 'knock') return true;
  if (!place) return unacked < UNACKED;
  place.missesNews ||= unacked >= UNACKED;
  return !place.missesNews;
}

function keyOf(namespace: string, room: string): string {
  return JSON.stringify([namespace, room]);
}

function knockOf(member: Member, room: string): Frame {
  return { type: 'knock', room, member: describe({ member, isAway: false }) };
}
