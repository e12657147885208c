import { knows } from '../support/acquaintances';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';
import { connectionsOf, watchConnections } from '../support/watched-connections';
import { print } from './figures';
import { bareFirstFrame, bareSwitchOn, clickToFirstFrame } from './first-frames';

const RUNS = 12;
/** How many times the floor we aim at. */
const AIM = 1.3;

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(() => server.stop());

/** Is rung and accepts, again and again. @param ready settles when the time to accept has come */
async function answerTimes(
  ann: Person,
  ben: Person,
  ready: () => Promise<void>,
  bare: (person: Person) => Promise<number>,
): Promise<{ ours: number[]; floor: number[] }> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await ann.button(run === 0 ? 'Video call with Ben' : 'Call again').click();
    await expect(ben.button('Accept with video')).toBeEnabled();
    await ready();
    const measured = ben.page.evaluate(clickToFirstFrame);
    await ben.button('Accept with video').click();
    ours.push(await measured);
    await ben.button('Hang up').click();
    await expect(ann.button('Call again')).toBeVisible();
    floor.push(await bare(ann));
  }
  return { ours, floor };
}

for (const [how, connectAhead, bare] of [
  [
    'connected while it rang, against switching tracks on',
    'known',
    ({ page }: Person) => page.evaluate(bareSwitchOn),
  ],
  [
    'nothing made ready, against a cold set-up',
    'never',
    ({ page }: Person) => page.evaluate(bareFirstFrame, true),
  ],
] as const)
  test(`from accepting to the first remote frame: ${how}`, async ({ meet }) => {
    const settings = {
      server: { servers: [`ws://127.0.0.1:${server.port}`], namespace: 'family' },
      connectAhead,
    };
    const [ann, ben] = await Promise.all([
      meet('Ann', { media: RED, settings }),
      meet('Ben', { media: BLUE, settings }),
    ]);
    await knows(ann, ben, { favourite: true });
    await knows(ben, ann, { favourite: true });
    await Promise.all([watchConnections(ann), watchConnections(ben)]);
    const isConnected = async (): Promise<boolean> => {
      const states = await Promise.all([connectionsOf(ann), connectionsOf(ben)]);
      return states.every((each) => each.states.at(-1) === 'connected');
    };
    const ready = async (): Promise<void> => {
      if (connectAhead === 'known') await expect.poll(isConnected).toBe(true);
    };
    const { ours, floor } = await answerTimes(ann, ben, ready, bare);
    print({ what: `accepting to first remote frame, ${how}`, unit: 'ms', ours, floor, aim: AIM });
  });
