import { expect, it } from 'vitest';
import { announceSeed, Chance } from '../support/chance';
import { RoomsSideBySide, type Mood } from '../support/rooms-side-by-side';

const MOODS: Mood[] = ['even', 'forgetful', 'crowded', 'inattentive', 'hosted', 'hosted'];
const STEPS_PER_SERVER = 1250;
/** Two rounds of every mood: ten thousand steps where rooms are there when joined, and half as many at doors. */
const SERVERS = MOODS.length * 2 * (process.env['PARLEY_LONG'] ? 10 : 1);
const LIMIT_MS = 30_000 * SERVERS;

const seed = announceSeed('model');

it(
  `lets everybody hear what a reference model says, in ${SERVERS * STEPS_PER_SERVER} steps of two namespaces, both dialects, people, doors, grace and resume`,
  async () => {
    for (let run = 0; run < SERVERS; run += 1) {
      const rooms = await RoomsSideBySide.start(
        Chance.ofCase(seed, run),
        MOODS[run % MOODS.length] ?? 'even',
      );
      for (let step = 0; step < STEPS_PER_SERVER; step += 1) {
        await rooms.step().catch((error: unknown) => {
          const what = error instanceof Error ? error.message : String(error);
          const before = rooms.done.slice(-30).join('\n');
          expect.fail(`PARLEY_SEED=${seed}, run ${run}, step ${step}: ${what}\nafter\n${before}`);
        });
      }
      await rooms.end();
    }
  },
  LIMIT_MS,
);
