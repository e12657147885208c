import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Histogram, Metrics } from '../../../../main/signaling/metrics';

it('is text that Prometheus reads: each family described once, each sample a name, labels and a number', () => {
  const metrics = new Metrics();
  metrics.connections.add('plain');
  metrics.joins.add('room-full', 2);
  metrics.closed.add('bad-message');
  metrics.relaySeconds.observe(0.0007);
  const text = metrics.render(3);
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.trimEnd().split('\n');
  for (const line of lines) {
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"\})? [\d.e+-]+)$/);
  }
  const described = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
  expect(new Set(described).size).toBe(described.length);
  expect(lines).toContain('parley_connections{dialect="plain"} 1');
  expect(lines).toContain('parley_connections{dialect="parley.1"} 0');
  expect(lines).toContain('parley_joins_total{outcome="room-full"} 2');
  expect(lines).toContain('parley_closed_total{reason="bad-message"} 1');
  expect(lines).toContain('parley_rooms 3');
});

it('counts durations up to each bound, those on it and those past all', () => {
  const histogram = new Histogram([1, 2]);
  for (const seconds of [0.5, 1, 1.5, 9]) histogram.observe(seconds);
  expect(histogram.lines('h')).toEqual([
    'h_bucket{le="1"} 2',
    'h_bucket{le="2"} 3',
    'h_bucket{le="+Inf"} 4',
    'h_sum 12',
    'h_count 4',
  ]);
});

it('says how long the process was held up since it was asked last', async () => {
  const metrics = new Metrics();
  const longest = (): number => {
    const line = metrics
      .render(0)
      .split('\n')
      .find((one) => one.startsWith('nodejs_eventloop_lag_max_seconds '));
    return Number(line?.split(' ')[1]);
  };
  expect(longest()).toBe(0);
  // The first one is where measuring begins.
  for (const ms of [250, 300]) {
    const until = performance.now() + ms;
    while (performance.now() < until);
    // A turn of the loop in which timers are looked at, whichever part of one this is.
    await nextTurn();
    await nextTurn();
  }
  expect(longest()).toBeGreaterThan(0.09);
  expect(longest()).toBe(0);
});
