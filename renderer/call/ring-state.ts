/**
 * The life of a ring, up to the call it becomes or its end: part of `transition` in call-state.ts. Each way out leads
 * to the same reason on both sides.
 */
import type { JoinTarget } from '../../preload/bridge';
import type { CancelReason, DeclineReason, RingMedia } from '../../main/signaling/protocol';
import {
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
export function asked(state: CallState, ring: Ring): Transition {
  // Who rings whoever is ringing just now has answered.
  if (state.phase === 'ringing' && state.ring.peer.key === ring.peer.key) return accepted(state, ring.media);
  if (!isFree(state)) return stay(state);
  return go(
    { phase: 'calling', ring, shown: false },
    ...leaveKept(state),
    { type: 'open-media', start: ring.media },
    { type: 'send-ring', ring },
    { type: 'start-timer', timer: 'ring', afterMs: RING_MS },
  );
}

export function ringAgain(state: CallState, ring: Ring, call: string): Transition {
  return asked(state, { ...ring, call, fingerprint: null, room: null });
}

export function shown(state: CallState, call: string): Transition {
  return state.phase === 'calling' && state.ring.call === call ? go({ ...state, shown: true }) : stay(state);
}

/** Someone rings this person. */
export function rung(state: CallState, event: Rung): Transition {
  const { call, link, from, media, fingerprint, signed, target, wins, isQuiet } = event;
  const ring: Ring = {
    call,
    link,
    peer: from,
    media,
    fingerprint: signed ? fingerprint : null,
    room: null,
  };
  // Only a signed ring is by who it says: nobody else's may answer ours, or take its place.
  const isByPeer = signed && isRing(state) && state.ring.peer.key === from.key;
  if (isByPeer && state.phase === 'calling') {
    // Both ring each other: one of the two rings counts, and both sides know which.
    if (!wins) return stay(state);
    return answer(state, ring, target, state.ring.media, {
      type: 'cancel-ring',
      ring: state.ring,
      reason: 'cancelled',
    });
  }
  if (isByPeer) {
    // Who rings anew no longer waits behind the ring of before; who was answered needs no other.
    // An app that was started again between our answer and the call gets a second one.
    if (state.phase === 'answered' && state.ring.call === call)
      return go(
        { ...state, ring: { ...ring, media: state.ring.media } },
        acceptEffect(ring, state.ring.media),
      );
    return state.phase === 'ringing'
      ? go({ ...state, ring, target }, declineEffect(state.ring, 'no-answer'), {
          type: 'confirm-ringing',
          ring,
        })
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
  return go(
    { phase: 'ringing', ring, target, silenced: false },
    { type: 'confirm-ringing', ring },
    { type: 'start-timer', timer: 'ring', afterMs: RUNG_MS },
  );
}

export function accepted(state: CallState, media: RingMedia): Transition {
  return state.phase === 'ringing' ? answer(state, state.ring, state.target, media) : stay(state);
}

export function declined(state: CallState): Transition {
  if (state.phase !== 'ringing') return stay(state);
  return end(state, 'declined', 'self', declineEffect(state.ring, 'declined'));
}

export function wasAccepted(
  state: CallState,
  { call, fingerprint, signed, target }: Extract<CallEvent, { type: 'ring-accepted' }>,
): Transition {
  if (state.phase !== 'calling' || state.ring.call !== call) return stay(state);
  const { ring } = state;
  if (!signed)
    return end(state, 'not-verified', 'network', { type: 'cancel-ring', ring, reason: 'not-verified' });
  return meet({ ...ring, fingerprint }, target);
}

export function wasDeclined(state: CallState, call: string, reason: DeclineReason): Transition {
  return state.phase === 'calling' && state.ring.call === call ? end(state, reason, 'peer') : stay(state);
}

export function wasCancelled(state: CallState, call: string, reason: CancelReason): Transition {
  const isOpen = (state.phase === 'ringing' || state.phase === 'answered') && state.ring.call === call;
  return isOpen ? end(state, reason, blameOf(reason)) : stay(state);
}

/** Who brought it about that a ring was taken back. */
export const blameOf = (reason: CancelReason): 'peer' | 'network' =>
  reason === 'cancelled' ? 'peer' : 'network';

/** The other, or the way there, has gone. */
export function lost(state: CallState, call: string): Transition {
  const isOpen = (state.phase === 'calling' || state.phase === 'ringing') && state.ring.call === call;
  return isOpen ? end(state, 'unreachable', 'network') : stay(state);
}

/** The person hangs up before anybody could be heard. */
export function givenUp(state: RingState): Transition {
  if (state.phase === 'ringing') return declined(state);
  return end(state, 'cancelled', 'self', { type: 'cancel-ring', ring: state.ring, reason: 'cancelled' });
}

/** The ring was accepted, and yet the two do not meet. */
export function noWay(state: RingState): Transition {
  return end(state, 'peer-unreachable', 'network', {
    type: 'cancel-ring',
    ring: state.ring,
    reason: 'cancelled',
  });
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

function answer(
  state: CallState,
  ring: Ring,
  target: JoinTarget,
  media: RingMedia,
  ...first: Effect[]
): Transition {
  const { effects, ...next } = meet(ring, target);
  return {
    ...next,
    effects: [
      ...(state.phase === 'calling' ? [] : [{ type: 'open-media', start: media } as const]),
      ...first,
      acceptEffect(ring, media),
      ...effects,
    ],
  };
}

function meet(ring: Ring, target: JoinTarget): Transition {
  return go(
    { phase: 'answered', ring, target, seat: null },
    { type: 'prepare-peer', iceServers: [], offers: false },
    { type: 'join-room', target },
    { type: 'start-timer', timer: 'connect', afterMs: MEET_MS },
  );
}

const acceptEffect = (ring: Ring, media: RingMedia): Effect => ({ type: 'accept-ring', ring, media });

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
    ...(state.phase === 'answered' ? [{ type: 'leave-room' } as const] : []),
  );
}
