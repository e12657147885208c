import { BLUE, RED } from '../support/known-media';
import { expect, isManaged, ROOT, test, type Meet, type Person } from '../support/people';
import { SessionBus } from '../support/session-bus';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(async () => {
  if (server.child.exitCode === null) await server.stop();
});

const saved = () => ({ server: { servers: [`ws://127.0.0.1:${server.port}`], namespace: 'family' } });
const says = (person: Person, text: string | RegExp) => expect(person.page.getByText(text)).toBeVisible();

/** Ann, and Ben, whose window is away. */
async function benIsAway(
  meet: Meet,
  way: 'hide' | 'minimize' = 'hide',
  env: Record<string, string> = {},
): Promise<{ ann: Person; ben: Person }> {
  const settings = saved();
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings, env }),
  ]);
  await expect(ann.button('Call Ben')).toBeVisible();
  await ben.putAway(way);
  return { ann, ben };
}

for (const way of ['hide', 'minimize'] as const) {
  test(`a ring comes up in a small window while the own one is away (${way}), and is answered there`, async ({
    meet,
  }) => {
    test.skip(way === 'minimize' && !isManaged, 'no window manager (openbox) is installed');
    const { ann, ben } = await benIsAway(meet, way);
    await ann.button('Video call with Ben').click();
    const popup = await ben.popup();
    await expect(popup.getByRole('heading', { name: 'Ann' })).toBeVisible();
    expect(await ben.isShown()).toBe(false);
    expect(await ben.liveTracks()).toEqual([]);
    await popup.getByRole('button', { name: 'Accept with video' }).click();
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    expect(await ben.isShown()).toBe(true);
    expect(popup.isClosed()).toBe(true);
  });
}

test('a video call is answered with sound only, or declined, from the small window', async ({ meet }) => {
  const { ann, ben } = await benIsAway(meet);
  await ann.button('Video call with Ben').click();
  await (await ben.popup()).getByRole('button', { name: 'Decline' }).click();
  await says(ann, 'Ben declined the call.');
  expect(await ben.isShown()).toBe(false);

  await ann.button('Call again').click();
  await (await ben.popup()).getByRole('button', { name: 'Accept, sound only' }).click();
  await Promise.all([ann.hears(BLUE), ben.sees(RED)]);
  expect(await ben.liveTracks()).toEqual(['audio']);
});

test('the small window goes when the ring does: taken back, the server gone', async ({ meet }) => {
  const { ann, ben } = await benIsAway(meet);
  const isGone = async () => {
    await expect.poll(() => ben.app.windows().length).toBe(1);
  };
  await ann.button('Call Ben').click();
  await ben.popup();
  await ann.button('Hang up').click();
  await isGone();

  await ann.button('Call again').click();
  await ben.popup();
  await server.stop();
  await isGone();
});

test('the small window goes with the page that crashed, and nobody waits for it', async ({ meet }) => {
  const { ann, ben } = await benIsAway(meet);
  await ann.button('Call Ben').click();
  const popup = await ben.popup();
  await ben.crashPage();
  await expect.poll(() => popup.isClosed()).toBe(true);
  await says(ann, 'Nobody answered.');
});

test('the small window shows nothing to who looks at the app, or does not want to be disturbed', async ({
  meet,
}) => {
  const settings = saved();
  const ann = await meet('Ann', { media: RED, settings });
  const ben = await meet('Ben', { media: BLUE, settings });
  await expect(ann.button('Call Ben')).toBeVisible();
  await ben.comeBack();
  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  expect(ben.app.windows()).toHaveLength(1);
  // Whoever looks elsewhere while it rings sees it there.
  await ben.putAway('hide');
  const popup = await ben.popup();
  await ben.comeBack();
  await expect.poll(() => popup.isClosed()).toBe(true);
  await ben.button('Decline').click();
  await ben.button('Done').click();

  await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('Do not disturb');
  await ben.putAway('hide');
  await expect(ann.page.getByRole('listitem').filter({ hasText: 'Ben' })).toContainText('Do not disturb');
  await ann.button('Call again').click();
  await says(ann, 'Ben does not want to be disturbed now.');
  expect(ben.app.windows()).toHaveLength(1);
});

test('the small window takes no keys that were meant for something else', async ({ meet }) => {
  const { ann, ben } = await benIsAway(meet);
  await ann.button('Call Ben').click();
  const popup = await ben.popup();
  await popup.keyboard.press('Enter');
  await popup.keyboard.press('Space');
  await popup.keyboard.press('Escape');
  await expect(popup.getByRole('button', { name: 'Accept' })).toBeEnabled();
  await popup.getByRole('heading', { name: 'Ann' }).click();
  await popup.keyboard.down('Enter');
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
});

test('the desktop tells who rings until it is over, and a click leads there', async ({ meet }) => {
  const reason = SessionBus.whyNot();
  test.skip(reason !== null, reason ?? '');
  const bus = await SessionBus.start();
  try {
    const env = { DBUS_SESSION_BUS_ADDRESS: bus.address };
    const { ann, ben } = await benIsAway(meet, 'hide', env);
    const shown = () => bus.notifications.map(({ title, body }) => `${title}: ${body}`);
    await ann.button('Video call with Ben').click();
    await expect.poll(shown).toEqual(['Ann: Video call']);
    await ann.button('Hang up').click();
    await expect.poll(shown).not.toContain('Ann: Video call');

    await ann.button('Call again').click();
    await expect.poll(shown).toContain('Ann: Video call');
    const [ringing] = bus.notifications.filter(({ body }) => body === 'Video call');
    if (!ringing) throw new Error('nobody rings');
    bus.click(ringing);
    await expect.poll(() => ben.isShown()).toBe(true);
    await says(ben, 'Ann is calling with video');
  } finally {
    bus.stop();
  }
});

test('a call is held by keys and from the menu, and only a call keeps the display awake', async ({
  meet,
}) => {
  const settings = saved();
  const ann = await meet('Ann', { media: RED, settings });
  const ben = await meet('Ben', { media: BLUE, settings });
  await expect(ann.button('Call Ben')).toBeVisible();
  expect(await ben.chooseFromMenu('Answer')).toBe(false);
  await ann.button('Video call with Ben').click();
  await says(ben, 'Ann is calling with video');
  expect(await ben.keepsDisplayAwake()).toBe(false);
  await ben.page.keyboard.press('Control+Shift+A');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  expect(await ben.keepsDisplayAwake()).toBe(true);

  expect(await ben.chooseFromMenu('Mute')).toBe(true);
  await expect(ben.button('Unmute')).toBeVisible();
  await ben.page.keyboard.press('Control+D');
  await expect(ben.button('Mute')).toBeVisible();
  await ben.page.keyboard.press('Escape');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await ben.page.keyboard.press('Control+Shift+H');
  await says(ann, 'Ben hung up.');
  await expect.poll(() => ben.keepsDisplayAwake()).toBe(false);

  await ann.button('Call again').click();
  await says(ben, 'Ann is calling with video');
  await ben.page.keyboard.press('Control+Shift+D');
  await says(ann, 'Ben declined the call.');
  // A page that crashes in a call leaves nothing awake either.
  await ann.button('Call again').click();
  await ben.button('Accept with video').click();
  await ben.sees(RED);
  await ben.crashPage();
  await expect.poll(() => ben.keepsDisplayAwake()).toBe(false);
});
