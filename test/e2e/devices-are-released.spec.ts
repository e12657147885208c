import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BLUE, RED } from '../support/known-media';
import { expect, isManaged, RELEASE_MS, test, type Meet, type Person } from '../support/people';

declare global {
  interface Window {
    /** Hands the app what it asked for; see `delayDevices`. */
    parleyTestHandOver?: () => void;
  }
}

async function talk(meet: Meet): Promise<{ ann: Person; ben: Person }> {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await expectOpen(ann, ben);
  return { ann, ben };
}

async function expectOpen(...people: Person[]): Promise<void> {
  for (const person of people) await expect.poll(() => person.liveTracks()).toEqual(['audio', 'video']);
}

/** From now on the devices open, but the page is told only when the test says so: a dialog of the OS that stays. */
function delayDevices(person: Person): Promise<void> {
  return person.page.evaluate(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      await new Promise<void>((resolve) => (window.parleyTestHandOver = resolve));
      return stream;
    };
  });
}

function handOverDevices(person: Person): Promise<void> {
  return person.page.evaluate(() => window.parleyTestHandOver?.());
}

/** Nothing tells that something will not begin: looks for a second, ten times. */
async function staysWithoutServer(person: Person): Promise<void> {
  let quiet = 0;
  await expect
    .poll(async () => (quiet = (await person.roomServerPid()) === null ? quiet + 1 : 0), {
      message: 'no room server runs, nor starts',
      intervals: [100],
    })
    .toBeGreaterThanOrEqual(10);
}

for (const way of ['hide', 'minimize'] as const) {
  test(`the preview runs only while the window is shown (${way})`, async ({ meet }) => {
    test.skip(way === 'minimize' && !isManaged, 'no window manager (openbox) is installed');
    const ann = await meet('Ann', { media: RED, settings: { preview: true } });
    const preview = ann.page.getByTestId('preview-video');
    // The page was quicker than whoever counts its tracks: once more, from the start.
    await ann.page.reload();
    await expectOpen(ann);

    await ann.putAway(way);
    await ann.letsGo();
    await expect(preview).toHaveCount(0);

    await ann.comeBack();
    await expect(preview).toBeVisible();
    await expectOpen(ann);
  });
}

test('hanging up releases the devices on both sides', async ({ meet }) => {
  const { ann, ben } = await talk(meet);
  await ann.button('Hang up').click();
  await Promise.all([ann.letsGo(), ben.letsGo(ann)]);
  await ann.button('Done').click();
  await expect(ann.button('Host a room')).toBeVisible();
  expect(await ann.liveTracks()).toEqual([]);
  await staysWithoutServer(ann);
});

test('a call that another way ended releases the devices: the other window is closed', async ({ meet }) => {
  const { ann, ben } = await talk(meet);
  await ben.app.close();
  await ann.letsGo();
});

test('leaving the room while waiting in it releases the devices', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  await ann.host();
  await expectOpen(ann);
  await ann.button('Leave room').click();
  await ann.letsGo();
  await expect.poll(() => ann.roomServerPid()).toBeNull();
});

test('giving up at the door releases the devices', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host());
  await expect(ben.page.getByText('Waiting for Ann to let you in…')).toBeVisible();
  await expectOpen(ben);
  await ben.button('Cancel').click();
  await ben.letsGo();
  await expect(ann.page.getByTestId('knock')).toHaveCount(0);
});

test('devices that open only after the person has left are released as they come', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  await delayDevices(ann);
  await ann.host();
  await expectOpen(ann);
  await ann.button('Leave room').click();
  await expect(ann.button('Host a room')).toBeVisible();
  await handOverDevices(ann);
  await ann.letsGo();
});

test('devices that open only after the call has ended are released as they come', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await delayDevices(ben);
  await ben.join(await ann.host({ letIn: true }));
  await ben.sees(RED);
  await expectOpen(ben);
  await ben.button('Hang up').click();
  await handOverDevices(ben);
  await Promise.all([ben.letsGo(), ann.letsGo(ben)]);
});

test('a page that is reloaded in a call holds no device, and the call is over for the other', async ({
  meet,
}) => {
  const { ann, ben } = await talk(meet);
  await ben.page.reload();
  await ann.letsGo();
  await expect(ann.page.getByRole('heading', { name: 'Ben hung up.' })).toBeVisible();
  await expect(ben.button('Host a room')).toBeVisible();
  expect(await ben.liveTracks()).toEqual([]);
});

for (const how of ['closes the window', 'quits', 'has a page that crashes'] as const) {
  test(`the devices of who ${how} are gone within half a second`, async ({ meet }) => {
    const { ann, ben } = await talk(meet);
    const told = join(ben.profile, 'page-gone-after-ms');
    const isOver = how === 'has a page that crashes' ? null : ben.app.waitForEvent('close');
    await ben.app.evaluate(
      ({ app, BrowserWindow }, { way, path }) => {
        const [own] = BrowserWindow.getAllWindows();
        const beganAt = performance.now();
        // A page holds its devices until its process is gone.
        const tell = (): void => {
          const { writeFileSync } = process.getBuiltinModule('node:fs');
          writeFileSync(path, String(performance.now() - beganAt));
        };
        own?.webContents.once('destroyed', tell);
        own?.webContents.once('render-process-gone', tell);
        if (way === 'closes the window') own?.close();
        else if (way === 'quits') app.quit();
        else own?.webContents.forcefullyCrashRenderer();
      },
      { way: how, path: told },
    );
    await isOver;
    await expect.poll(() => existsSync(told)).toBe(true);
    expect(Number(readFileSync(told, 'utf8'))).toBeLessThan(RELEASE_MS);
    // Who crashed said no goodbye: it takes the life signs two seconds.
    await expect(
      ann.page.getByText(how === 'has a page that crashes' ? 'Ben is gone.' : 'Ben hung up.'),
    ).toBeVisible();
    await ann.letsGo();
  });
}

test('a room that is cancelled while it opens does not open', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  await ann.button('Host a room').click();
  await expect(ann.button('Open room')).toBeVisible();
  // At once: faster than the server starts.
  await ann.page.evaluate(async () => {
    const press = async (name: string): Promise<void> => {
      const find = () =>
        [...document.querySelectorAll('button')].find((one) => one.innerText.trim() === name);
      while (!find()) await new Promise(requestAnimationFrame);
      find()?.click();
    };
    await press('Open room');
    await press('Cancel');
  });
  await expect(ann.button('Host a room')).toBeVisible();
  await ann.letsGo();
  await staysWithoutServer(ann);
  await expect(ann.button('Host a room')).toBeVisible();
  expect(await ann.liveTracks()).toEqual([]);

  // The next one opens as if nothing had been.
  await ann.host();
  await ann.button('Leave room').click();
  await ann.letsGo();
  await staysWithoutServer(ann);
});
