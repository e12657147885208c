import type { Person, RingMedia } from '../../main/signaling/protocol';

/** One ring, out or in, and what it proves. */
export interface Ring {
  /** Names it, and the call it becomes: 16 bytes, base64url. */
  call: string;
  /** By which conversation it came or goes; see `BridgeEvent`. */
  link: string;
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

/** A name for a ring that nobody can guess. */
export function newRingId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
