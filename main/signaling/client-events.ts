import { closeReason } from './reconnect-policy';
import type { ServerEvent, Welcome, WireError } from './protocol';

/** Why a client is over for good; all but `closed` can be shown to a person. */
export type ClosedCode =
  | 'server-unreachable'
  | 'not-parley'
  | 'room-full'
  | 'turned-away'
  | 'room-not-open'
  | 'unauthorized'
  /** The server does not know itself by the address that was dialled. */
  | 'wrong-address'
  /** The server has a join secret, and this client has none, or another one. */
  | 'password-required'
  | 'password-wrong'
  | 'replaced'
  | 'too-many'
  | 'bad-message';

/** What a client tells: what the server says, and how the connection to it fares. */
export type ClientEvent =
  | ServerEvent
  | Welcome
  /** Connected, the first time or again. `resumed`: seats and frames of before are still there. */
  | { type: 'up'; resumed: boolean }
  /** Lost the server; the next try, number `attempt` from 1, comes in `retryInMs`. */
  | { type: 'down'; attempt: number; retryInMs: number }
  /** Over for good, by itself; said once. */
  | { type: 'closed'; code: ClosedCode };

/** Rejects `SignalingClient.connect`. */
export class SignalingError extends Error {
  readonly code: ClosedCode;

  constructor(code: ClosedCode) {
    super(code);
    this.name = 'SignalingError';
    this.code = code;
  }
}

/** Refusals of one room that end a client which has no other. */
export function refusalOf(code: WireError): ClosedCode | null {
  switch (code) {
    case 'room-full':
    case 'turned-away':
    case 'room-not-open':
    case 'too-many':
      return code;
    case 'bad-message':
    case 'unauthorized':
    case 'wrong-address':
    case 'peer-unavailable':
    case 'presence-off':
    case 'not-present':
    case 'unexpected':
      return null;
    default:
      return code satisfies never;
  }
}

/** What a close code means to a client that should stay away after it; null if it should come back. */
export function finalCodeOf(closeCode: number): ClosedCode | null {
  const meaning = closeReason(closeCode);
  if (meaning === null || meaning.comeBack) return null;
  switch (meaning.reason) {
    case 'not-utf8':
    case 'too-large':
    case 'bad-message':
      return 'bad-message';
    case 'unauthorized':
    case 'wrong-address':
    case 'turned-away':
    case 'room-not-open':
    case 'room-full':
    case 'replaced':
    case 'too-many':
      return meaning.reason;
    default:
      return meaning satisfies never;
  }
}
