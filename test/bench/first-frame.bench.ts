import { BLUE, RED } from '../support/known-media';
import { expect, test, type Person } from '../support/people';
import { median, print } from './figures';
import { bareFirstFrame, clickToFirstFrame } from './first-frames';

const RUNS = 10;
/** How many times the floor, and one signaling round trip on top, we aim at. */
const AIM = 1.2;

/** Sends every signal of the call `round-trip`, which is no call, back to where it came from. */
async function echoSignals({ page }: Person): Promise<void> {
  await page.evaluate(() => {
    window.parley.on((event) => {
      if (event.type === 'signal' && event.signal.call === 'round-trip')
        void window.parley.sendSignal(event.from, event.signal);
    });
  });
}

/** From one page over the server to the other page and back, in ms. The other echoes. */
async function signalingRoundTrip({ page }: Person, to: string): Promise<number> {
  return page.evaluate(
    (member) =>
      new Promise<number>((resolve) => {
        const startedAt = performance.now();
        const stop = window.parley.on((event) => {
          if (event.type !== 'signal' || event.signal.call !== 'round-trip') return;
          stop();
          resolve(performance.now() - startedAt);
        });
        void window.parley.sendSignal(member, { call: 'round-trip', n: 0, candidate: null });
      }),
    to,
  );
}

/** The member id of the next who is let in. */
async function nextMember({ page }: Person): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const stop = window.parley.on((event) => {
          if (event.type !== 'member-joined') return;
          stop();
          resolve(event.member.id);
        });
      }),
  );
}

test('from "let in" to the first remote frame, against two bare peer connections', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host());
  await echoSignals(ben);
  const ours: number[] = [];
  const floor: number[] = [];
  const roundTrips: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await expect(ann.button('Let in')).toBeEnabled();
    // With both cameras on and both seeing themselves, as when Ann lets Ben in.
    floor.push(await ann.page.evaluate(bareFirstFrame, false));
    const measured = ann.page.evaluate(clickToFirstFrame);
    const joined = nextMember(ann);
    await ann.button('Let in').click();
    ours.push(await measured);
    roundTrips.push(await signalingRoundTrip(ann, await joined));
    await ben.button('Hang up').click();
    await expect(ann.button('Call again')).toBeVisible();
    // Both wait as before the first call: at the door, and behind it.
    await ann.button('Call again').click();
    await expect(ann.button('Leave room')).toBeVisible();
    await ben.button('Call again').click();
  }
  print({ what: '"let in" to first remote frame', unit: 'ms', ours, floor, aim: AIM });
  const bound = AIM * median(floor) + median(roundTrips);
  const kept = median(ours) <= bound ? 'kept' : 'not kept';
  console.log(
    `  ${AIM} times the floor and one signaling round trip of ${median(roundTrips).toFixed(1)} ms: ${bound.toFixed(0)} ms, ${kept}`,
  );
});
