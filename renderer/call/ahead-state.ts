/**
 * What two sides make ready while it rings: part of `transition` in call-state.ts. It may fail, begin again or never come
 * about, and the ring goes on regardless.
 */
import type { RoomSeat } from '../../preload/bridge';
import type { IceServer, Member } from '../../main/signaling/protocol';
import {
  go,
  stay,
  type Ahead,
  type CallEvent,
  type CallState,
  type Effect,
  type Transition,
} from './call-phases';

/** A ring that nobody has answered yet. */
type OpenRing = Extract<CallState, { phase: 'calling' | 'ringing' }>;

const OF_AHEAD = [
  'seated',
  'refused',
  'room-closed',
  'member-joined',
  'member-left',
  'signaling-up',
  'ice-servers',
  'peer-restarted',
  'call-settled',
  'path-found',
  'path-lost',
] as const;
type AheadEvent = Extract<CallEvent, { type: (typeof OF_AHEAD)[number] }>;

/** While nobody has answered, these are about what is made ready. */
export const isOfAhead = (event: CallEvent): event is AheadEvent =>
  OF_AHEAD.some((type) => type === event.type);

/** On the way into the ring's room. */
export const enterAhead = (connects: boolean): Ahead => ({
  connects,
  seat: null,
  peer: null,
  call: '',
  alive: false,
});

/** What who rings makes ready in any case, to offer once the ring is accepted. */
export const SPARE: Effect = { type: 'prepare-peer', iceServers: [], offers: true };

/** The connection of before is of no use any more. */
const startOver = ({ phase }: OpenRing): Effect[] => [
  { type: 'end-peer', bye: false },
  ...(phase === 'calling' ? [SPARE] : []),
];

/** Takes everything away that was made ready. */
export const dropAhead = (state: CallState): Effect[] =>
  'ahead' in state && state.ahead ? [{ type: 'end-peer', bye: false }, { type: 'leave-room' }] : [];

/** What happens in the ring's room, and on the connection there. */
export function moveAhead(state: OpenRing, event: AheadEvent): Transition {
  const { ahead } = state;
  if (!ahead) return stay(state);
  switch (event.type) {
    case 'seated':
      return enter(state, ahead, event.seat);
    case 'refused':
      return go({ ...state, ahead: null }, ...startOver(state));
    case 'room-closed':
      return go({ ...state, ahead: null }, ...startOver(state), { type: 'leave-room' });
    case 'member-joined':
      return ahead.seat ? enter(state, ahead, { ...ahead.seat, members: [event.member] }) : stay(state);
    case 'member-left':
      return ahead.seat && event.member === state.ring.peer.id
        ? enter(state, ahead, { ...ahead.seat, members: [] })
        : stay(state);
    case 'signaling-up':
      return ahead.seat
        ? enter(state, ahead, { ...ahead.seat, members: event.members, iceServers: event.iceServers })
        : stay(state);
    case 'ice-servers':
      return ahead.seat ? go(withSeat(state, ahead, ahead.seat, event.iceServers)) : stay(state);
    case 'peer-restarted':
      return ahead.seat && ahead.peer ? begin(state, ahead.seat, ahead.peer, false) : stay(state);
    case 'call-settled':
      return ahead.peer ? go({ ...state, ahead: { ...ahead, call: event.call } }) : stay(state);
    case 'path-found':
    case 'path-lost':
      return ahead.peer
        ? go({ ...state, ahead: { ...ahead, alive: event.type === 'path-found' } })
        : stay(state);
    default:
      event satisfies never;
      return stay(state);
  }
}

function withSeat(state: OpenRing, ahead: Ahead, seat: RoomSeat, iceServers: IceServer[]): CallState {
  return { ...state, ahead: { ...ahead, seat: { ...seat, iceServers } } };
}

/** The one who rings or is rung may be in the room by now, or no longer; nobody else is let near. */
function enter(state: OpenRing, ahead: Ahead, seat: RoomSeat): Transition {
  const peer = seat.members.find(({ id }) => id === state.ring.peer.id) ?? null;
  if (peer && !ahead.peer && ahead.connects) return begin(state, seat, peer, state.phase === 'calling');
  if (peer || !ahead.peer) return go({ ...state, ahead: { ...ahead, seat } });
  return go({ ...state, ahead: { ...enterAhead(true), seat } }, ...startOver(state));
}

function begin(state: OpenRing, seat: RoomSeat, peer: Member, offers: boolean): Transition {
  const { self, iceServers } = seat;
  // Who rings has proved its certificate; who is rung does so by accepting, before anything is sent.
  const { fingerprint } = state.ring;
  return go(
    { ...state, ahead: { ...enterAhead(true), seat, peer } },
    { type: 'connect', self, peer, offers, iceServers, fingerprint },
  );
}
