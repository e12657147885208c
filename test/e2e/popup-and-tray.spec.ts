import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Meet, type Person } from '../support/people';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(async () => {
  if (server.child.exitCode === null) await server.stop();
});

const saved = () => ({ server: { servers: [`ws://127.0.0.1:${server.port}`], namespace: 'family' } });

/** Ben, whose window is away, and Ann, who sees that he is there. */
async function benIsAway(meet: Meet): Promise<{ ann: Person; ben: Person }> {
  const settings = saved();
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings }),
  ]);
  await expect(ann.button('Call Ben')).toBeVisible();
  await ben.putAway('hide');
  return { ann, ben };
}

test('a ring comes up in a small window while the window is away, and is answered there', async ({
  meet,
}) => {
  const { ann, ben } = await benIsAway(meet);
  await ann.button('Video call with Ben').click();
  const popup = await ben.popup();
  await expect(popup.getByRole('heading', { name: 'Ann' })).toBeVisible();
  await popup.getByRole('button', { name: 'Accept with video' }).click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  expect(await ben.isShown()).toBe(true);
  expect(popup.isClosed()).toBe(true);
});
