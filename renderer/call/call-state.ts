/**
 * The life of a call as a state machine: each phase holds only what is true in it, and one pure function moves
 * between phases. `Call` (call.svelte.ts) performs what a transition asks for. Moments (`...SinceMs`, `atMs`) are on
 * the clock of `performance.now()`.
 */
import type { ErrorCode, JoinTarget, RoomSeat } from '../../preload/bridge';
import type { ByeReason, Door, IceServer, Member } from '../../main/signaling/protocol';
import {
  connect,
  endedOf,
  go,
  isFree,
  leaveKept,
  stay,
  type CallEvent,
  type CallState,
  type Connecting,
  type Effect,
  type EndReason,
  type Transition,
  type WithPeer,
} from './call-phases';
import { isOfAhead, moveAhead } from './ahead-state';
import type { Ring } from './ring';
import * as rings from './ring-state';

export type { CallEvent, CallState, CallTimer, Effect, EndReason, Phase, Problem } from './call-phases';

/** Both descriptions were exchanged, and still no path after this. */
const PATH_MS = 20_000;
/** A path that stays away this long is lost. */
export const LOST_MS = 10 * 60_000;
/** Both sides count that for themselves, from when each heard the other last. */
const LOST_TOLERANCE_MS = 15_000;

type InCall = Extract<CallState, { peer: Member }>;
type Rung = Extract<CallEvent, { type: 'rung' }>;
type WithRoom = Extract<CallState, { knocks: Member[] }>;

/** The two did not come together. */
const NO_PATH: ReadonlySet<EndReason> = new Set<EndReason>(['no-response', 'peer-unreachable']);

/** What reaches the room of an ended call while a question is in front of it. */
const OF_THE_ROOM: ReadonlySet<CallEvent['type']> = new Set<CallEvent['type']>([
  'turn-away',
  'door-set',
  'knock',
  'knock-ended',
  'hosting-changed',
  'member-joined',
  'member-away',
  'member-back',
  'member-left',
  'signaling-up',
  'ice-servers',
  'room-closed',
]);

const inCall = (state: CallState): state is InCall => 'peer' in state;
const withRoom = (state: CallState): state is WithRoom => 'knocks' in state;
const without = (members: readonly Member[], id: string) => members.filter((member) => member.id !== id);
const withMember = (members: readonly Member[], member: Member) => [...without(members, member.id), member];

/** Whether the peer still has its seat in the room; one whose grace has ended may come and take one again. */
export const peerHasSeat = ({ seat, peer }: Pick<WithPeer, 'seat' | 'peer'>): boolean =>
  seat.members.some(({ id }) => id === peer.id);

/**
 * Moves a call on. Pure; an event that means nothing in a phase leaves everything as it is, so events may come in any
 * order and any number of times.
 */
export function transition(state: CallState, event: CallEvent): Transition {
  if (state.phase === 'confirming' && state.from && OF_THE_ROOM.has(event.type)) {
    const { state: from, effects } = transition(state.from, event);
    return from.phase === 'ended' ? go({ ...state, from }, ...effects) : stay(state);
  }
  if ((state.phase === 'calling' || state.phase === 'ringing') && isOfAhead(event))
    return moveAhead(state, event);
  switch (event.type) {
    case 'host-asked':
      if (!isFree(state)) return stay(state);
      return go(
        { phase: 'joining', target: null, knockingAt: null },
        ...leaveKept(state),
        { type: 'open-media' },
        { type: 'prepare-peer', iceServers: [], offers: false },
        { type: 'host-room', room: event.room, door: event.door },
      );
    case 'join-asked':
      return joinAsked(state, event.target, event.confirmed);
    case 'return-asked':
      if (!isFree(state)) return stay(state);
      return go({ phase: 'confirming', target: event.target, from: endedOf(state), ring: event.ring });
    case 'confirmed':
      if (state.phase !== 'confirming') return stay(state);
      // Into a call that was rung one gets by proving again who one is.
      return state.ring ? rings.begin(state, state.ring) : join(state.target, ...leaveKept(state));
    case 'cancelled':
      return cancelled(state);
    case 'let-in':
      return letIn(state, event.member);
    case 'turn-away':
      if (!withRoom(state)) return stay(state);
      return go(
        { ...state, knocks: without(state.knocks, event.member) },
        { type: 'answer-knock', member: event.member, answer: 'turn-away' },
      );
    case 'door-set':
      return doorSet(state, event.door);
    case 'hung-up':
      if (state.phase === 'waiting' || state.phase === 'joining') return cancelled(state);
      if (rings.isRing(state)) return rings.givenUp(state);
      return inCall(state) ? end(state, 'hung-up', 'self', event.atMs) : stay(state);
    case 'call-again':
      return callAgain(state, []);
    case 'ring-asked':
      return rings.asked(state, event.ring, event.atMs);
    case 'ring-failed':
      return rings.lost(state, event.call);
    case 'rung':
      return isReturn(state, event) ? cameBack(state, event) : rings.rung(state, event);
    case 'ringing':
      return rings.shown(state, event);
    case 'ring-accepted':
      return rings.wasAccepted(state, event);
    case 'ring-declined':
      return rings.wasDeclined(state, event.call, event.reason);
    case 'ring-cancelled':
      if (inCall(state) && state.ring?.call === event.call)
        return end(state, event.reason, rings.blameOf(event.reason), event.atMs);
      return rings.wasCancelled(state, event.call, event.reason);
    case 'ring-lost':
      return rings.lost(state, event.call);
    case 'accepted':
      return rings.accepted(state, event.media, event.atMs);
    case 'declined':
      return rings.declined(state);
    case 'silenced':
      return state.phase === 'ringing' ? go({ ...state, silenced: true }) : stay(state);
    case 'done':
      if (state.phase !== 'ended') return stay(state);
      return go({ phase: 'idle', problem: null }, { type: 'release-media' }, ...leaveKept(state));
    case 'seated':
      return seated(state, event.seat);
    case 'refused':
      if (state.phase === 'answered') return rings.noWay(state);
      return state.phase === 'joining' ? refused(state.target, event.code) : stay(state);
    case 'knocking':
      return state.phase === 'joining' ? go({ ...state, knockingAt: event.hostName }) : stay(state);
    case 'knock':
      if (!withRoom(state)) return stay(state);
      return go({ ...state, knocks: withMember(state.knocks, event.member) });
    case 'knock-ended':
      if (!withRoom(state)) return stay(state);
      return go({ ...state, knocks: without(state.knocks, event.member) });
    case 'hosting-changed':
      if (!withRoom(state) || !state.seat?.hosted) return stay(state);
      return go(withSeat(state, { ...state.seat, hosted: event.hosted }));
    case 'member-joined':
      return memberJoined(state, event.member);
    case 'member-away':
      return setAway(state, event.member, true);
    case 'member-back':
      return setAway(state, event.member, false);
    case 'member-left':
      return memberLeft(state, event.member, event.reason, event.atMs);
    case 'signaling-up':
      return signalingUp(state, event.members, event.iceServers);
    case 'ice-servers':
      if (!withRoom(state) || !state.seat) return stay(state);
      return go(withSeat(state, { ...state.seat, iceServers: event.iceServers }));
    case 'room-closed':
      return roomClosed(state, event.code, event.atMs);
    case 'offered': {
      if (state.phase !== 'waiting') return stay(state);
      const peer = state.seat.members.find((member) => member.id === event.member);
      return peer ? connect(state, peer, false) : stay(state);
    }
    case 'call-settled':
      return inCall(state) && state.call !== event.call ? go({ ...state, call: event.call }) : stay(state);
    case 'exchanged':
      if (state.phase !== 'connecting') return stay(state);
      return go({ ...state, exchanged: true }, { type: 'start-timer', timer: 'connect', afterMs: PATH_MS });
    case 'path-found':
      return pathFound(state, event.atMs);
    case 'path-lost':
      return pathLost(state, event.atMs);
    case 'bye':
      if (!inCall(state)) return stay(state);
      if (event.reason) return end(state, event.reason, 'network', event.atMs);
      return end(state, 'hung-up', 'peer', event.atMs);
    case 'impostor':
      return impostor(state, event.atMs);
    case 'peer-restarted':
      return inCall(state) ? beginAnew(state) : stay(state);
    case 'time-up':
      if (event.timer === 'connect' && state.phase === 'connecting') return noPath(state, event.atMs);
      if (rings.isRing(state)) return rings.timeUp(state);
      if (event.timer === 'lost' && state.phase === 'reconnecting')
        return end(state, 'lost', 'network', event.atMs);
      return stay(state);
    default:
      event satisfies never;
      return stay(state);
  }
}

// ---------------------------------------------------------------- getting in and out

function join(target: JoinTarget, ...first: Effect[]): Transition {
  return go(
    { phase: 'joining', target, knockingAt: null },
    ...first,
    { type: 'open-media' },
    { type: 'prepare-peer', iceServers: [], offers: true },
    { type: 'join-room', target },
  );
}

function joinAsked(state: CallState, target: JoinTarget, confirmed: boolean): Transition {
  if (!isFree(state)) return stay(state);
  if (confirmed) return join(target, ...leaveKept(state));
  return go({ phase: 'confirming', target, from: endedOf(state) });
}

function cancelled(state: CallState): Transition {
  if (rings.isRing(state)) return rings.givenUp(state);
  if (state.phase === 'confirming') return go(state.from ?? { phase: 'idle', problem: null });
  if (state.phase !== 'joining' && state.phase !== 'waiting') return stay(state);
  return go(
    { phase: 'idle', problem: null },
    { type: 'release-media' },
    { type: 'end-peer', bye: false },
    { type: 'leave-room' },
  );
}

function refused(target: JoinTarget | null, code: ErrorCode): Transition {
  // The person who cancelled needs no telling.
  const problem = code === 'cancelled' ? null : ({ code, at: target ? 'join' : 'host' } as const);
  return go({ phase: 'idle', problem }, { type: 'release-media' }, { type: 'end-peer', bye: false });
}

function seated(state: CallState, seat: RoomSeat): Transition {
  if (state.phase === 'answered') {
    const [other] = seat.members;
    return other ? rings.met(state, seat, other) : go({ ...state, seat });
  }
  // Into a room that was opened again in the middle of a call.
  if (state.phase === 'connecting') return go({ ...state, seat });
  if (state.phase !== 'joining') return stay(state);
  const waiting = { phase: 'waiting', seat, target: state.target, knocks: [] } as const;
  const [peer] = seat.members;
  // Who comes second offers.
  return peer ? connect({ ...waiting, knocks: [] }, peer, true) : wait({ ...waiting, knocks: [] });
}

function wait(state: Extract<CallState, { phase: 'waiting' }>, ...first: Effect[]): Transition {
  return go(state, ...first, { type: 'prepare-peer', iceServers: state.seat.iceServers, offers: false });
}

/** Every way out of a call: devices first, then the goodbye, then the room. */
function end(
  state: InCall,
  reason: EndReason,
  by: 'self' | 'peer' | 'network',
  atMs: number,
  bye: boolean | ByeReason = by === 'self',
): Transition {
  const { target, knocks, peer, ring } = state;
  const seat = state.seat.hosted && !state.roomClosed ? state.seat : null;
  const lastedMs = lasted(state, atMs);
  // Who was there has not failed to come: they were lost.
  const isLost = state.phase === 'connecting' && lastedMs !== null && NO_PATH.has(reason);
  const effects: Effect[] = [
    { type: 'release-media' },
    { type: 'stop-timer' },
    { type: 'end-peer', bye },
    seat ? { type: 'set-door', door: 'ask' } : { type: 'leave-room' },
  ];
  return go(
    {
      phase: 'ended',
      reason: isLost ? 'lost' : reason,
      by,
      peerName: peer.name,
      peerId: peer.plain ? null : peer.id,
      lastedMs,
      seat,
      // The room of a ring is for once.
      target: ring ? null : target,
      ...(ring && { ring }),
      knocks: seat ? knocks : [],
      ...(seat?.hosted ? { door: seat.hosted.door } : {}),
    },
    ...effects,
  );
}

function lasted(state: InCall, atMs: number): number | null {
  if (state.sinceMs === undefined) return null;
  return (state.phase === 'connected' ? atMs : (state.silentSinceMs ?? atMs)) - state.sinceMs;
}

function callAgain(state: CallState, first: Effect[]): Transition {
  if (state.phase !== 'ended') return stay(state);
  const { target, door, knocks } = state;
  const seat = state.seat && reopened(state.seat, door);
  if (!seat) return target ? join(target) : go({ phase: 'idle', problem: null });
  const back: Effect[] = [
    { type: 'open-media' },
    ...(door ? [{ type: 'set-door', door } as const] : []),
    ...first,
  ];
  // A plain page does not leave when a call ends, it waits for the next offer. A Parley is about to leave, or offers.
  const plain = seat.members.find((member) => member.plain);
  const waiting = { phase: 'waiting', seat, target, knocks } as const;
  return plain ? connect(waiting, plain, true, ...back) : wait(waiting, ...back);
}

/** The seat with the door as it was before the ended screen. */
function reopened(seat: RoomSeat, door: Door | undefined): RoomSeat {
  return seat.hosted && door ? { ...seat, hosted: { ...seat.hosted, door } } : seat;
}

function letIn(state: CallState, member: string): Transition {
  if (!withRoom(state)) return stay(state);
  const answer: Effect = { type: 'answer-knock', member, answer: 'let-in' };
  const next = { ...state, knocks: without(state.knocks, member) };
  return next.phase === 'ended' ? callAgain(next, [answer]) : go(next, answer);
}

function doorSet(state: CallState, door: Door): Transition {
  if (!withRoom(state) || !state.seat?.hosted) return stay(state);
  // While the ended screen is shown nobody walks in; the wish counts from the next call on.
  if (state.phase === 'ended') return go({ ...state, door });
  return go(withSeat(state, { ...state.seat, hosted: { ...state.seat.hosted, door } }), {
    type: 'set-door',
    door,
  });
}

function roomClosed(state: CallState, code: ErrorCode, atMs: number): Transition {
  switch (state.phase) {
    case 'answered':
      return rings.noWay(state);
    case 'calling':
    case 'ringing':
      return stay(state);
    case 'joining':
      return refused(state.target, code);
    case 'waiting': {
      const { state: next, effects } = refused(state.target, code);
      return go(next, ...effects, { type: 'leave-room' });
    }
    case 'connecting':
      return end({ ...state, roomClosed: true }, 'room-closed', 'network', atMs);
    case 'connected':
    case 'reconnecting':
      return go({ ...state, roomClosed: true });
    case 'ended':
      return go({ ...state, seat: null, knocks: [] });
    case 'idle':
    case 'confirming':
      return stay(state);
    default:
      state satisfies never;
      return stay(state);
  }
}

// ---------------------------------------------------------------- who is there

function withSeat(state: WithRoom, seat: RoomSeat): CallState {
  return { ...state, seat };
}

function memberJoined(state: CallState, member: Member): Transition {
  if (state.phase === 'answered' && state.seat) {
    const seat = { ...state.seat, members: withMember(state.seat.members, member) };
    return rings.met(state, seat, member);
  }
  if (!withRoom(state) || !state.seat) return stay(state);
  const seat = { ...state.seat, members: withMember(state.seat.members, member) };
  if (state.phase === 'waiting') return connect({ ...state, seat }, member, false);
  if (!inCall(state)) return go(withSeat(state, seat));
  if (member.id === state.peer.id) {
    // The same member with a seat again. Whether its app is the same too, its next offer tells.
    return go({ ...state, seat, peer: member, peerLeft: false });
  }
  // Somebody else, in the place of a peer that has gone: a plain page that was opened again, or whoever was let in.
  const flows = state.phase === 'connected' && !state.peer.plain;
  return !peerHasSeat(state) && !flows ? connect({ ...state, seat }, member, false) : go({ ...state, seat });
}

function setAway(state: CallState, id: string, away: boolean): Transition {
  if (!withRoom(state) || !state.seat) return stay(state);
  const mark = (member: Member) => (member.id === id ? { ...member, away } : member);
  const seat = { ...state.seat, members: state.seat.members.map(mark) };
  return go(inCall(state) ? { ...state, seat, peer: mark(state.peer) } : withSeat(state, seat));
}

function memberLeft(
  state: CallState,
  id: string,
  reason: 'left' | 'grace-ended' | 'replaced',
  atMs: number,
): Transition {
  if (!withRoom(state) || !state.seat) return stay(state);
  const seat = { ...state.seat, members: without(state.seat.members, id) };
  if (!inCall(state) || state.peer.id !== id) return go(withSeat(state, seat));
  const next = { ...state, seat };
  switch (reason) {
    case 'replaced':
      // Another plain page takes its place at once.
      return wait(
        { phase: 'waiting', seat, target: state.target, knocks: state.knocks },
        { type: 'stop-timer' },
        { type: 'end-peer', bye: false },
      );
    case 'grace-ended':
      // The server lost sight of it. Whether the two still reach each other only the path can say.
      return go({ ...next, peer: { ...state.peer, away: true } });
    case 'left':
      if (state.phase === 'connected') return go({ ...next, peerLeft: true });
      if (state.phase === 'reconnecting')
        return atMs - state.silentSinceMs > LOST_MS - LOST_TOLERANCE_MS
          ? end(next, 'lost', 'network', atMs)
          : end(next, 'left', 'peer', atMs);
      // With both descriptions exchanged, who leaves without a goodbye has given up looking for a path.
      return state.exchanged
        ? end(next, 'peer-unreachable', 'network', atMs)
        : end(next, 'left', 'peer', atMs);
    default:
      reason satisfies never;
      return stay(state);
  }
}

function signalingUp(state: CallState, members: Member[], iceServers: IceServer[]): Transition {
  if (state.phase === 'answered' && state.seat) {
    const seat = { ...state.seat, members, iceServers };
    const [other] = members;
    return other ? rings.met(state, seat, other) : go({ ...state, seat });
  }
  if (!withRoom(state) || !state.seat) return stay(state);
  const seat = { ...state.seat, members, iceServers };
  if (state.phase === 'waiting') {
    const [newcomer] = members;
    return newcomer ? connect({ ...state, seat }, newcomer, false) : wait({ ...state, seat });
  }
  if (!inCall(state)) return go(withSeat(state, seat));
  const peer = members.find(({ id }) => id === state.peer.id);
  if (peer) return go({ ...state, seat, peer, peerLeft: false });
  const [other] = members;
  if (other) return memberJoined({ ...state, seat: { ...seat, members: [] } }, other);
  return go({ ...state, seat, peer: { ...state.peer, away: true } });
}

// ---------------------------------------------------------------- who it is with

/** The other side's app was started again in the middle of this call, and proves that it is the same person's. */
function isReturn(state: CallState, { call, signed, from, target }: Rung): state is InCall & { ring: Ring } {
  const isOurs = inCall(state) && state.ring?.call === call && state.seat.room === target.room;
  return isOurs && signed && state.ring?.peer.key === from.key;
}

/** Its certificate is a new one, and so are the connection and the safety code. */
function cameBack(state: InCall & { ring: Ring }, { link, fingerprint, target }: Rung): Transition {
  const ring = { ...state.ring, link, fingerprint };
  const accept = { type: 'accept-ring', ring } as const;
  if (!state.roomClosed) return beginAnew({ ...state, ring }, accept);
  // The room was on their own server and ended with it. They have opened it again.
  return beginAnew({ ...state, ring, target }, accept, { type: 'join-room', target });
}

/** With another app of the same person. What the two have talked goes on counting. */
function beginAnew(state: InCall, ...first: Effect[]): Transition {
  const { state: connecting, effects } = connect(state, state.peer, false, ...first);
  const silentSinceMs = state.phase === 'connected' ? undefined : state.silentSinceMs;
  return go({ ...connecting, sinceMs: state.sinceMs, silentSinceMs }, ...effects);
}

function impostor(state: CallState, atMs: number): Transition {
  if (rings.isRing(state)) return rings.impostor(state);
  return inCall(state) ? endForBoth(state, 'not-verified', atMs) : stay(state);
}

/** Tells the other why before the room is left, which they would take for something else. */
function endForBoth(state: InCall, reason: ByeReason | 'not-verified', atMs: number): Transition {
  const bye = reason === 'not-verified' ? false : reason;
  const { state: ended, effects } = end(state, reason, 'network', atMs, bye);
  const told: Effect[] = state.ring ? [{ type: 'cancel-ring', ring: state.ring, reason }] : [];
  return go(ended, ...told, ...effects);
}

// ---------------------------------------------------------------- the path

/** The two did not come together: only who has answered can be somewhere that no path leads to. */
function noPath(state: Connecting, atMs: number): Transition {
  const reason = state.exchanged ? 'peer-unreachable' : 'no-response';
  return endForBoth(state, reason, atMs);
}

function pathFound(state: CallState, atMs: number): Transition {
  switch (state.phase) {
    case 'connecting':
    case 'reconnecting': {
      const { seat, target, peer, call, knocks, ring, sinceMs = atMs } = state;
      const { peerLeft = false, roomClosed = false } = state;
      const connected = { seat, target, peer, call, knocks, sinceMs, peerLeft, roomClosed };
      return go({ phase: 'connected', ...connected, ...(ring && { ring }) }, { type: 'stop-timer' });
    }
    case 'idle':
    case 'confirming':
    case 'joining':
    case 'waiting':
    case 'calling':
    case 'ringing':
    case 'answered':
    case 'connected':
    case 'ended':
      return stay(state);
    default:
      state satisfies never;
      return stay(state);
  }
}

function pathLost(state: CallState, heardAtMs: number): Transition {
  if (state.phase !== 'connected') return stay(state);
  // What was connected while it rang may have been heard last before it was a call.
  const atMs = Math.max(heardAtMs, state.sinceMs);
  if (state.peerLeft) return end(state, 'left', 'peer', atMs);
  return go(
    { ...state, phase: 'reconnecting', silentSinceMs: atMs },
    { type: 'start-timer', timer: 'lost', afterMs: LOST_MS },
  );
}
