/**
 * What a ring and its answer prove: that they come from the key they name, are meant for this callee and this call, and
 * that the media will be encrypted to a certificate of that key's owner. So a server that swaps certificates to listen
 * in is noticed before anything connects.
 */
import type { RingMedia } from './protocol';

/** What is signed, beside which of the two it is. */
export interface RingProof {
  kind: 'ring' | 'accept';
  /** Public key of whom it is said to. */
  to: string;
  call: string;
  /** Made by whom it is said to, for this call: nobody can say it again. */
  nonce: string;
  /** SHA-256 of the sender's DTLS certificate. */
  fingerprint: string;
  media: RingMedia;
  room: string;
}

/** The bytes that are signed: a JSON array, so that no two proofs have the same ones. */
export function ringProofBytes({ kind, to, call, nonce, fingerprint, media, room }: RingProof): Uint8Array {
  return Buffer.from(JSON.stringify([`parley.1 ${kind}`, to, call, nonce, fingerprint, media, room]), 'utf8');
}

/** The bytes that prove whose server this is, to whoever asks: `to` is their public key, `call` their own for this. */
export function ownerProofBytes({ to, call }: Pick<RingProof, 'to' | 'call'>): Uint8Array {
  return Buffer.from(JSON.stringify(['parley.1 proof', to, call]), 'utf8');
}
