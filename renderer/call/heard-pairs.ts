/**
 * What came in on each candidate pair: the number of answers to our connectivity checks, which only the other side of
 * this very connection can give (RFC 8445, section 7.2.5.2.1), by the pair's id in the statistics.
 */
export type HeardPairs = ReadonlyMap<string, number>;

/** Reads it from the statistics of a connection; empty where it has none to give any more. */
export async function heardPairs(connection: Pick<RTCPeerConnection, 'getStats'>): Promise<HeardPairs> {
  const heard = new Map<string, number>();
  const report = await connection.getStats().catch(() => null);
  report?.forEach((stat: Record<string, unknown>) => {
    const { id, type, responsesReceived } = stat;
    if (type === 'candidate-pair' && typeof id === 'string' && typeof responsesReceived === 'number')
      heard.set(id, responsesReceived);
  });
  return heard;
}

/** Whether anything came in since. Pairs come and go, so no sum would tell. */
export const heardSince = (before: HeardPairs, now: HeardPairs): boolean =>
  [...now].some(([id, count]) => count > (before.get(id) ?? 0));
