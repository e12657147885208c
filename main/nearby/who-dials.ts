/**
 * Between two apps that see each other one socket is enough. The smaller key dials; the other does so only if nobody
 * came, for there may be a firewall in between that lets through one way.
 */

/** What is known of another app. */
export interface Other {
  key: string;
  /** They are at our server. */
  isHere: boolean;
  /** How long they have been seen by now. */
  seenForMs: number;
  /** The person said where they are, or they were there once: they may not see us. */
  isAsked: boolean;
}

/** So long the greater key waits to be dialled. */
export const WAIT_MS = 2000;
/** Sockets to others at a time. */
export const MAX_DIALLED = 50;

/**
 * Whether to keep a socket to their server.
 * @param own `isAnnounced`: they can see us; else nobody will dial us.
 */
export function shouldDial(own: { key: string; isAnnounced: boolean }, other: Other): boolean {
  if (own.key === other.key) return false;
  if (!own.isAnnounced || own.key < other.key) return true;
  return !other.isHere && (other.isAsked || other.seenForMs >= WAIT_MS);
}
