import { formatRoomPath, LIMITS, type Door, type RoomAddress, type WireError } from './protocol';
import type { UnsequencedEvent } from './broker';
import type { Clock, Timer } from './clock';
import type { Departure, Doors, Newcomer, Reception } from './doors';

/** A room as its host opens it. */
export interface HostedRoom extends RoomAddress {
  /** Member id of the host. */
  host: string;
  door: Door;
  /** Members that were let in before, so that a restarted server does not make them knock again. */
  admitted: string[];
}

/** Who may come into a room without knocking, after a change. */
export interface Admissions extends RoomAddress {
  admitted: string[];
}

/** What hosted rooms need from the server around them. */
export interface HostedRoomsOptions {
  clock: Clock;
  capacity: number;
  /** How long an admission outlives the server that gave it. */
  graceMs: number;
  /** @returns false where it was not taken */
  tell(member: string, event: UnsequencedEvent): boolean;
  onAdmissionsChanged(admissions: Admissions): void;
}

interface Room {
  address: RoomAddress;
  host: string;
  hostName: string;
  /** The host while it has its seat. */
  hostSeat: Newcomer | null;
  door: Door;
  admitted: Set<string>;
  /** Guests with a seat. */
  inside: Map<string, Newcomer>;
  /** In the order they knocked. */
  waiting: Map<string, Newcomer>;
  /** Those of them whom the host has heard of. */
  announced: Set<string>;
  expiry: Timer | null;
}

/** Rooms that exist because somebody hosts them: newcomers wait at the door until the host answers. */
export class HostedRooms implements Doors {
  readonly #options: HostedRoomsOptions;
  readonly #rooms = new Map<string, Room>();

  constructor(options: HostedRoomsOptions) {
    this.#options = options;
  }

  /** Opens a room; opening it again only changes its door. */
  open({ namespace, room, host, door, admitted }: HostedRoom): void {
    const address = { namespace, room };
    const known = this.#rooms.get(formatRoomPath(address));
    if (known) {
      this.#setDoor(known, door);
      return;
    }
    const opened: Room = {
      address,
      host,
      hostName: '',
      hostSeat: null,
      door,
      admitted: new Set(admitted),
      inside: new Map(),
      waiting: new Map(),
      announced: new Set(),
      expiry: null,
    };
    if (admitted.length > 0) {
      opened.expiry = this.#options.clock.setTimeout(() => {
        opened.expiry = null;
        for (const id of opened.admitted) if (!opened.inside.has(id)) opened.admitted.delete(id);
        this.#publish(opened);
      }, this.#options.graceMs);
    }
    this.#rooms.set(formatRoomPath(address), opened);
  }

  /** Closes a room: who waits and who sits in it hears `room-not-open`. */
  close(address: RoomAddress): void {
    const room = this.#rooms.get(formatRoomPath(address));
    if (!room) return;
    this.#remove(room);
    room.hostSeat?.refuse('room-not-open');
  }

  /** Stops every timer. */
  stop(): void {
    for (const { expiry } of this.#rooms.values()) if (expiry) this.#options.clock.clearTimeout(expiry);
    this.#rooms.clear();
  }

  arrive(address: RoomAddress, newcomer: Newcomer): Reception {
    const room = this.#rooms.get(formatRoomPath(address));
    if (!room) return { kind: 'refuse', code: 'room-not-open' };
    const { member } = newcomer;
    if (member.id === room.host) {
      room.hostName = member.name;
      room.hostSeat = newcomer;
      return { kind: 'enter', host: room.host };
    }
    if (room.inside.has(member.id)) return this.#enter(room, newcomer);
    if (this.#isFullFor(room, newcomer)) return { kind: 'refuse', code: 'room-full' };
    if (room.door === 'open' || room.admitted.has(member.id)) return this.#enter(room, newcomer);
    const isKnown = room.waiting.has(member.id);
    if (!isKnown && room.waiting.size >= LIMITS.knocks) return { kind: 'refuse', code: 'too-many' };
    room.waiting.set(member.id, newcomer);
    if (!isKnown) this.#announce(room, newcomer);
    return { kind: 'wait', hostName: room.hostName };
  }

  entered(address: RoomAddress, member: string): void {
    const room = this.#rooms.get(formatRoomPath(address));
    if (room?.host !== member) return;
    for (const waiting of room.waiting.values()) this.#announce(room, waiting);
  }

  departed(address: RoomAddress, member: string, why: Departure): void {
    const room = this.#rooms.get(formatRoomPath(address));
    if (!room) return;
    if (member === room.host) {
      room.hostSeat = null;
      // A host whose grace ended may be a crashed app that comes back; one that left has closed its room.
      if (why === 'left') this.#remove(room);
      return;
    }
    this.#endWait(room, member);
    room.inside.delete(member);
    if (room.admitted.delete(member)) this.#publish(room);
  }

  answer(address: RoomAddress, asker: string, member: string, admit: boolean): WireError | null {
    const room = this.#rooms.get(formatRoomPath(address));
    if (room?.host !== asker) return 'unauthorized';
    const newcomer = this.#endWait(room, member);
    if (!newcomer) return null;
    if (admit) this.#admit(room, newcomer);
    else newcomer.refuse('turned-away');
    return null;
  }

  setDoor(address: RoomAddress, asker: string, door: Door): WireError | null {
    const room = this.#rooms.get(formatRoomPath(address));
    if (room?.host !== asker) return 'unauthorized';
    this.#setDoor(room, door);
    return null;
  }

  #setDoor(room: Room, door: Door): void {
    room.door = door;
    if (door !== 'open') return;
    for (const id of [...room.waiting.keys()]) {
      // Gone already when the room became full before its turn.
      const newcomer = this.#endWait(room, id);
      if (newcomer) this.#admit(room, newcomer);
    }
  }

  #admit(room: Room, newcomer: Newcomer): void {
    if (this.#isFullFor(room, newcomer)) {
      newcomer.refuse('room-full');
      return;
    }
    this.#enter(room, newcomer);
    newcomer.letIn();
  }

  #enter(room: Room, newcomer: Newcomer): Reception {
    const { id, plain } = newcomer.member;
    room.inside.set(id, newcomer);
    // A plain member has a new id every time: there is nothing to recognise it by.
    if (!plain && !room.admitted.has(id)) {
      room.admitted.add(id);
      this.#publish(room);
    }
    this.#refuseWhoHasNoSeat(room);
    return { kind: 'enter', host: room.host };
  }

  /** Once a room is full nobody waits for it: a seat that becomes free again is for whoever knocks then. */
  #refuseWhoHasNoSeat(room: Room): void {
    for (const newcomer of [...room.waiting.values()]) {
      if (!this.#isFullFor(room, newcomer)) continue;
      this.#endWait(room, newcomer.member.id);
      newcomer.refuse('room-full');
    }
  }

  /** A host who has no room for it is told once there is: then it enters again. */
  #announce({ announced, address, host }: Room, { member }: Newcomer): void {
    if (this.#options.tell(host, { type: 'knock', room: address.room, member })) announced.add(member.id);
  }

  /** The knock is over, and a host who has heard of it hears so exactly once. */
  #endWait(room: Room, member: string): Newcomer | null {
    const newcomer = room.waiting.get(member);
    if (!newcomer) return null;
    room.waiting.delete(member);
    if (room.announced.delete(member))
      this.#options.tell(room.host, { type: 'knock-ended', room: room.address.room, member });
    return newcomer;
  }

  #isFullFor(room: Room, newcomer: Newcomer): boolean {
    if (room.inside.size < this.#options.capacity - 1) return false;
    const replaces = newcomer.app && [...room.inside.values()].some(({ member }) => member.plain);
    return !replaces;
  }

  /** No guest stays: whoever still sat there when the room is opened again would be in it without being let in. */
  #remove(room: Room): void {
    if (room.expiry) this.#options.clock.clearTimeout(room.expiry);
    this.#rooms.delete(formatRoomPath(room.address));
    for (const guest of [...room.waiting.values(), ...room.inside.values()]) guest.refuse('room-not-open');
  }

  #publish({ address, admitted }: Room): void {
    this.#options.onAdmissionsChanged({ ...address, admitted: [...admitted] });
  }
}
