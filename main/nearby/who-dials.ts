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

/** Somebody to be dialled. */
export interface Candidate {
  key: string;
  /** A favourite, somebody the person asked for, or who is being rung. */
  isPreferred: boolean;
  /** There is a socket to them already. */
  isDialled: boolean;
}

/**
 * Whom to keep a socket to where there are more than {@link MAX_DIALLED}: who matters to the person first, then whom
 * there is one to already, then who was seen first. So no crowd, real or made up, keeps a favourite away.
 * @param candidates in the order in which they were seen first
 */
export function chooseDialled(candidates: readonly Candidate[]): ReadonlySet<string> {
  const rank = ({ isPreferred, isDialled }: Candidate): number => (isPreferred ? 0 : 2) + (isDialled ? 0 : 1);
  const ranked = [...candidates].sort((one, other) => rank(one) - rank(other));
  return new Set(ranked.slice(0, MAX_DIALLED).map(({ key }) => key));
}
