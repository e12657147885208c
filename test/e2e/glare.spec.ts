import { knows } from '../support/acquaintances';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test } from '../support/people';
import { pressAt } from '../support/press-at';
import { startHeadless } from '../support/signaling-servers';
import { forgetTimeline } from '../support/timeline';

const TIMES = process.env['PARLEY_LONG'] ? 100 : 10;
const MOST_APART_MS = 50;

test('two who ring each other at the same moment get one call, every time', async ({ meet }) => {
  test.setTimeout(TIMES * 15_000);
  const server = await startHeadless(ROOT);
  const settings = { server: { servers: [`ws://127.0.0.1:${server.port}`], namespace: 'family' } };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings }),
  ]);
  for (let nth = 0; nth < TIMES; nth += 1) {
    const [annRings, benRings] = [ann.button('Call Ben'), ben.button('Call Ann')];
    await Promise.all([expect(annRings).toBeVisible(), expect(benRings).toBeVisible()]);
    // Half of the time as people who connect while it rings.
    const favourite = nth % 4 > 1;
    await Promise.all([knows(ann, ben, { favourite }), knows(ben, ann, { favourite })]);
    await forgetTimeline(ann, ben);
    // Pressed inside the pages, so that the presses are as far apart as they should be.
    const apartMs = (nth * MOST_APART_MS) / Math.max(1, TIMES - 1);
    const atMs = Date.now() + 100;
    const [annAt, benAt] = nth % 2 === 0 ? [atMs, atMs + apartMs] : [atMs + apartMs, atMs];
    await Promise.all([annRings.evaluate(pressAt, annAt), benRings.evaluate(pressAt, benAt)]);
    await test.step(`pressed ${apartMs.toFixed(0)} ms apart`, async () => {
      await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
    });
    await ann.button('Hang up').click();
    await expect(ben.page.getByText('Ann hung up.')).toBeVisible();
    await ann.button('Done').click();
    await ben.button('Done').click();
  }
  await server.stop();
});
