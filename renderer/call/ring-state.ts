/**
 * The life of a ring, up to the call it becomes or its end: part of `transition` in call-state.ts. Each way out leads
 * to the same reason on both sides.
 */
import type { JoinTarget, RoomSeat } from '../../preload/bridge';
import type {
  CancelReason,
  DeclineReason,
  IceServer,
  Member,
  RingMedia,
} from '../../main/signaling/protocol';
import {
  connect,
  endedOf,
  go,
  isFree,
  leaveKept,
  stay,
  type CallEvent,
  type CallState,
  type Effect,
  type EndReason,
  type Transition,
} from './call-phases';
import { dropAhead, enterAhead, SPARE } from './ahead-state';
import type { Ring } from './ring';

type RingState = Extract<CallState, { phase: 'calling' | 'ringing' | 'answered' }>;
type Rung = Extract<CallEvent, { type: 'rung' }>;

/** How long a ring waits for a person. */
const RING_MS = 45_000;
/** Who rings says when it is over; should that get lost, the other stops a little later by itself. */
const RUNG_MS = RING_MS + 5000;
/** From the answer to both being in the room. */
const MEET_MS = 30_000;

export const isRing = (state: CallState): state is RingState =>
  state.phase === 'calling' || state.phase === 'ringing' || state.phase === 'answered';

/** The person rings someone. */
export function asked(state: CallState, ring: Ring, atMs: number): Transition {
  // Who rings whoever is ringing just now has answered; a ring that proves no key is from somebody else.
  if (state.phase === 'ringing' && state.ring.peer.key === ring.peer.key && state.ring.fingerprint !== null)
    return accepted(state, ring.media, atMs);
  return isFree(state) ? begin(state, ring) : stay(state);
}

/** Nothing is in the way of this ring. */
export function begin(state: CallState, ring: Ring): Transition {
  // Who calls the same person again does so as they were, muted if they were.
  const isAgain = endedOf(state)?.ring?.peer.key === ring.peer.key;
  return go(
    { phase: 'calling', ring, shown: false, ahead: null },
    ...leaveKept(state),
    ...(isAgain ? [] : unmute(state)),
    { type: 'open-media', start: ring.media },
    SPARE,
    { type: 'send-ring', ring },
    { type: 'start-timer', timer: 'ring', afterMs: RING_MS },
  );
}

/** Who rings goes to the room at once, whether the two connect there now or once it is answered. */
export function shown(
  state: CallState,
  { call, target, ahead }: Extract<CallEvent, { type: 'ringing' }>,
): Transition {
  if (state.phase !== 'calling' || state.ring.call !== call) return stay(state);
  const next = { ...state, shown: true };
  if (target === null || state.ahead !== null) return go(next);
  return go({ ...next, ahead: enterAhead(ahead && state.ring.ahead) }, { type: 'join-room', target });
}

/** Someone rings this person. */
export function rung(state: CallState, event: Rung): Transition {
  const { call, link, from, media, fingerprint, signed, ahead, target, wins, isQuiet } = event;
  const ring: Ring = {
    call,
    link,
    direction: 'in',
    peer: from,
    media,
    fingerprint: signed ? fingerprint : null,
    room: null,
    ahead: ahead && signed,
  };
  // Only a signed ring is by who it says: nobody else's may answer ours, or take its place.
  const isByPeer = signed && isRing(state) && state.ring.peer.key === from.key;
  if (isByPeer && state.phase === 'calling') {
    // Both ring each other: one of the two rings counts, and both sides know which.
    if (!wins) return stay(state);
    const cancel = { type: 'cancel-ring', ring: state.ring, reason: 'cancelled' } as const;
    const { state: next, effects } = meet(ring, target);
    return go(
      next,
      ...dropAhead(state),
      cancel,
      { type: 'accept-ring', ring, media: state.ring.media },
      ...effects,
    );
  }
  if (isByPeer) {
    // Who rings anew no longer waits behind the ring of before; who was answered needs no other.
    // An app that was started again between our answer and the call gets a second one.
    if (state.phase === 'answered' && state.ring.call === call)
      return go({ ...state, ring }, { type: 'accept-ring', ring });
    return state.phase === 'ringing'
      ? ringing(ring, target, state.silenced, ...dropAhead(state), declineEffect(state.ring, 'no-answer'))
      : stay(state);
  }
  const decline = (reason: 'busy' | 'do-not-disturb'): Effect[] => [
    { type: 'decline-ring', link, call, reason },
    { type: 'note-missed', ring, reason },
  ];
  // A host who looks at the screen after a call has a room open still.
  const hosts = (endedOf(state)?.seat ?? null) !== null;
  if (!isFree(state) || hosts) return go(state, ...decline('busy'));
  if (isQuiet) return go(state, ...decline('do-not-disturb'));
  return ringing(ring, target, false, ...unmute(state));
}

/** Only a call can have left a mute behind: going back to the first screen takes it away. */
const unmute = (state: CallState): Effect[] => (endedOf(state) ? [{ type: 'unmute' }] : []);

function ringing(ring: Ring, target: JoinTarget, silenced: boolean, ...first: Effect[]): Transition {
  const { ahead } = ring;
  return go(
    { phase: 'ringing', ring, target, silenced, ahead: ahead ? enterAhead(true) : null },
    ...first,
    { type: 'confirm-ringing', ring, ahead },
    ...(ahead ? [{ type: 'join-room', target } as const] : []),
    { type: 'start-timer', timer: 'ring', afterMs: RUNG_MS },
  );
}

export function accepted(state: CallState, media: RingMedia, atMs: number): Transition {
  if (state.phase !== 'ringing') return stay(state);
  const { ring, target } = state;
  const { state: next, effects } = goOn(state, ring, target, atMs);
  // The answer is on its way before the devices open, which keeps the page busy.
  return go(next, { type: 'accept-ring', ring, media }, ...effects, { type: 'open-media', start: media });
}

export function declined(state: CallState): Transition {
  if (state.phase !== 'ringing') return stay(state);
  return end(state, 'declined', 'self', declineEffect(state.ring, 'declined'));
}

export function wasAccepted(
  state: CallState,
  { call, fingerprint, signed, target, atMs }: Extract<CallEvent, { type: 'ring-accepted' }>,
): Transition {
  if (state.phase !== 'calling' || state.ring.call !== call) return stay(state);
  const { ring } = state;
  if (!signed)
    return end(state, 'not-verified', 'network', { type: 'cancel-ring', ring, reason: 'not-verified' });
  return goOn(state, { ...ring, fingerprint }, target, atMs);
}

export function wasDeclined(state: CallState, call: string, reason: DeclineReason): Transition {
  if (state.phase !== 'calling' || state.ring.call !== call) return stay(state);
  return end(state, reason, reason === 'not-verified' ? 'network' : 'peer');
}

export function wasCancelled(state: CallState, call: string, reason: CancelReason): Transition {
  if (state.phase === 'ended' && state.ring?.call === call) {
    // Refused here as it was taken back there: it was taken back. No other end is for who rings to say.
    const isRefused = state.reason === 'declined' || state.reason === 'no-answer';
    return isRefused && state.ring.direction === 'in'
      ? go({ ...state, reason, by: blameOf(reason) })
      : stay(state);
  }
  const isOpen = (state.phase === 'ringing' || state.phase === 'answered') && state.ring.call === call;
  return isOpen ? end(state, reason, blameOf(reason)) : stay(state);
}

/** Who brought it about that a ring was taken back. */
export const blameOf = (reason: CancelReason): 'peer' | 'network' =>
  reason === 'cancelled' ? 'peer' : 'network';

/** The other, or the way there, has gone; perhaps just before it was answered here. */
export function lost(state: CallState, call: string): Transition {
  return isRing(state) && state.ring.call === call ? end(state, 'unreachable', 'network') : stay(state);
}

/** The person hangs up before anybody could be heard. */
export function givenUp(state: RingState): Transition {
  if (state.phase === 'ringing') return declined(state);
  return end(state, 'cancelled', 'self', { type: 'cancel-ring', ring: state.ring, reason: 'cancelled' });
}

/** The ring was accepted, and yet the two do not meet. */
export function noWay(state: RingState): Transition {
  const { ring } = state;
  return end(state, 'no-response', 'network', { type: 'cancel-ring', ring, reason: 'no-response' });
}

/** Who rings connects by another certificate than they proved: nothing was sent to them yet, and nothing will be. */
export function impostor(state: RingState): Transition {
  const { ring } = state;
  return end(
    state,
    'not-verified',
    'network',
    state.phase === 'ringing'
      ? declineEffect(ring, 'not-verified')
      : { type: 'cancel-ring', ring, reason: 'not-verified' },
  );
}

export function timeUp(state: RingState): Transition {
  const { ring } = state;
  switch (state.phase) {
    case 'calling':
      return end(state, 'no-answer', 'network', { type: 'cancel-ring', ring, reason: 'no-answer' });
    case 'ringing':
      return end(state, 'no-answer', 'network', declineEffect(ring, 'no-answer'));
    case 'answered':
      return noWay(state);
    default:
      state satisfies never;
      return stay(state);
  }
}

/** The ring is answered: what was made ready is the call, as far as it has come. */
function goOn(
  { ahead }: Extract<RingState, { phase: 'calling' | 'ringing' }>,
  ring: Ring,
  target: JoinTarget,
  atMs: number,
): Transition {
  if (!ahead) return meet(ring, target);
  const { seat, peer, call, alive } = ahead;
  const waits = { type: 'start-timer', timer: 'connect', afterMs: MEET_MS } as const;
  if (!seat || !peer) {
    const answered = { phase: 'answered', ring, target, seat } as const;
    // Who was quicker into the room than the word of their answer.
    const other = seat?.members.find(({ id }) => id === ring.peer.id);
    if (seat && other) return met(answered, seat, other);
    return go(answered, ...spareOf(ring, seat?.iceServers ?? []), waits);
  }
  const { fingerprint } = ring;
  const both = { ring, target, seat, peer, call, knocks: [] };
  return alive
    ? go(
        { phase: 'connected', ...both, sinceMs: atMs },
        { type: 'use-ahead', fingerprint },
        { type: 'stop-timer' },
      )
    : go({ phase: 'connecting', ...both }, { type: 'use-ahead', fingerprint }, waits);
}

/** Both are in the room of a ring that was accepted. Who rings offers: there was time to make that ready. */
export function met(
  state: Extract<CallState, { phase: 'answered' }>,
  seat: RoomSeat,
  peer: Member,
): Transition {
  return connect({ ...state, seat, knocks: [] }, peer, state.ring.direction === 'out');
}

function meet(ring: Ring, target: JoinTarget): Transition {
  return go(
    { phase: 'answered', ring, target, seat: null },
    { type: 'join-room', target },
    ...spareOf(ring, []),
    { type: 'start-timer', timer: 'connect', afterMs: MEET_MS },
  );
}

/** Who rings has made a connection ready meanwhile; who is rung makes none before it has answered. */
const spareOf = ({ direction }: Ring, iceServers: IceServer[]): Effect[] =>
  direction === 'out' ? [] : [{ type: 'prepare-peer', iceServers, offers: false }];

const declineEffect = ({ link, call }: Ring, reason: DeclineReason): Effect => ({
  type: 'decline-ring',
  link,
  call,
  reason,
});

function end(
  state: RingState,
  reason: EndReason,
  by: 'self' | 'peer' | 'network',
  ...last: Effect[]
): Transition {
  const { ring } = state;
  return go(
    {
      phase: 'ended',
      reason,
      by,
      peerName: ring.peer.name,
      peerId: ring.peer.id,
      lastedMs: null,
      seat: null,
      target: null,
      ring,
      knocks: [],
    },
    { type: 'release-media' },
    { type: 'stop-timer' },
    { type: 'end-peer', bye: false },
    ...last,
    ...(state.phase === 'answered' || state.ahead ? [{ type: 'leave-room' } as const] : []),
  );
}
