/** What is told from a record of a call. */
import type { CallRecord } from '../../preload/bridge';

/** Somebody rang, and this person had no part in how it ended. */
export function isMissed({ direction, reason, by, lastedMs }: Omit<CallRecord, 'seen'>): boolean {
  if (direction === 'out' || lastedMs !== null) return false;
  switch (reason) {
    case 'busy':
    case 'do-not-disturb':
    case 'no-answer':
    case 'unreachable':
      return true;
    case 'cancelled':
      return by === 'peer';
    case 'declined':
    case 'hung-up':
    case 'left':
    case 'lost':
    case 'peer-unreachable':
    case 'no-response':
    case 'room-closed':
    case 'not-verified':
      return false;
    default:
      reason satisfies never;
      return false;
  }
}
