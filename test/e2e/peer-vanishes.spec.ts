import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Meet, type Person } from '../support/people';
import { signalTree } from '../support/process-tree';
import { readSafetyCode } from '../support/read-safety-code';
import { startHeadless } from '../support/signaling-servers';

async function talk(meet: Meet): Promise<{ ann: Person; ben: Person; link: string }> {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host({ letIn: true });
  await ben.join(link);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  return { ann, ben, link };
}

test('an app that is killed is said to be gone, can be hung up on, and comes back for another call', async ({
  meet,
}) => {
  const { ann, ben } = await talk(meet);
  signalTree(ben.pid, 'SIGKILL');
  await expect(ann.page.getByText('Ben’s connection is gone. Trying to reach them…')).toBeVisible();
  // The controls stay.
  await ann.button('Hang up').click();
  await expect(ann.page.getByText('You hung up.')).toBeVisible();
  expect(await ann.liveTracks()).toEqual([]);

  await ann.button('Call again').click();
  const again = await meet('Ben', { media: BLUE, profile: ben.profile });
  await again.button('Join').click();
  await Promise.all([ann.sees(BLUE), again.sees(RED)]);
});

test('an app that is killed and started again offers the way back, into the same call', async ({ meet }) => {
  const { ann, ben } = await talk(meet);
  signalTree(ben.pid, 'SIGKILL');
  await expect(ann.page.getByText('Ben’s connection is gone. Trying to reach them…')).toBeVisible();
  const again = await meet('Ben', { media: BLUE, profile: ben.profile });
  await expect(again.page.getByRole('heading', { name: 'Go back to your room?' })).toBeVisible();
  expect(await again.liveTracks()).toEqual([]);
  await again.button('Join').click();
  await Promise.all([ann.sees(BLUE), again.sees(RED)]);
});

test('an app that is killed in a call that was rung comes back into it, proved, with a safety code of its own', async ({
  meet,
}) => {
  const server = await startHeadless(ROOT);
  const settings = { server: { servers: [`ws://127.0.0.1:${server.port}`], namespace: 'family' } };
  try {
    const [ann, ben] = await Promise.all([
      meet('Ann', { media: RED, settings }),
      meet('Ben', { media: BLUE, settings }),
    ]);
    await ann.button('Video call with Ben').click();
    await ben.button('Accept with video').click();
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    const before = await readSafetyCode(ann);

    signalTree(ben.pid, 'SIGKILL');
    await expect(ann.page.getByText('Ben’s connection is gone. Trying to reach them…')).toBeVisible();
    const again = await meet('Ben', { media: BLUE, profile: ben.profile });
    await expect(again.page.getByRole('heading', { name: 'Go back to your call with Ann?' })).toBeVisible();
    expect(await again.liveTracks()).toEqual([]);
    await again.button('Go back').click();
    // Nobody has to answer.
    await Promise.all([ann.sees(BLUE), again.sees(RED)]);
    await Promise.all([ann.hears(BLUE), again.hears(RED)]);
    const after = await readSafetyCode(again);
    expect(await readSafetyCode(ann)).toEqual(after);
    expect(after).not.toEqual(before);

    // Where the other has hung up meanwhile, it rings.
    signalTree(again.pid, 'SIGKILL');
    await ann.button('Hang up').click();
    const third = await meet('Ben', { media: BLUE, profile: ben.profile });
    await third.button('Go back').click();
    await ann.button('Accept with video').click();
    await Promise.all([ann.sees(BLUE), third.sees(RED)]);
  } finally {
    await server.stop();
  }
});

test('who does not come back within the grace is said not to have, and can still come back', async ({
  meet,
}) => {
  const server = await startHeadless(ROOT, ['--grace-ms', '6000']);
  try {
    const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
    const link = `parley://join?server=127.0.0.1:${String(server.port)}&room=tea`;
    await ann.join(link);
    await expect(ann.page.getByText('Waiting for the other person')).toBeVisible();
    await ben.join(link);
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

    signalTree(ben.pid, 'SIGKILL');
    await expect(ann.page.getByText('Ben’s connection is gone. Trying to reach them…')).toBeVisible();
    await expect(ann.page.getByText('Ben has not come back. You can wait or hang up.')).toBeVisible();
    await expect(ann.page.getByText('Ben’s connection is gone. Trying to reach them…')).toBeHidden();
    await expect(ann.button('Hang up')).toBeVisible();

    const again = await meet('Ben', { media: BLUE, profile: ben.profile });
    await again.button('Join').click();
    await Promise.all([ann.sees(BLUE), again.sees(RED)]);
  } finally {
    await server.stop();
  }
});

test('a call survives that one side freezes and thaws within the grace', async ({ meet }) => {
  const { ann, ben } = await talk(meet);
  signalTree(ben.pid, 'SIGSTOP');
  await expect(ann.page.getByText('Ben’s connection is gone. Trying to reach them…')).toBeVisible();
  signalTree(ben.pid, 'SIGCONT');
  await expect(ann.page.getByText('Ben’s connection is gone. Trying to reach them…')).toBeHidden();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
});

test('closing the window ends the call for the other at once', async ({ meet }) => {
  const { ann, ben } = await talk(meet);
  await ben.app.close();
  await expect(ann.page.getByRole('heading', { name: 'Ben hung up.' })).toBeVisible();
  await expect(ann.button('Call again')).toBeVisible();
  expect(await ann.liveTracks()).toEqual([]);
});

test('a page that crashes gives its seat up and starts afresh', async ({ meet }) => {
  const { ann, ben } = await talk(meet);
  await ben.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().forEach((window) => window.webContents.forcefullyCrashRenderer()),
  );
  await expect(ann.button('Call again')).toBeVisible();
  await expect
    .poll(() =>
      ben.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map(
          (window) => window.webContents.isCrashed() || window.webContents.isLoading(),
        ),
      ),
    )
    .toEqual([false]);
});
