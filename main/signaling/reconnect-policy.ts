import { CLOSE_CODES } from './protocol';

/** A server that was there a moment ago is tried again almost at once. */
const FIRST_MS = 100;
const BASE_MS = 500;
const CAP_MS = 10_000;

/**
 * How long to wait before trying again.
 * @param attempt 1 for the first try after losing the connection.
 * @param random in [0, 1): spreads clients that lost the same server at the same moment.
 * @param hintMs when the server asked to be left alone for so long; never undercut, and spread by up to half of it.
 */
export function reconnectDelay(attempt: number, random: number, hintMs = 0): number {
  const ceiling = attempt <= 1 ? FIRST_MS : Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 2));
  const delay = attempt <= 1 ? ceiling * random : (ceiling / 2) * (1 + random);
  return hintMs > 0 ? Math.max(delay, hintMs * (1 + random / 2)) : delay;
}

/** What a close code means, if it is one of ours. */
export function closeReason(closeCode: number): (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES] | null {
  return isOurs(closeCode) ? CLOSE_CODES[closeCode] : null;
}

function isOurs(code: number): code is keyof typeof CLOSE_CODES {
  return code in CLOSE_CODES;
}
