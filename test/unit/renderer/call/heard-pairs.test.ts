import { describe, expect, test } from 'vitest';
import { heardPairs, heardSince } from '../../../../renderer/call/heard-pairs';

const heard = (counts: Record<string, number>) => new Map(Object.entries(counts));

describe('heardPairs', () => {
  test('counts the answers on each pair', async () => {
    const stats = [
      { id: 'P', type: 'candidate-pair', responsesReceived: 3 },
      { id: 'Q', type: 'candidate-pair', responsesReceived: 0 },
      { id: 'A', type: 'inbound-rtp', packetsReceived: 100 },
    ];
    const report = new Map(stats.map((stat) => [stat.id, stat])) as unknown as RTCStatsReport;
    const connection = { getStats: () => Promise.resolve(report) };
    expect(await heardPairs(connection)).toEqual(heard({ P: 3, Q: 0 }));
  });

  test('has nothing of a connection that is closed', async () => {
    const connection = { getStats: () => Promise.reject(new DOMException('closed', 'InvalidStateError')) };
    expect(await heardPairs(connection)).toEqual(heard({}));
  });
});

describe('heardSince', () => {
  test('is true for one more answer, also where another pair is gone', () => {
    expect(heardSince(heard({ P: 30, Q: 3 }), heard({ Q: 4 }))).toBe(true);
  });

  test('is true for an answer on a new pair', () => {
    expect(heardSince(heard({ P: 3 }), heard({ P: 3, N: 1 }))).toBe(true);
  });

  test('is false for a new pair without an answer, and for none', () => {
    expect(heardSince(heard({ P: 3 }), heard({ P: 3, N: 0 }))).toBe(false);
    expect(heardSince(heard({ P: 3 }), heard({}))).toBe(false);
  });
});
