import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';
import { startHeadless } from '../support/signaling-servers';

/** Presses Tab until the button of this name has the focus. */
async function tabTo({ page }: Person, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true });
  await expect(button).toBeVisible();
  for (let left = 60; left > 0; left -= 1) {
    if (await button.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}`);
}

test('a call from its beginning to its end needs no mouse', async ({ meet }) => {
  const server = await startHeadless(ROOT);
  try {
    const settings = { server: { servers: [`ws://127.0.0.1:${server.port}`], namespace: 'family' } };
    const [ann, ben] = await Promise.all([
      meet('Ann', { media: RED, settings }),
      meet('Ben', { media: BLUE, settings }),
    ]);
    await tabTo(ann, 'Video call with Ben');
    await ann.page.keyboard.press('Enter');
    await expect(ben.page.getByText('Ann is calling with video')).toBeVisible();
    await tabTo(ben, 'Accept with video');
    await ben.page.keyboard.press('Enter');
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

    await ann.page.keyboard.press('Control+D');
    await ben.silence();
    await ann.page.keyboard.press('Control+E');
    await expect(ben.page.getByText('Ann’s camera is off')).toBeVisible();
    await tabTo(ann, 'Unmute');
    await ann.page.keyboard.press('Enter');
    await ben.hears(RED);
    await tabTo(ann, 'Hang up');
    await ann.page.keyboard.press('Enter');
    await expect(ben.page.getByText('Ann hung up.')).toBeVisible();

    await tabTo(ben, 'Call again');
    await ben.page.keyboard.press('Enter');
    await expect(ann.page.getByText('Ben is calling with video')).toBeVisible();
    await ann.page.keyboard.press('Control+Shift+A');
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    await ben.page.keyboard.press('Control+Shift+H');
    await expect(ann.page.getByText('Ben hung up.')).toBeVisible();
    await Promise.all([ann.letsGo(ben), ben.letsGo()]);
  } finally {
    await server.stop();
  }
});
