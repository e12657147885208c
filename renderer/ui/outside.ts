/** What of the present call is to be seen outside the page. */
import type { Outside } from '../../preload/bridge';
import type { CallState } from '../call/call-state';

/** What is shown beside the state of the call. */
export interface OutsideParts {
  muted: boolean;
  cameraOn: boolean;
  /** Stands for a name that is empty. */
  someone: string;
  /** Whether it was once made sure of that a key is whose it says. */
  isVerified: (key: string) => boolean;
}

export function outsideOf(state: CallState, parts: OutsideParts): Outside {
  const { muted, cameraOn, someone, isVerified } = parts;
  switch (state.phase) {
    case 'ringing': {
      const { call, peer, media, fingerprint } = state.ring;
      const signed = fingerprint !== null;
      // Anybody can use a key that nothing was signed with.
      const verified = signed && isVerified(peer.key);
      return { state: 'ringing', ring: { call, name: peer.name || someone, media, signed, verified } };
    }
    case 'calling':
    case 'answered':
      return { state: 'calling' };
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return { state: 'talking', name: state.peer.name || someone, muted, cameraOn };
    case 'idle':
    case 'confirming':
    case 'joining':
    case 'waiting':
    case 'ended':
      return { state: 'none' };
    default:
      state satisfies never;
      return { state: 'none' };
  }
}
