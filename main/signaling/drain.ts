import type { Clock } from './clock';
import type { Connection } from './connection';

/** After a drain clients come back over this time, and a little more for each of them: 5 s for 1,000. */
const COME_BACK_MS = 2000;
const COME_BACK_MS_EACH = 3;
/** Of the time for a drain, the share in which sockets are told to close; the rest is for the last to hear it. */
const CLOSING_SHARE = 0.8;

/** When one of so many clients should come back, after its socket was closed: each at another moment. */
export function comeBackAfterMs(clients: number, random: number): number {
  return Math.round(COME_BACK_MS / 2 + random * (COME_BACK_MS + COME_BACK_MS_EACH * clients));
}

/**
 * Tells sockets to close, one by one: whoever takes over greets them one by one too.
 * @param gone resolves when none is left
 * @returns when none is left, or after `ms`
 */
export async function closeOneByOne(
  connections: Iterable<Connection>,
  { ms, gone, clock, random }: { ms: number; gone: Promise<void>; clock: Clock; random: () => number },
): Promise<void> {
  const timers = [...connections].map((connection) =>
    clock.setTimeout(
      () => {
        connection.close(1001);
      },
      random() * ms * CLOSING_SHARE,
    ),
  );
  const enough = new Promise<void>((resolve) => {
    timers.push(clock.setTimeout(resolve, ms));
  });
  await Promise.race([gone, enough]);
  for (const timer of timers) clock.clearTimeout(timer);
}
