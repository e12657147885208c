/** Between the two dialects: what a plain member and a `parley.1` member in one room can say to each other. */
import type { PlainSignal, Signal } from './protocol';

/**
 * A plain signal as a `parley.1` member reads it.
 * @param call the plain member's id: the plain dialect knows no calls.
 * @param n counts this plain member's signals, from 0.
 */
export function signalFromPlain(plain: PlainSignal, call: string, n: number): Signal {
  switch (plain.type) {
    case 'offer':
    case 'answer':
      return { call, n, description: { type: plain.type, sdp: plain.sdp } };
    case 'candidate':
      return {
        call,
        n,
        candidate: {
          candidate: plain.candidate,
          sdpMid: plain.id ?? null,
          sdpMLineIndex: plain.mlineindex ?? null,
        },
      };
    default:
      return plain satisfies never;
  }
}

/** A signal as a plain member reads it; `null` for what the plain dialect has no words for. */
export function plainFromSignal(signal: Signal): PlainSignal | null {
  if ('description' in signal) return { type: signal.description.type, sdp: signal.description.sdp };
  if ('bye' in signal || signal.candidate === null) return null;
  const { candidate, sdpMid, sdpMLineIndex } = signal.candidate;
  return { type: 'candidate', id: sdpMid, mlineindex: sdpMLineIndex, candidate };
}
