import { setTimeout as sleep } from 'node:timers/promises';
import { test } from '@playwright/test';
import { inTurns, setUpCall } from './signaling/call-set-up';
import { takePair, type Pair } from './signaling/seats';
import { pinLoad, ServerProcess } from './signaling/server-process';

const CONNECTIONS = 5000;
/** Pairs that come, call and go, a second. */
const CHURN = 10;
const MINUTES = Number(process.env['PARLEY_SOAK_MINUTES'] ?? 10);
const SAMPLE_MS = 10_000;
const AT_A_TIME = 20;

interface Sample {
  minute: number;
  mib: number;
  descriptors: number;
}

test('memory and descriptors of 5,000 connections that come and go', async () => {
  test.setTimeout(MINUTES * 60_000 + 300_000);
  console.log(pinLoad());
  const server = await ServerProcess.start('parley');
  const fresh = await server.usage({ collect: true });
  let rooms = 0;
  const take = (): Promise<Pair> => {
    rooms += 1;
    return takePair('parley', server.port, `room-${rooms}`);
  };
  const pairs: Pair[] = [];
  await inTurns(Array.from({ length: CONNECTIONS / 2 }), AT_A_TIME, async () => {
    pairs.push(await take());
  });

  const startedAt = performance.now();
  const samples: Sample[] = [];
  const sample = async (): Promise<void> => {
    const { rss } = await server.usage({ collect: true });
    const minute = (performance.now() - startedAt) / 60_000;
    samples.push({ minute, mib: rss / 2 ** 20, descriptors: server.descriptors() });
  };
  await sample();
  for (let second = 1; second <= MINUTES * 60; second += 1) {
    const nextAt = startedAt + second * 1000;
    // The oldest go; newcomers take as many seats, and call.
    await inTurns(pairs.splice(0, CHURN), AT_A_TIME, async (pair) => {
      await Promise.all(pair.map((seat) => seat.leave()));
      const newcomers = await take();
      await setUpCall(newcomers);
      pairs.push(newcomers);
    });
    if (second % (SAMPLE_MS / 1000) === 0) await sample();
    await sleep(Math.max(0, nextAt - performance.now()));
  }
  await inTurns(pairs, AT_A_TIME, async (pair) => {
    await Promise.all(pair.map((seat) => seat.leave()));
  });
  // The last ones have heard that they are closed before the server has closed them.
  await sleep(1000);
  const end = await server.usage({ collect: true });
  const left = server.descriptors();
  await server.stop();

  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) throw new TypeError('no samples');
  console.log(`soak, ${MINUTES} minutes, ${CONNECTIONS} connections, ${rooms} pairs in all:`);
  console.log(`  memory: ${first.mib.toFixed(1)} MiB at first, ${last.mib.toFixed(1)} MiB at last`);
  // The first minutes fill the young generation and the code caches.
  const settled = samples.filter(({ minute }) => minute >= last.minute / 2);
  console.log(`  slope over the second half: ${slope(settled).toFixed(2)} MiB a minute`);
  console.log(`  descriptors: ${first.descriptors} at first, ${last.descriptors} at last`);
  console.log(
    `  when all have left: ${left} descriptors, ${(end.rss / 2 ** 20).toFixed(1)} MiB (${(fresh.rss / 2 ** 20).toFixed(1)} MiB before anybody came)`,
  );
});

/** Least squares: MiB a minute. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [minute, mib] = [mean((sample) => sample.minute), mean((sample) => sample.mib)];
  const over = mean((sample) => (sample.minute - minute) * (sample.mib - mib));
  return over / mean((sample) => (sample.minute - minute) ** 2);
}
