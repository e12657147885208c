/** What of the present call is to be seen outside the page. */
import type { KnownPerson, Outside } from '../../preload/bridge';
import type { CallState } from '../call/call-state';
import { callKey } from '../call/ring';
import { nameOf } from '../people/names';
import type { Messages } from './messages';

/** What is shown beside the state of the call. */
export interface OutsideParts {
  muted: boolean;
  cameraOn: boolean;
  /** The ring will be answered by the app itself. */
  answersItself: boolean;
  /** Stands for a name that is empty. */
  someone: string;
  /** Who somebody with this key is, where they are known. */
  known: (key: string) => Pick<KnownPerson, 'givenName' | 'verified'> | null;
  /** Whom this person relies on of that name, where the key is another; `key` is `null` where none is proved. */
  namesake: (name: string, key: string | null) => string | null;
}

export function outsideOf(state: CallState, parts: OutsideParts): Outside {
  const { muted, cameraOn, answersItself, someone, known, namesake } = parts;
  switch (state.phase) {
    case 'ringing': {
      const { call, peer, media, fingerprint } = state.ring;
      const signed = fingerprint !== null;
      // Anybody can name a key that they sign nothing with.
      const person = signed ? known(peer.key) : null;
      const name = nameOf(person, peer.name) || someone;
      return {
        state: 'ringing',
        ring: {
          ...{ call, name, media, signed, verified: person?.verified ?? false, answersItself },
          namesake: namesake(name, signed ? peer.key : null),
        },
      };
    }
    case 'calling':
    case 'answered':
      return { state: 'calling' };
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return { state: 'talking', name: talkingWith(state, parts), muted, cameraOn };
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

/** What the window is called: in the taskbar, and where one switches between windows. */
export function titleOf(outside: Outside, words: Messages['windowTitle']): string {
  switch (outside.state) {
    case 'none':
    case 'calling':
      return 'Parley';
    case 'ringing':
      return `${words.ringing(outside.ring.name)} – Parley`;
    case 'talking':
      return `${outside.muted ? words.muted(outside.name) : outside.name} – Parley`;
    default:
      outside satisfies never;
      return 'Parley';
  }
}

function talkingWith(
  state: Extract<CallState, { phase: 'connecting' | 'connected' | 'reconnecting' }>,
  { known, someone }: OutsideParts,
): string {
  const key = callKey(state);
  return nameOf(key === null ? null : known(key), state.peer.name) || someone;
}
