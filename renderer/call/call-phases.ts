/** What a call can be in, what moves it, and what a move asks to be done. */
import type { BridgeEvent, EndReason, ErrorCode, JoinTarget, RoomSeat } from '../../preload/bridge';
import type {
  ByeReason,
  CancelReason,
  DeclineReason,
  Door,
  IceServer,
  Member,
  RingMedia,
} from '../../main/signaling/protocol';
import type { Ring } from './ring';

export type { EndReason } from '../../preload/bridge';

/** Something that did not work, said where it arose. */
export interface Problem {
  code: ErrorCode;
  /** The form it belongs to. */
  at: 'host' | 'join';
}

/** Shared by the phases with a peer. */
export interface WithPeer {
  seat: RoomSeat;
  peer: Member;
  /** The call's own id; empty until one side has offered. */
  call: string;
  /** Newcomers at the door (host only). */
  knocks: Member[];
  /** The peer left the room on purpose while its media still flows: silence will mean that it is gone. */
  peerLeft?: boolean;
  /** What the call began with; absent where a room did. */
  ring?: Ring;
  /** The seat is gone for good; only the peer connection is left. */
  roomClosed?: boolean;
}

/**
 * What is made ready while it rings, in the room of the ring: if both want to, a connection on which nothing is sent;
 * else who rings waits there for the answer. Accepting makes a call of it; every other end takes it away.
 */
export interface Ahead {
  /** Both want to connect. */
  connects: boolean;
  /** `null`: on the way into the room. */
  seat: RoomSeat | null;
  /** The other, once there: the two connect. */
  peer: Member | null;
  /** See {@link WithPeer}. */
  call: string;
  /** There is a path. */
  alive: boolean;
}

/** The call is over, and nobody has gone on from there yet. */
export interface Ended {
  phase: 'ended';
  reason: EndReason;
  by: 'self' | 'peer' | 'network';
  peerName: string;
  /** The peer's member id, by which its next knock is known; `null` for a plain page, whose id is new each time. */
  peerId: string | null;
  /** How long media flowed; `null` when it never did. */
  lastedMs: number | null;
  /** A host keeps the seat; a guest has given it up. */
  seat: RoomSeat | null;
  /** Where a guest goes for "call again"; `null` for a host, and where somebody is rung again. */
  target: JoinTarget | null;
  ring?: Ring;
  /** Newcomers at the door (host only): the one who calls again is among them. */
  knocks: Member[];
  /** Host only: how the door was before it was set to ask, so that nobody walks in on this screen. */
  door?: Door;
}

export type CallState =
  | { phase: 'idle'; problem: Problem | null }
  /**
   * A link asks; nothing is connected, opened or left before the person agrees. `from`: the ended call to go back to
   * otherwise; its room goes on meanwhile. `ring`: the call in that room, which this app lost.
   */
  | { phase: 'confirming'; target: JoinTarget; from: Ended | null; ring?: Ring }
  /** `target` is `null` when hosting. `knockingAt`: the host's name while the host is being asked. */
  | { phase: 'joining'; target: JoinTarget | null; knockingAt: string | null }
  | { phase: 'waiting'; seat: RoomSeat; target: JoinTarget | null; knocks: Member[] }
  /** This person rings someone. `shown`: the other's app rings. */
  | { phase: 'calling'; ring: Ring; shown: boolean; ahead: Ahead | null }
  /** Someone rings this person. `silenced`: who wants to go on as if nobody did. */
  | { phase: 'ringing'; ring: Ring; target: JoinTarget; silenced: boolean; ahead: Ahead | null }
  /** A ring was accepted: on the way into its room, or in it before the other. */
  | { phase: 'answered'; ring: Ring; target: JoinTarget; seat: RoomSeat | null }
  /**
   * `exchanged`: both have said how they could be reached; what is missing is a path. `sinceMs`: the two have talked,
   * up to `silentSinceMs` where that is known, and the other's app was started again.
   */
  | ({
      phase: 'connecting';
      target: JoinTarget | null;
      exchanged?: boolean;
      sinceMs?: number | undefined;
      silentSinceMs?: number | undefined;
    } & WithPeer)
  | ({ phase: 'connected'; target: JoinTarget | null; sinceMs: number } & WithPeer)
  /** The path is silent or failed; the last picture stays. */
  | ({ phase: 'reconnecting'; target: JoinTarget | null; sinceMs: number; silentSinceMs: number } & WithPeer)
  | Ended;

export type Phase = CallState['phase'];

/** Everything that moves a call. */
export type CallEvent =
  // What the person does.
  | { type: 'host-asked'; room: string | null; door: Door }
  | { type: 'join-asked'; target: JoinTarget; confirmed: boolean }
  /** The app was in this call when it ended without leaving it. */
  | { type: 'return-asked'; target: JoinTarget; ring: Ring }
  | { type: 'confirmed' }
  | { type: 'cancelled' }
  | { type: 'let-in'; member: string }
  | { type: 'turn-away'; member: string }
  | { type: 'door-set'; door: Door }
  | { type: 'hung-up'; atMs: number }
  /** After a call that began with a room; after one that was rung it is `ring-asked`. */
  | { type: 'call-again' }
  | { type: 'ring-asked'; ring: Ring; atMs: number }
  /** `media`: what this side starts with. */
  | { type: 'accepted'; media: RingMedia; atMs: number }
  | { type: 'declined' }
  /** This ring, and no other, is not to be heard. */
  | { type: 'silenced' }
  | { type: 'done' }
  // What the app says.
  | { type: 'seated'; seat: RoomSeat }
  | { type: 'refused'; code: ErrorCode }
  /** Nobody was there to take the own ring. */
  | { type: 'ring-failed'; call: string }
  /** `wins`: if both ring each other, this is the ring that counts. `ahead`: both sides want to connect meanwhile. */
  | (Omit<Extract<BridgeEvent, { type: 'ring' }>, 'type'> & { type: 'rung'; wins: boolean; isQuiet: boolean })
  | Exclude<
      BridgeEvent,
      {
        type:
          | 'member-left'
          | 'room-closed'
          | 'signal'
          | 'peer-unavailable'
          | 'signaling-down'
          | 'launch'
          | 'full-screen'
          | 'ring'
          | 'ring-accepted'
          | 'ring-cancelled'
          | 'link-changed'
          | 'link-closed'
          | 'nearby-changed'
          | 'people'
          | 'person'
          | 'person-gone'
          | 'known-changed'
          | 'known-forgotten'
          | 'calls-changed'
          | 'window-shown'
          | 'answered-outside'
          | 'close-asked'
          | 'window-closed'
          | 'status-chosen'
          | 'shortcut-refused'
          | 'menu';
      }
    >
  | (Extract<BridgeEvent, { type: 'member-left' | 'room-closed' | 'ring-accepted' | 'ring-cancelled' }> & {
      atMs: number;
    })
  // What the peer connection says.
  /** A member who was in the room already makes an offer. */
  | { type: 'offered'; member: string }
  | { type: 'call-settled'; call: string }
  | { type: 'exchanged' }
  | { type: 'path-found'; atMs: number }
  /** `atMs`: when the other side was last heard. Said again every few seconds. */
  | { type: 'path-lost'; atMs: number }
  /** `reason`: where the other side gave the call up; otherwise they hung up. */
  | { type: 'bye'; reason?: ByeReason | undefined; atMs: number }
  /** The other app has begun a new call. */
  | { type: 'peer-restarted' }
  /** Media would be encrypted to another certificate than the one that was proved: somebody is in the middle. */
  | { type: 'impostor'; atMs: number }
  | { type: 'time-up'; timer: CallTimer; atMs: number };

export type CallTimer = 'connect' | 'lost' | 'ring';

/** What a transition asks to be done, in this order. */
export type Effect =
  /** `start`: with or without the camera, where a ring says so. */
  | { type: 'open-media'; start?: RingMedia }
  /** A mute of the last call is none of the ring that begins now. */
  | { type: 'unmute' }
  /** Stops every local track at once. */
  | { type: 'release-media' }
  | { type: 'host-room'; room: string | null; door: Door }
  | { type: 'join-room'; target: JoinTarget }
  | { type: 'leave-room' }
  | { type: 'set-door'; door: Door }
  | { type: 'send-ring'; ring: Ring }
  | { type: 'confirm-ringing'; ring: Ring; ahead: boolean }
  /** `media`: what this side starts with; absent where it started already. */
  | { type: 'accept-ring'; ring: Ring; media?: RingMedia }
  | { type: 'decline-ring'; link: string; call: string; reason: DeclineReason }
  | { type: 'cancel-ring'; ring: Ring; reason: CancelReason }
  /** Somebody rang and was not heard: the person is told who. */
  | { type: 'note-missed'; ring: Ring; reason: 'busy' | 'do-not-disturb' }
  | { type: 'answer-knock'; member: string; answer: 'let-in' | 'turn-away' }
  /** Makes a peer connection ready for whoever comes, or `offers`: for whoever is there already. */
  | { type: 'prepare-peer'; iceServers: IceServer[]; offers: boolean }
  /** Begins with this member, dropping any former connection. */
  | {
      type: 'connect';
      self: string;
      peer: Member;
      offers: boolean;
      iceServers: IceServer[];
      /** Of the certificate the other side proved to own; `null` where it proved nothing. */
      fingerprint: string | null;
    }
  /**
   * What was connected while it rang is the call: from now on it carries sound and picture, unless the other side uses
   * another certificate than this one.
   */
  | { type: 'use-ahead'; fingerprint: string | null }
  /** Drops the connection; `bye` tells the other side that a person ended the call, or why it is given up. */
  | { type: 'end-peer'; bye: boolean | ByeReason }
  /** There is one timer; starting one stops the other. */
  | { type: 'start-timer'; timer: CallTimer; afterMs: number }
  | { type: 'stop-timer' };

export type Connecting = Extract<CallState, { phase: 'connecting' }>;

export interface Transition {
  state: CallState;
  effects: Effect[];
}

export const stay = (state: CallState): Transition => ({ state, effects: [] });
export const go = (state: CallState, ...effects: Effect[]): Transition => ({ state, effects });
/** Nothing is under way that another call would cut off. */
export const isFree = (
  state: CallState,
): state is Extract<CallState, { phase: 'idle' | 'confirming' | 'ended' }> =>
  state.phase === 'idle' || state.phase === 'confirming' || state.phase === 'ended';
/** The ended call that is on the screen, or behind a question. */
export const endedOf = (state: CallState): Ended | null => {
  if (state.phase === 'confirming') return state.from;
  return state.phase === 'ended' ? state : null;
};
/** Gives up the seat that a host keeps when a call has ended. */
export const leaveKept = (state: CallState): Effect[] =>
  endedOf(state)?.seat ? [{ type: 'leave-room' }] : [];

/** The other side never answered. */
const ANSWER_MS = 30_000;

/** There is somebody to call in the room. */
export function connect(
  state: { seat: RoomSeat; target: JoinTarget | null; knocks: Member[]; ring?: Ring },
  peer: Member,
  offers: boolean,
  ...first: Effect[]
): Transition & { state: Connecting } {
  const { seat, target, knocks, ring } = state;
  const fingerprint = ring?.fingerprint ?? null;
  return {
    state: { phase: 'connecting', seat, target, knocks, peer, call: '', ...(ring && { ring }) },
    effects: [
      ...first,
      { type: 'connect', self: seat.self, peer, offers, iceServers: seat.iceServers, fingerprint },
      { type: 'start-timer', timer: 'connect', afterMs: ANSWER_MS },
    ],
  };
}
