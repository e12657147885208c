import { describe, expect, test } from 'vitest';
import { readPath } from '../../../../renderer/call/path-quality';

interface Ends {
  local?: string;
  remote?: string;
  roundTrip?: number;
  lost?: number;
  received?: number;
  fractionLost?: number;
}

function report({
  local = 'host',
  remote = 'host',
  roundTrip = 0.01,
  lost = 0,
  received = 100,
  fractionLost = 0,
}: Ends) {
  const stats = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    {
      id: 'P',
      type: 'candidate-pair',
      localCandidateId: 'L',
      remoteCandidateId: 'R',
      currentRoundTripTime: roundTrip,
    },
    { id: 'L', type: 'local-candidate', candidateType: local },
    { id: 'R', type: 'remote-candidate', candidateType: remote },
    { id: 'A', type: 'inbound-rtp', packetsLost: lost, packetsReceived: received },
    { id: 'V', type: 'inbound-rtp', framesDecoded: 7 },
    { id: 'X', type: 'remote-inbound-rtp', fractionLost },
  ];
  return new Map(stats.map((stat) => [stat.id, stat]));
}

describe('readPath', () => {
  test.each([
    ['host', 'host', 'lan'],
    ['host', 'srflx', 'direct'],
    ['prflx', 'host', 'direct'],
    ['relay', 'host', 'relayed'],
    ['srflx', 'relay', 'relayed'],
  ])('takes %s to %s for %s', (local, remote, path) => {
    expect(readPath(report({ local, remote }), null).quality).toMatchObject({ path, roundTripMs: 10 });
  });

  test.each<[Ends, string]>([
    [{}, 'good'],
    [{ roundTrip: 0.4 }, 'fair'],
    [{ roundTrip: 1 }, 'poor'],
    [{ fractionLost: 0.05 }, 'fair'],
    [{ fractionLost: 0.2 }, 'poor'],
    [{ lost: 30, received: 70 }, 'poor'],
  ])('calls %j %s', (ends, level) => {
    expect(readPath(report(ends), null).quality?.level).toBe(level);
  });

  test('counts losses since the look before', () => {
    const before = readPath(report({ lost: 50, received: 50 }), null);
    expect(readPath(report({ lost: 50, received: 150 }), before).quality?.level).toBe('good');
  });

  test('says nothing before there is a path, and counts pictures', () => {
    const stats = report({});
    stats.delete('T');
    expect(readPath(stats, null)).toMatchObject({ quality: null, framesDecoded: 7 });
  });
});
