import type { Person, RingMedia } from '../../main/signaling/protocol';

/** One ring, out or in, and what it proves. */
export interface Ring {
  /** Names it, and the call it becomes: 16 bytes, base64url. */
  call: string;
  /** By which conversation it came or goes; see `BridgeEvent`. */
  link: string;
  /** `out`: this person rings. */
  direction: 'out' | 'in';
  peer: Person;
  /** What was asked for. */
  media: RingMedia;
  /** Of the certificate the other side proved to own; `null` while it has proved nothing. */
  fingerprint: string | null;
  /** Where the call is already, for who rings to get back into it; `null`: nowhere yet. */
  room: string | null;
  /** Whether the two connect while it rings, as far as this side goes. */
  ahead: boolean;
}

/** Whose ring it surely is: whom one rings, one knows; who rings has to prove it. */
export const ringKey = ({ direction, peer, fingerprint }: Ring): string | null =>
  direction === 'out' || fingerprint !== null ? peer.key : null;

/** Whose the other side of a call surely is: its certificate was proved by a ring; `null`: of nobody one could know. */
export const callKey = ({ ring }: { ring?: Ring }): string | null =>
  ring !== undefined && ring.fingerprint !== null ? ring.peer.key : null;

/** A name for a ring that nobody can guess. */
export function newRingId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
