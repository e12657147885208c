/** The members of the reference model, and what the server should say of them. */

/** What is said, as parsed JSON. */
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

/** A room that somebody with a key sits in or waits for. */
export interface Place {
  /** They have forgotten that. */
  isForgotten: boolean;
  /** There was no room to tell them who came or went, so they are to be told anew who is there. */
  missesNews: boolean;
}

/** A member with a key: its conversation outlives its sockets. */
export interface Keyed extends Person {
  kind: 'keyed';
  socket: ReferenceSocket | null;
  lastSeq: number;
  unacked: Frame[];
  /** Requests handled. */
  handled: number;
  /** It has said something since counting began, so it may resume. */
  hasSpoken: boolean;
  /** Rooms it sits in or waits for. */
  places: Map<string, Place>;
  /** As {@link Place.missesNews}, of the people. */
  missesPeople: boolean;
  /** When the grace ends, and which of several that end at once comes first. */
  grace: { at: number; order: number } | null;
  /** It was refused while it was away, and is to hear so when it is back. */
  isOwedRefusal: boolean;
  /** How it wants to be seen in its namespace; `null`: not at all. */
  status: string | null;
}

/** A plain member: its socket is its seat. */
export interface Plain {
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

/** Somebody who sits in a room, or waits for one. */
export type Member = Keyed | Plain;

/** A place in a room. */
export interface Seat {
  member: Member;
  isAway: boolean;
}

/** A member nobody has heard of yet. */
export function newcomer(person: Person): Keyed {
  return {
    ...person,
    kind: 'keyed',
    socket: null,
    lastSeq: 0,
    unacked: [],
    handled: 0,
    hasSpoken: false,
    places: new Map(),
    missesPeople: false,
    grace: null,
    isOwedRefusal: false,
    status: null,
  };
}

/** It has handled everything up to a number. */
export function acknowledge(member: Keyed, upTo: number): void {
  member.unacked = member.unacked.filter(({ seq }) => typeof seq === 'number' && seq > upTo);
}

/** A member as the others are told of it. */
export function describe({ member, isAway }: Seat): Frame {
  return member.kind === 'plain'
    ? { id: member.id, name: '', device: 'web', key: null, plain: true, away: false }
    : { id: member.id, name: 'Raw', device: 'other', key: member.key, plain: false, away: isAway };
}

/** Somebody who is present, as others are told of them. */
export function describePerson({ id, key }: Person, status: string): Frame {
  return { id, name: 'Raw', device: 'other', key, status };
}

/** What a plain frame says to a member with a key; null for what it would not understand. */
export function translate({ type, sdp, id, mlineindex, candidate }: Frame): Frame | null {
  if (type === 'offer' || type === 'answer') return { description: { type, sdp } };
  if (type !== 'candidate') return null;
  return { candidate: { candidate, sdpMid: id, sdpMLineIndex: mlineindex } };
}

/** What a signal says to a plain member; null for what it has no words for. */
export function plainOf({ description, candidate }: Frame): Frame | null {
  if (typeof description === 'object' && description !== null) return { ...description };
  if (typeof candidate !== 'object' || candidate === null) return null;
  const { candidate: line, sdpMid, sdpMLineIndex } = { ...candidate } as Frame;
  return { type: 'candidate', id: sdpMid, mlineindex: sdpMLineIndex, candidate: line };
}
