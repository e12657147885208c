import { expect, it } from 'vitest';
import { announceSeed, Chance } from '../support/chance';
import { RoomsSideBySide } from '../support/rooms-side-by-side';

const STEPS = process.env['PARLEY_LONG'] ? 100_000 : 10_000;
const STEPS_PER_SERVER = 500;
const LIMIT_MS = 120_000 * (STEPS / 10_000);

const seed = announceSeed('model');

it(
  `lets everybody hear what a reference model says, in ${STEPS} steps of two namespaces, both dialects, grace and resume`,
  async () => {
    for (let run = 0; run < STEPS / STEPS_PER_SERVER; run += 1) {
      const chance = Chance.ofCase(seed, run);
      const rooms = await RoomsSideBySide.start(chance, chance.one([2, 2, 2, 3]));
      for (let step = 0; step < STEPS_PER_SERVER; step += 1) {
        await rooms.step().catch((error: unknown) => {
          const what = error instanceof Error ? error.message : String(error);
          expect.fail(
            `PARLEY_SEED=${seed}, run ${run}, step ${step}: ${what}\nafter\n${rooms.done.slice(-30).join('\n')}`,
          );
        });
      }
      await rooms.end();
    }
  },
  LIMIT_MS,
);
