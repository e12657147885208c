/**
 * Notes every call that is over and every ring that nothing came of, as the recent calls show them. Watches the state
 * move (call-state.ts) and has no part in it.
 */
import type { CancelReason } from '../../main/signaling/protocol';
import type { CallRecord } from '../../preload/bridge';
import { isMissed } from '../people/call-record';
import type { CallState, Ended } from './call-phases';
import { newRingId, ringKey, type Ring } from './ring';
import { blameOf } from './ring-state';

type Beginning = Pick<CallRecord, 'direction' | 'startedAtMs' | 'media'>;
type Ending = Pick<CallRecord, 'lastedMs' | 'reason' | 'by'>;
type InCall = Extract<CallState, { call: string }>;

export interface CallLogOptions {
  note: (record: CallRecord) => void;
  /** Unix time. */
  now: () => number;
  /** Whether this side's camera is on: what a call that began in a room counts as. */
  isVideo: () => boolean;
}

export class CallLog {
  readonly #options: CallLogOptions;
  #begun: Beginning | null = null;
  /** What was noted last, should its end turn out to be another. */
  #noted: Beginning | null = null;
  /** The ring that was refused last without disturbing the person: the same may be so of it. */
  #missed: { ring: Ring; beginning: Beginning } | null = null;

  constructor(options: CallLogOptions) {
    this.#options = options;
  }

  /** The state moved. @param atMs of the clock of the states */
  moved(before: CallState, after: CallState, atMs: number): void {
    if (before.phase === 'ended' && after.phase === 'ended' && before.reason !== after.reason) {
      // Who declined was there, and knows.
      const seen = before.reason === 'declined';
      if (this.#noted) this.#note(this.#noted, after, after.peerName, after.ring, seen);
      return;
    }
    if (before.phase === after.phase && !isInCall(after)) return;
    switch (after.phase) {
      case 'calling':
      case 'ringing':
        this.#begin(after.ring.direction, after.ring.media);
        return;
      case 'answered':
        // Two rang each other, and it was the other's ring that counted.
        if (before.phase === 'calling' && before.ring.call !== after.ring.call)
          this.#begin(after.ring.direction, after.ring.media);
        return;
      case 'connecting':
        if (after.ring) return;
        if (isInCall(before)) {
          if (before.peer.id === after.peer.id) return;
          // Somebody else in the place of one who has gone.
          this.#noteLeft(before, atMs);
        }
        this.#begin(before.phase === 'joining' ? 'out' : 'in', this.#options.isVideo() ? 'video' : 'voice');
        return;
      case 'ended':
        // Not when a question in front of it has gone.
        if (before.phase !== 'confirming') this.#noteEnded(after);
        return;
      case 'idle':
      case 'confirming':
      case 'joining':
      case 'waiting':
      case 'connected':
      case 'reconnecting':
        return;
      default:
        after satisfies never;
    }
  }

  /** A ring that the person was not disturbed with. */
  missed(ring: Ring, reason: 'busy' | 'do-not-disturb'): void {
    const beginning = { direction: 'in', startedAtMs: this.#options.now(), media: ring.media } as const;
    this.#missed = { ring, beginning };
    this.#note(beginning, { reason, by: 'self', lastedMs: null }, ring.peer.name, ring);
  }

  /** Who rang took it back; if they did so as it was refused, that is how it ended, as it did for them. */
  takenBack(call: string, reason: CancelReason): void {
    if (this.#missed?.ring.call !== call) return;
    const { ring, beginning } = this.#missed;
    this.#note(beginning, { reason, by: blameOf(reason), lastedMs: null }, ring.peer.name, ring);
  }

  #begin(direction: 'out' | 'in', media: CallRecord['media']): void {
    this.#begun = { direction, media, startedAtMs: this.#options.now() };
  }

  #noteEnded({ reason, by, lastedMs, peerName, peerId, ring }: Ended): void {
    const begun = this.#begun;
    this.#begun = null;
    this.#noted = begun;
    // A plain page is nobody who could be known again.
    if (begun && peerId !== null) this.#note(begun, { reason, by, lastedMs }, peerName, ring);
  }

  #noteLeft({ peer, ...state }: InCall, atMs: number): void {
    const lastedMs = state.sinceMs === undefined ? null : atMs - state.sinceMs;
    if (this.#begun && !peer.plain)
      this.#note(this.#begun, { reason: 'left', by: 'peer', lastedMs }, peer.name);
  }

  #note(
    beginning: Beginning,
    { lastedMs, reason, by }: Ending,
    name: string,
    ring?: Ring,
    seen = false,
  ): void {
    const record = {
      id: ring?.call ?? newRingId(),
      key: ring ? ringKey(ring) : null,
      name,
      ...beginning,
      lastedMs: lastedMs === null ? null : Math.max(0, Math.round(lastedMs)),
      reason,
      by,
      times: 1,
    };
    this.#options.note({ ...record, seen: seen || !isMissed(record) });
  }
}

const isInCall = (state: CallState): state is InCall => 'call' in state;
