import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test } from '../support/people';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(async () => {
  if (server.child.exitCode === null) await server.stop();
});

test('two people meet by a server’s address and a room name, and call again', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ann.joinByAddress(server.port, 'tea & 蛋糕');
  await expect(ann.page.getByText('Waiting for the other person')).toBeVisible();
  await ben.joinByAddress(server.port, 'tea & 蛋糕');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  await ann.button('Hang up').click();
  await expect(ben.page.getByText('Ann hung up.')).toBeVisible();
  await ben.button('Call again').click();
  await ann.button('Call again').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('the call outlives its server, which sends everybody away and ends', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ann.joinByAddress(server.port, 'tea');
  await ben.joinByAddress(server.port, 'tea');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  // A drain: SIGTERM, and every socket is closed before the process ends.
  expect(await server.stop()).toBe(0);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  await ben.button('Hang up').click();
  await expect(ann.page.getByText('Ben hung up.')).toBeVisible();
});

test('where there is no path between the two, both are told as that', async ({ meet }) => {
  test.slow();
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  for (const { app } of [ann, ben]) {
    // Without any candidate it is as between two networks that do not reach each other.
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().forEach(({ webContents }) => {
        webContents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
      }),
    );
  }
  await ann.joinByAddress(server.port, 'tea');
  await ben.joinByAddress(server.port, 'tea');
  const patience = { timeout: 60_000 };
  await expect(ann.page.getByText('No way was found between you and Ben.')).toBeVisible(patience);
  await expect(ben.page.getByText('No way was found between you and Ann.')).toBeVisible(patience);
  expect([...(await ann.liveTracks()), ...(await ben.liveTracks())]).toEqual([]);
});

test('a server with a password asks for it, and lets in who knows it', async ({ meet }) => {
  const guarded = await startHeadless(ROOT, [], { PARLEY_JOIN_SECRET: 'open sesame' });
  const link = `parley://join?server=127.0.0.1:${guarded.port}&room=tea`;
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED }),
    meet('Ben', { media: BLUE, args: ['--join', link] }),
  ]);
  await ann.joinByAddress(guarded.port, 'tea');
  for (const person of [ann, ben]) {
    const field = person.page.getByLabel('Server password');
    await expect(person.page.getByText('This server asks for its password.')).toBeVisible();
    await expect(field).toBeFocused();
    await field.fill('simsim');
    await field.press('Enter');
    // Asked again, with the rest of the form as it was.
    await expect(person.page.getByText('This is not the password of this server.')).toBeVisible();
    await person.page.getByLabel('Server password').fill('open sesame');
    await person.page.keyboard.press('Enter');
  }
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await guarded.stop();
});
