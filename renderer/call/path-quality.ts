import type { PathQuality } from './call-view';

/** What one look at the statistics is compared with at the next. */
export interface PathReading {
  quality: PathQuality | null;
  /** Pictures of the other side decoded so far. */
  framesDecoded: number;
  packets: { lost: number; received: number };
}

type Stat = Record<string, unknown>;

/**
 * Reads how media travels from the statistics of a connection (W3C Identifiers for WebRTC's Statistics API).
 * @param before the reading before this one: losses count from there
 */
export function readPath(report: RTCStatsReport, before: PathReading | null): PathReading {
  const stats: Stat[] = [];
  report.forEach((stat: Stat) => stats.push(stat));
  const byId = (id: unknown) => stats.find((stat) => stat['id'] === id);
  const ofType = (type: string) => stats.filter((stat) => stat['type'] === type);

  const inbound = ofType('inbound-rtp');
  const packets = { lost: sum(inbound, 'packetsLost'), received: sum(inbound, 'packetsReceived') };
  const framesDecoded = sum(inbound, 'framesDecoded');
  const transport = ofType('transport').find((stat) => stat['selectedCandidatePairId'] !== undefined);
  const pair = transport && byId(transport['selectedCandidatePairId']);
  if (!pair) return { quality: null, framesDecoded, packets };

  const ends = [byId(pair['localCandidateId']), byId(pair['remoteCandidateId'])].map(
    (end) => end?.['candidateType'],
  );
  const path = ends.includes('relay') ? 'relayed' : ends.every((type) => type === 'host') ? 'lan' : 'direct';
  const roundTrip = number(pair, 'currentRoundTripTime');
  const roundTripMs = roundTrip === null ? null : roundTrip * 1000;
  const lost = Math.max(0, packets.lost - (before?.packets.lost ?? 0));
  const received = Math.max(0, packets.received - (before?.packets.received ?? 0));
  const lossHere = lost + received === 0 ? 0 : lost / (lost + received);
  const lossThere = Math.max(
    0,
    ...ofType('remote-inbound-rtp').map((stat) => number(stat, 'fractionLost') ?? 0),
  );
  return {
    quality: { path, roundTripMs, level: levelOf(Math.max(lossHere, lossThere), roundTripMs ?? 0) },
    framesDecoded,
    packets,
  };
}

// ITU-T G.114: a one-way delay over 150 ms is noticed, over 400 ms one talks past the other. Opus hides a few percent
// of loss; past ten, words go missing.
function levelOf(loss: number, roundTripMs: number): PathQuality['level'] {
  if (loss > 0.1 || roundTripMs > 800) return 'poor';
  return loss > 0.03 || roundTripMs > 300 ? 'fair' : 'good';
}

function number(stat: Stat, key: string): number | null {
  const value = stat[key];
  return typeof value === 'number' ? value : null;
}

const sum = (stats: Stat[], key: string) =>
  stats.reduce((total, stat) => total + (number(stat, key) ?? 0), 0);
