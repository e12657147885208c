import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { generateIdentity } from '../../main/signaling/identity';
import { knows } from '../support/acquaintances';
import { inFamily } from '../support/family';
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

const says = (person: Person, text: string | RegExp) => expect(person.page.getByText(text)).toBeVisible();

/** What the list says of somebody. */
const isShown = (to: Person, name: string, status: string) =>
  expect(to.page.getByRole('listitem').filter({ hasText: name })).toContainText(status);

/** Presses keys as on the keyboard of this display, whoever has the focus. @returns whether that is possible here */
function pressAnywhere(keys: string): boolean {
  try {
    execFileSync('xdotool', ['key', keys], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Ann, and Ben, whose window is away. */
async function benIsAway(
  meet: Meet,
  way: 'hide' | 'minimize' = 'hide',
  env: Record<string, string> = {},
): Promise<{ ann: Person; ben: Person }> {
  const settings = inFamily(server);
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
    await ben.answerPopup('Accept with video');
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    expect(await ben.isShown()).toBe(true);
    expect(popup.isClosed()).toBe(true);
  });
}

test('a video call is answered with sound only, or declined, from the small window', async ({ meet }) => {
  const { ann, ben } = await benIsAway(meet);
  await ann.button('Video call with Ben').click();
  await ben.answerPopup('Decline');
  await says(ann, 'Ben declined the call.');
  expect(await ben.isShown()).toBe(false);

  await ann.button('Call again').click();
  await ben.answerPopup('Accept, sound only');
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
  const settings = inFamily(server);
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
  // Nor from who turned to it to be left alone.
  await popup.getByRole('button', { name: 'Silence this call' }).click();
  await popup.keyboard.press('Enter');
  await expect(popup.getByRole('button', { name: 'Accept' })).toBeEnabled();
  await popup.getByRole('heading', { name: 'Ann' }).click();
  await popup.keyboard.down('Enter');
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
});

test('the desktop tells who rings until it is over, that it was missed, and a click leads there', async ({
  meet,
}) => {
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
    await expect.poll(shown).toEqual(['Ann: Missed call']);

    await ann.button('Call again').click();
    await expect.poll(shown).toContain('Ann: Video call');
    const [ringing] = bus.notifications.filter(({ body }) => body === 'Video call');
    if (!ringing) throw new Error('nobody rings');
    bus.click(ringing);
    await expect.poll(() => ben.isShown()).toBe(true);
    await says(ben, 'Ann is calling with video');

    // Whoever wants to be left alone is told of nothing.
    await ben.button('Decline').click();
    await ben.button('Done').click();
    await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('Do not disturb');
    await isShown(ann, 'Ben', 'Do not disturb');
    await ben.putAway('hide');
    await ann.button('Call again').click();
    await says(ann, 'Ben does not want to be disturbed now.');
    await says(ben, 'Ann called while you did not want to be disturbed.');
    expect(shown()).toEqual(['Ann: Missed call']);
  } finally {
    bus.stop();
  }
});

test('the desktop names people as one calls them, and warns of who only has their name', async ({ meet }) => {
  const reason = SessionBus.whyNot();
  test.skip(reason !== null, reason ?? '');
  const bus = await SessionBus.start();
  try {
    const { ann, ben } = await benIsAway(meet, 'hide', { DBUS_SESSION_BUS_ADDRESS: bus.address });
    const shown = () => bus.notifications.map(({ title, body }) => `${title}: ${body}`);
    await knows(ben, ann, { givenName: 'Mum', favourite: true });
    await ann.button('Call Ben').click();
    await expect.poll(shown).toEqual(['Mum: Voice call']);
    await ann.button('Hang up').click();
    await expect.poll(shown).toEqual(['Mum: Missed call']);

    await knows(ben, ann, { givenName: null, favourite: false });
    await ben.page.evaluate(
      (key) => window.parley.changeKnown(key, { name: 'Ann', favourite: true }),
      generateIdentity().publicKey,
    );
    await ann.button('Call again').click();
    await expect.poll(shown).toContain('Ann: Voice call · From another device than the one you know');
    await expect((await ben.popup()).getByRole('alert')).toContainText(/This is not the .*Ann.* you know/);
    await ann.button('Hang up').click();
    await expect.poll(shown).toContain('Ann: Missed call · From another device than the one you know');
  } finally {
    bus.stop();
  }
});

test('a call is held by keys and from the menu, and only a call keeps the display awake', async ({
  meet,
}) => {
  const settings = inFamily(server);
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

test('closing the window asks once, then leaves one reachable; a second launch brings it back', async ({
  meet,
}) => {
  const settings = inFamily(server);
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings }),
  ]);
  await expect(ann.button('Call Ben')).toBeVisible();
  await ben.closeWindow();
  await expect(ben.page.getByRole('heading', { name: 'Keep Parley running?' })).toBeVisible();
  await ben.page.keyboard.press('Escape');
  expect(await ben.isShown()).toBe(true);
  await ben.closeWindow();
  await ben.button('Keep running').click();
  await expect.poll(() => ben.isShown()).toBe(false);
  // Still there to be called.
  await ann.button('Call Ben').click();
  await ben.popup();
  await ann.button('Hang up').click();
  expect(await ben.launchWith()).toBe(0);
  await expect.poll(() => ben.isShown()).toBe(true);
  await ben.closeWindow();
  await expect.poll(() => ben.isShown()).toBe(false);
});

test('closing the window of a call ends the call and lets go of the devices, and one can be called again', async ({
  meet,
}) => {
  const settings = { ...inFamily(server), closeToTray: true };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings }),
  ]);
  await ann.button('Video call with Ben').click();
  await ben.button('Accept with video').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await ben.closeWindow();
  await ben.letsGo();
  await says(ann, 'Ben hung up.');
  expect(await ben.isShown()).toBe(false);
  await ann.button('Call again').click();
  await ben.answerPopup('Accept with video');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

for (const how of ['whom nobody can reach', 'who chose so'] as const) {
  test(`closing the window quits the app of one ${how}`, async ({ meet }) => {
    const settings = how === 'who chose so' ? { ...inFamily(server), closeToTray: false } : {};
    const ben = await meet('Ben', { settings });
    await expect(ben.button('Host a room')).toBeVisible();
    const closed = ben.app.waitForEvent('close');
    await ben.closeWindow();
    await closed;
  });
}

test('--hidden starts without a window and without a camera, and a ring still comes up', async ({ meet }) => {
  const settings = { ...inFamily(server), preview: true };
  const ann = await meet('Ann', { media: RED, settings: inFamily(server) });
  const ben = await meet('Ben', { media: BLUE, settings, args: ['--hidden'] });
  await expect(ann.button('Call Ben')).toBeVisible();
  expect(await ben.isShown()).toBe(false);
  expect(await ben.liveTracks()).toEqual([]);
  await ann.button('Video call with Ben').click();
  await ben.answerPopup('Accept with video');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  expect(await ben.isShown()).toBe(true);
});

test('--hidden hides also a window that filled the screen, which it does again once it is shown', async ({
  meet,
}) => {
  const place = JSON.stringify({ x: 40, y: 40, width: 960, height: 640, maximized: true });
  const ben = await meet('Ben', {
    media: BLUE,
    settings: { ...inFamily(server), preview: true, closeToTray: true },
    files: { 'window.json': place },
    args: ['--hidden'],
  });
  await expect(ben.button('Host a room')).toBeVisible();
  expect(await ben.isShown()).toBe(false);
  expect(await ben.liveTracks()).toEqual([]);
  // Closed without ever having been seen, it is still to fill the screen the next time.
  const file = join(ben.profile, 'window.json');
  await ben.closeWindow();
  await expect.poll(() => readFileSync(file, 'utf8')).not.toBe(place);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ maximized: true });

  expect(await ben.launchWith()).toBe(0);
  await expect.poll(() => ben.isShown()).toBe(true);
  test.skip(!isManaged, 'no window manager (openbox) is installed');
  const window = await ben.app.browserWindow(ben.page);
  await expect.poll(() => window.evaluate((own: BrowserWindow) => own.isMaximized())).toBe(true);
});

test('--hidden hides nobody whom no one can reach', async ({ meet }) => {
  const ben = await meet('Ben', { args: ['--hidden'] });
  await expect.poll(() => ben.isShown()).toBe(true);
});

test('the app starts at login where one wants it to, hidden, and no longer where one does not', async ({
  meet,
}) => {
  test.skip(process.platform !== 'linux', 'elsewhere it is the system that keeps it');
  const config = mkdtempSync(join(tmpdir(), 'parley-config-'));
  try {
    const ben = await meet('Ben', { env: { XDG_CONFIG_HOME: config } });
    const file = join(config, 'autostart/parley.desktop');
    const atLogin = ben.page.getByRole('switch', { name: 'Start when I log in' });
    await ben.button(/^Settings/).click();
    await atLogin.check();
    await expect.poll(() => existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(/^Exec=\S+ .* --hidden$/m);
    await atLogin.uncheck();
    await expect.poll(() => existsSync(file)).toBe(false);
  } finally {
    rmSync(config, { recursive: true });
  }
});

test('a key mutes while another app has the focus, during a call only', async ({ meet }) => {
  const settings = { ...inFamily(server), globalMute: 'CommandOrControl+Alt+M' as const };
  const ann = await meet('Ann', { media: RED, settings: inFamily(server) });
  const ben = await meet('Ben', { media: BLUE, settings });
  const isHeld = () =>
    ben.app.evaluate(({ globalShortcut }) => globalShortcut.isRegistered('CommandOrControl+Alt+M'));
  await ann.button('Call Ben').click();
  await ben.button('Accept').click();
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  await expect.poll(isHeld).toBe(true);
  await ann.comeBack();
  test.skip(!pressAnywhere('ctrl+alt+m'), 'nothing here presses keys (xdotool)');
  await expect(ben.button('Unmute')).toBeVisible();
  await expect(ben.page).toHaveTitle('Ann (you are muted) – Parley');
  await ann.silence();
  pressAnywhere('ctrl+alt+m');
  await ann.hears(BLUE);
  await ben.button('Hang up').click();
  await expect.poll(isHeld).toBe(false);
});

test('a key that another app has taken is said not to mute, in the call and where it is chosen', async ({
  meet,
}) => {
  const key = 'CommandOrControl+Alt+M';
  const ann = await meet('Ann', { media: RED, settings: inFamily(server) });
  const ben = await meet('Ben', { media: BLUE, settings: { ...inFamily(server), globalMute: key } });
  const isTaken = await ann.app.evaluate(
    ({ globalShortcut }, wanted) => globalShortcut.register(wanted, () => undefined),
    key,
  );
  test.skip(!isTaken, 'the system gives no such key to anybody');
  const isRefused = await ben.app.evaluate(
    ({ globalShortcut }, wanted) => !globalShortcut.register(wanted, () => undefined),
    key,
  );
  test.skip(!isRefused, 'the system gives one key to several apps');
  await ann.button('Call Ben').click();
  await ben.button('Accept').click();
  await says(ben, 'Another app uses the shortcut that mutes.');
  await ben.button('Hang up').click();
  await ben.button('Done').click();
  await ben.page.keyboard.press('Control+,');
  await expect(ben.page.getByRole('dialog')).toContainText('Another app uses the shortcut that mutes.');
});

test('the tray shows how one is, and leads to the call', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, settings: inFamily(server) });
  const ben = await meet('Ben', { media: BLUE, settings: inFamily(server) });
  await expect(ann.button('Call Ben')).toBeVisible();
  await ben.watchTray();
  await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('Do not disturb');
  await expect.poll(() => ben.trayTip()).toBe('Parley · Do Not Disturb');
  await ben.chooseFromTray('Available');
  await isShown(ann, 'Ben', 'Available');
  await ben.putAway('hide');
  await ann.button('Call Ben').click();
  await expect.poll(() => ben.trayTip()).toBe('Parley · Ann is calling');
  await ben.chooseFromTray('Answer');
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  expect(await ben.isShown()).toBe(true);
  await ben.chooseFromTray('Mute');
  await expect.poll(() => ben.trayTip()).toBe('Parley · In a call with Ann · Muted');
  await ann.silence();
  await ben.chooseFromTray('Hang Up');
  await says(ann, 'Ben hung up.');
  await ben.putAway('hide');
  await ben.chooseFromTray('Open Parley');
  await expect.poll(() => ben.isShown()).toBe(true);
  const closed = ben.app.waitForEvent('close');
  await ben.chooseFromTray('Quit Parley').catch(() => undefined);
  await closed;
});
