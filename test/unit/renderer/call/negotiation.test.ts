import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFrom } from '../../../support/chance';
import { FakeClock } from '../../../support/fake-clock';
import { newFakeStream } from '../../../support/fake-media-devices';
import { FakeNetwork } from '../../../support/fake-peer-connection';
import { negotiate, scheduleFrom } from '../../../support/negotiation-contract';

const runs = Number(process.env['PARLEY_SCHEDULES'] ?? 1000);

/** A path is found so long after everything it needs; a second call is taken for a restarted app after three seconds. */
const SLOW_PATH_MS = 7000;

test(`ends stable and connected after ${runs} schedules of glare, reordering, duplicates, restarts and slow paths`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 0x7fffffff }), async (seed) => {
      const clock = new FakeClock();
      const network = new FakeNetwork(clock, randomFrom(seed + 2));
      const pathMs = randomFrom(seed + 3)() * SLOW_PATH_MS;
      const evaluate = network.evaluate.bind(network);
      network.evaluate = () => void clock.after(pathMs, evaluate);
      const environment = { connection: network.Connection, newStream: () => newFakeStream(), clock };
      const verdict = await clock.run(negotiate(environment, scheduleFrom(seed)));
      expect(verdict.ok, `path ${pathMs} ms\n${verdict.report}`).toBe(true);
      expect(network.open).toEqual([]);
    }),
    { numRuns: runs, seed: 2, endOnFailure: true },
  );
}, 120_000);
