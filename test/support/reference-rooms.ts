/**
 * What a server where rooms are there when joined has to do, as its documentation says, without any of its code: who
 * sits where, who hears what, in which order, under which number. No sockets and no time of its own.
 */

/** Frames a receiver does not acknowledge before signals to it are refused. */
const UNACKED = 64;
/** Frames of a lone plain member that are kept after its offer. */
const KEPT = 64;

export type Frame = Record<string, unknown>;

/** One socket, as far as the server should have gone with it. */
export class ReferenceSocket {
  /** Everything it should have said, in order. */
  readonly frames: Frame[] = [];
  /** What it should have been closed with. */
  closeCode: number | null = null;
}

/** A key in a namespace. */
export interface Person {
  id: string;
  namespace: string;
  key: string;
}

interface Keyed extends Person {
  kind: 'keyed';
  socket: ReferenceSocket | null;
  lastSeq: number;
  unacked: Frame[];
  /** Requests handled. */
  handled: number;
  /** It has said something since counting began, so it may resume. */
  hasSpoken: boolean;
  /** Rooms it sits in, and whether it has forgotten that. */
  places: Map<string, { isForgotten: boolean }>;
  /** When the grace ends, and which of several that end at once comes first. */
  grace: { at: number; order: number } | null;
}

interface Plain {
  kind: 'plain';
  id: string;
  namespace: string;
  room: string;
  isApp: boolean;
  socket: ReferenceSocket;
  kept: Frame[];
  /** Signals translated. */
  count: number;
}

type Member = Keyed | Plain;

interface Seat {
  member: Member;
  isAway: boolean;
}

export class ReferenceRooms {
  readonly #capacity: number;
  readonly #graceMs: number;
  readonly #rooms = new Map<string, Seat[]>();
  readonly #keyed = new Map<string, Keyed>();
  #now = 0;
  #order = 0;

  constructor({ capacity, graceMs }: { capacity: number; graceMs: number }) {
    this.#capacity = capacity;
    this.#graceMs = graceMs;
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
      for (const place of member.places.values()) place.isForgotten = true;
    }
    member.socket = socket;
    const welcome = { type: 'welcome', self: member.id, resumed: isResumed, lastSeq: member.handled };
    socket.frames.push(welcome, ...member.unacked);
    for (const [room, { isForgotten }] of member.places) if (!isForgotten) this.#bringBack(member, room);
    member.grace = [...member.places.values()].some(({ isForgotten }) => isForgotten)
      ? this.#armGrace()
      : null;
  }

  join(id: string, room: string): void {
    const member = this.#speaker(id);
    member.handled += 1;
    this.#enter(member, room);
  }

  /** By the path of the socket, which leads nowhere for who is back in the room already. */
  joinFromPath(id: string, room: string): void {
    const member = this.#speaker(id, false);
    if (member.places.get(room)?.isForgotten !== false) this.#enter(member, room);
  }

  #enter(member: Keyed, room: string): void {
    const seats = this.#seats(member.namespace, room);
    const own = seats.find((seat) => seat.member === member);
    if (!own && seats.length >= this.#capacity) {
      this.#tell(member, { type: 'error', code: 'room-full', room });
      // A socket that is refused one room keeps the others.
      if (member.places.size === 0) this.#close(member, 4409);
      return;
    }
    const wasAway = own?.isAway === true;
    if (own) own.isAway = false;
    else seats.push({ member, isAway: false });
    member.places.set(room, { isForgotten: false });
    const others = seats.filter((seat) => seat.member !== member);
    this.#tell(member, { type: 'joined', room, members: others.map(describe), host: null });
    if (!own) this.#tellArrival(member, room);
    else if (wasAway) this.#tellOthers(member, room, { type: 'member-back', room, member: member.id });
  }

  leave(id: string, room: string): void {
    const member = this.#speaker(id);
    member.handled += 1;
    if (member.places.delete(room)) this.#free(member, room, 'left');
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
    acknowledge(this.#speaker(id), seq);
  }

  /** The socket of a member is gone. */
  lose(id: string): void {
    const member = this.#keyed.get(id);
    if (!member?.socket) return;
    member.socket = null;
    for (const room of member.places.keys()) {
      const seat = this.#seats(member.namespace, room).find((one) => one.member === member);
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
      for (const [room, { isForgotten }] of [...member.places]) {
        if (member.socket && !isForgotten) continue;
        member.places.delete(room);
        this.#free(member, room, 'grace-ended');
      }
      this.#forgetIfUnused(member);
    }
  }

  // ------------------------------------------------------------- plain members

  /** A plain socket opens. @returns the member, or null if there is no seat. */
  arrive(id: string, namespace: string, room: string, isApp: boolean, socket: ReferenceSocket): Plain | null {
    if (isApp) this.#replaceFor(this.#seats(namespace, room), room);
    const seats = this.#seats(namespace, room);
    if (seats.length >= this.#capacity) {
      socket.frames.push({ type: 'error', code: 'room-full' });
      socket.closeCode = 4409;
      return null;
    }
    const member: Plain = { kind: 'plain', id, namespace, room, isApp, socket, kept: [], count: 0 };
    seats.push({ member, isAway: false });
    this.#tellArrival(member, room);
    return member;
  }

  say(member: Plain, frame: Frame): void {
    if (frame['type'] === 'keepAlive') return;
    const others = this.#others(member, member.room);
    for (const { member: other } of others) this.#pass(member, other, frame);
    if (others.length > 0) return;
    if (frame['type'] === 'offer') member.kept = [frame];
    else if (frame['type'] === 'candidate' && member.kept.length > 0 && member.kept.length < KEPT)
      member.kept.push(frame);
  }

  hangUp(member: Plain): void {
    this.#free(member, member.room, 'left');
  }

  /** The former `?app`, wherever there is room, or any plain member where there is none. */
  #replaceFor(seats: Seat[], room: string): void {
    const plain = seats.flatMap(({ member }) => (member.kind === 'plain' ? [member] : []));
    const former =
      plain.find(({ isApp }) => isApp) ?? (seats.length >= this.#capacity ? plain[0] : undefined);
    if (!former) return;
    former.socket.frames.push({ type: 'error', code: 'replaced' });
    former.socket.closeCode = 4410;
    this.#free(former, room, 'replaced');
  }

  // ------------------------------------------------------------- who hears what

  #tellArrival(member: Member, room: string): void {
    for (const { member: other } of this.#others(member, room)) {
      if (other.kind === 'keyed') {
        this.#tell(other, { type: 'member-joined', room, member: describe({ member, isAway: false }) });
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

  /** Numbers an event for its receiver; of a room it has forgotten it hears only answers to what it asked. */
  #tell(member: Keyed, event: Frame): void {
    const place = typeof event['room'] === 'string' ? member.places.get(event['room']) : undefined;
    if (place?.isForgotten === true && event['type'] !== 'error') return;
    member.lastSeq += 1;
    const frame = { seq: member.lastSeq, ...event };
    member.unacked.push(frame);
    member.socket?.frames.push(frame);
  }

  // ------------------------------------------------------------- seats

  #seats(namespace: string, room: string, isToStay = true): Seat[] {
    const key = JSON.stringify([namespace, room]);
    const seats = this.#rooms.get(key) ?? [];
    if (isToStay) this.#rooms.set(key, seats);
    return seats;
  }

  #others(member: Member, room: string): Seat[] {
    return this.#seats(member.namespace, room, false).filter((seat) => seat.member !== member);
  }

  #free(member: Member, room: string, reason: string): void {
    const seats = this.#seats(member.namespace, room);
    const at = seats.findIndex((seat) => seat.member === member);
    if (at === -1) return;
    seats.splice(at, 1);
    if (seats.length === 0) this.#rooms.delete(JSON.stringify([member.namespace, room]));
    this.#tellOthers(member, room, { type: 'member-left', room, member: member.id, reason });
  }

  #bringBack(member: Keyed, room: string): void {
    const seat = this.#seats(member.namespace, room).find((one) => one.member === member);
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
    if (!member.socket && member.places.size === 0) this.#keyed.delete(member.id);
  }

  #speaker(id: string, hasSpoken = true): Keyed {
    const member = this.#keyed.get(id);
    if (!member?.socket) throw new Error('says something without a socket');
    if (hasSpoken) member.hasSpoken = true;
    return member;
  }
}

function newcomer(person: Person): Keyed {
  return {
    ...person,
    kind: 'keyed',
    socket: null,
    lastSeq: 0,
    unacked: [],
    handled: 0,
    hasSpoken: false,
    places: new Map(),
    grace: null,
  };
}

function acknowledge(member: Keyed, upTo: number): void {
  member.unacked = member.unacked.filter(({ seq }) => typeof seq === 'number' && seq > upTo);
}

function describe({ member, isAway }: Seat): Frame {
  return member.kind === 'plain'
    ? { id: member.id, name: '', device: 'web', key: null, plain: true, away: false }
    : { id: member.id, name: 'Raw', device: 'other', key: member.key, plain: false, away: isAway };
}

/** What a plain frame says to a member with a key; null for what it would not understand. */
function translate({ type, sdp, id, mlineindex, candidate }: Frame): Frame | null {
  if (type === 'offer' || type === 'answer') return { description: { type, sdp } };
  if (type !== 'candidate') return null;
  return { candidate: { candidate, sdpMid: id, sdpMLineIndex: mlineindex } };
}

/** What a signal says to a plain member; null for what it has no words for. */
function plainOf({ description, candidate }: Frame): Frame | null {
  if (typeof description === 'object' && description !== null) return { ...description };
  if (typeof candidate !== 'object' || candidate === null) return null;
  const { candidate: line, sdpMid, sdpMLineIndex } = { ...candidate } as Frame;
  return { type: 'candidate', id: sdpMid, mlineindex: sdpMLineIndex, candidate: line };
}
