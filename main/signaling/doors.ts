import type { Door, Member, RoomAddress, WireError } from './protocol';

/** Somebody at the door of a room, and how to answer them later. */
export interface Newcomer {
  member: Member;
  /** Came with `?app`: takes the place of another plain member rather than finding the room full. */
  app: boolean;
  /** Take the seat now. */
  letIn(): void;
  /** There will be no seat. */
  refuse(code: WireError): void;
}

/** What a newcomer meets. `host` is the member whose room it is, if it is anybody's. */
export type Reception =
  | { kind: 'enter'; host: string | null }
  | { kind: 'wait'; hostName: string }
  | { kind: 'refuse'; code: WireError };

/** Why somebody is no longer at the door or in the room. */
export type Departure = 'left' | 'grace-ended' | 'replaced';

/** Who may come into which room. Seats themselves are the broker's. */
export interface Doors {
  arrive(address: RoomAddress, newcomer: Newcomer): Reception;
  /** The broker has given this member a seat, or given it again. */
  entered(address: RoomAddress, member: string): void;
  /** A member gave up its seat or its wait. */
  departed(address: RoomAddress, member: string, why: Departure): void;
  /** The host's answer to a knock. @returns an error code for the asker, or null. */
  answer(address: RoomAddress, asker: string, member: string, admit: boolean): WireError | null;
  /** @returns an error code for the asker, or null. */
  setDoor(address: RoomAddress, asker: string, door: Door): WireError | null;
}

/** Doors of a server where a room is there as soon as somebody joins it: always open, and nobody's. */
export const openDoors: Doors = {
  arrive: () => ({ kind: 'enter', host: null }),
  entered: () => undefined,
  departed: () => undefined,
  answer: () => 'unauthorized',
  setDoor: () => 'unauthorized',
};
