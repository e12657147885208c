import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';
import { startHeadless } from '../support/signaling-servers';

test('a link opened cold asks where to go before anything is connected or opened', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  const link = await ann.host();
  const ben = await meet('Ben', { media: BLUE, args: [link] });
  await expect(ben.page.getByRole('heading', { name: 'Join this room?' })).toBeVisible();
  await expect(ben.page.getByText(new URL(link).searchParams.get('room') ?? '')).toBeVisible();
  await expect(ann.page.getByTestId('knock')).toHaveCount(0);
  expect(await ben.liveTracks()).toEqual([]);

  await ben.button('Join').click();
  await ann.letIn('Ben');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('a link opened cold opens no camera before one agrees, and none for who then wants a voice call', async ({
  meet,
}) => {
  const ann = await meet('Ann', { media: RED });
  const link = await ann.host({ letIn: true });
  const ben = await meet('Ben', {
    media: BLUE,
    args: [link],
    settings: { preview: true },
  });
  const opened = (): Promise<string[]> =>
    ben.page.evaluate(() => (window.parleyTestTracks ?? []).map(({ kind }) => kind));
  await expect(ben.page.getByRole('heading', { name: 'Join this room?' })).toBeVisible();
  expect(await opened()).toEqual([]);
  await ben.page.getByRole('switch', { name: 'Voice only' }).click();
  expect(await opened()).toEqual([]);
  await ben.button('Join').click();
  await Promise.all([ann.hears(BLUE), ben.sees(RED)]);
  expect(await opened()).toEqual(['audio']);
});

test('a link opened after a call asks with the choices as they are set, not as they were in that call', async ({
  meet,
}) => {
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED }),
    meet('Ben', { media: BLUE, settings: { voiceOnly: true } }),
  ]);
  const link = await ann.host({ letIn: true });
  await ben.join(link);
  await ann.hears(BLUE);
  await ben.button('Turn on camera').click();
  await ann.sees(BLUE);
  await ann.button('Hang up').click();
  await expect(ben.page.getByText('Ann hung up.')).toBeVisible();
  expect(await ben.launchWith(link)).toBe(0);
  await expect(ben.page.getByRole('switch', { name: 'Voice only' })).toBeChecked();
  await ann.button('Call again').click();
  await ben.button('Join').click();
  await ann.hears(BLUE);
  expect(await ben.liveTracks()).toEqual(['audio']);

  // Who does not go there after all goes on as before.
  await ben.button('Mute').click();
  await ann.button('Hang up').click();
  await expect(ben.button('Call again')).toBeVisible();
  expect(await ben.launchWith(link)).toBe(0);
  await ben.button('Cancel').click();
  await ann.button('Call again').click();
  await ben.button('Call again').click();
  await expect(ann.page.getByLabel('Ben is muted')).toBeVisible();
});

test('a broken link opened after a call leaves the room of it open', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host({ letIn: true });
  await ben.join(link);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await ben.button('Hang up').click();
  await expect(ann.button('Call again')).toBeVisible();
  expect(await ann.launchWith('parley://join?room=tea')).toBe(0);
  await expect(ann.page.getByText('This link is not complete, or not from Parley.')).toBeVisible();
  await ann.button('Call again').click();
  await ben.button('Call again').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('a link opened warm goes to the running app, which asks first too', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host({ letIn: true });
  await ben.button('Join').click();
  await ben.page.getByRole('textbox', { name: 'Link or address' }).fill('half typed');
  expect(await ben.launchWith(link)).toBe(0);
  await expect(ben.page.getByRole('heading', { name: 'Join this room?' })).toBeVisible();
  await ben.button('Cancel').click();
  await ben.button('Join').click();
  await expect(ben.page.getByRole('textbox', { name: 'Link or address' })).toHaveValue('half typed');
  await ben.page.keyboard.press('Escape');

  expect(await ben.launchWith(link)).toBe(0);
  await ben.button('Join').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  // During a call a link disturbs nobody.
  expect(await ben.launchWith(link)).toBe(0);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

/**
 * What a second launch hands over, in the moment the page goes: no second launch could be started as fast.
 * @param going runs in the page, which it leads away
 */
const handOverWhileLoading = ({ app: ofPerson }: Person, link: string, going: string): Promise<void> =>
  ofPerson.evaluate(
    async ({ app, BrowserWindow }, given) => {
      const [own] = BrowserWindow.getAllWindows();
      const isGoing = new Promise((resolve) => own?.webContents.once('did-start-navigation', resolve));
      void own?.webContents.executeJavaScript(given.going);
      await isGoing;
      app.emit('second-instance', {}, [], '', { argv: [given.link] });
    },
    { link, going },
  );

test('a link that comes while the page is loaded anew is asked about by the new page', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host({ letIn: true });
  await handOverWhileLoading(ben, link, 'location.reload()');
  await expect(ben.page.getByRole('heading', { name: 'Join this room?' })).toBeVisible();
  await ben.button('Join').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('a link is not lost to a page that started to go away before it could take it', async ({ meet }) => {
  const server = await startHeadless(ROOT);
  const [ann, ben] = await Promise.all([meet('Ann'), meet('Ben')]);
  try {
    const link = await ann.host();
    await ben.joinByAddress(server.port, 'tea');
    await expect(ben.page.getByText('Waiting for the other person')).toBeVisible();
    // A page that starts waits until the room of before is left, here for as long as it may.
    server.child.kill('SIGSTOP');
    await handOverWhileLoading(ben, link, 'void window.parley.start(); location.reload()');
    await expect(ben.page.getByRole('heading', { name: 'Join this room?' })).toBeVisible();
  } finally {
    server.child.kill('SIGCONT');
    await server.stop();
  }
});

/** The link of somebody who is reachable, where a person finds it. */
async function linkOf(person: Person): Promise<string> {
  await person.button('Be reachable').click();
  await person.button('Add by address').click();
  const link = person.page.getByRole('textbox', { name: 'Your link' });
  await expect(link).toHaveValue(/^parley:\/\/person\?/);
  const text = await link.inputValue();
  await person.page.keyboard.press('Escape');
  return text;
}

const rowOf = (at: Person, name: string) => at.page.getByRole('listitem').filter({ hasText: name });

test('a person’s link opened cold says who and where before anything is connected', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  const link = await linkOf(ann);
  const query = new URL(link).searchParams;
  const ben = await meet('Ben', { media: BLUE, args: [link] });
  const asked = ben.page.getByRole('dialog', { name: 'Connect to this person?' });
  await expect(asked).toContainText('Someone you do not know yet');
  await expect(asked).toContainText(query.get('server') ?? '');
  const end = query.get('key')?.slice(-4) ?? '';
  await expect(asked).toContainText(end);
  // Nothing listens, nothing is dialled, nothing captured.
  expect(await ben.roomServerPid()).toBeNull();
  await expect(rowOf(ann, 'Ben')).toHaveCount(0);
  expect(await ben.liveTracks()).toEqual([]);

  await asked.getByRole('button', { name: 'Be reachable and connect' }).click();
  await expect(asked).toContainText('They are there.');
  await expect(rowOf(ann, 'Ben')).toBeVisible();
  await asked.getByRole('button', { name: 'Video call with Ann' }).click();
  await ann.button('Accept with video').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  // During a call it disturbs nobody.
  expect(await ben.launchWith(link)).toBe(0);
  await expect(
    ben.page.getByText('End this call or leave this room first, then open the link again.'),
  ).toBeVisible();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('a person’s link opened warm asks too, and names whom one knows', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann'), meet('Ben')]);
  const link = await linkOf(ann);
  const key = new URL(link).searchParams.get('key') ?? '';
  const asked = ben.page.getByRole('dialog', { name: 'Connect to this person?' });
  await ben.page.evaluate((known) => window.parley.changeKnown(known, { givenName: 'Sister' }), key);
  expect(await ben.launchWith(link)).toBe(0);
  await expect(asked).toContainText('Sister');
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await expect(asked).toHaveCount(0);
  expect(await ben.roomServerPid()).toBeNull();
  await expect(rowOf(ann, 'Ben')).toHaveCount(0);

  const elsewhere = `parley://person?server=192.0.2.7&key=MFkw${'A'.repeat(118)}`;
  expect(await ben.launchWith(elsewhere)).toBe(0);
  await expect(asked).toContainText('Someone you do not know yet');
  // Another link takes the place of what was asked.
  expect(await ben.launchWith(link)).toBe(0);
  await expect(asked).toContainText('Sister');
  await asked.getByRole('button', { name: 'Be reachable and connect' }).click();
  await expect(asked).toContainText('They are there.');
  await asked.getByRole('button', { name: 'Done' }).click();
  await expect(rowOf(ann, 'Ben')).toBeVisible();
});

test('--host and --join on the command line need no screen in between', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, args: ['--host', '--room', 'tea & cake', '--let-in'] });
  const link = await ann.roomLink();
  const ben = await meet('Ben', { media: BLUE, args: ['--join', link] });
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('a link that leads nowhere is said so, and the form is there to mend it', async ({ meet }) => {
  const ben = await meet('Ben', { args: ['parley://nonsense'] });
  await expect(ben.page.getByText('This link is not complete, or not from Parley.')).toBeVisible();
  await expect(ben.page.getByRole('textbox', { name: 'Link or address' })).toHaveValue('parley://nonsense');
});

test('a link that leads nowhere takes nothing from what was typed, and it is said which of them is wrong', async ({
  meet,
}) => {
  const ben = await meet('Ben');
  const field = ben.page.getByRole('textbox', { name: 'Link or address' });
  await ben.button('Join').click();
  await field.fill('192.168.1.5');
  await ben.page.keyboard.press('Escape');
  expect(await ben.launchWith('parley://nonsense')).toBe(0);
  await expect(ben.page.getByText('About the link you opened just now:')).toBeVisible();
  await expect(ben.page.getByText('This link is not complete, or not from Parley.')).toBeVisible();
  await expect(field).toHaveValue('192.168.1.5');
  await field.fill('192.168.1.6');
  await expect(ben.page.getByText('About the link you opened just now:')).toBeHidden();
});

test('what is wrong with a pasted text is said under the field, and nothing typed is lost', async ({
  meet,
}) => {
  const ben = await meet('Ben');
  await ben.button('Join').click();
  const field = ben.page.getByRole('textbox', { name: 'Link or address' });
  await field.fill('two words');
  await expect(ben.page.getByText('This is not an address Parley can connect to.')).toBeVisible();
  await field.fill('x'.repeat(1_000_000));
  await expect(ben.page.getByText('This is too long.')).toBeVisible();
  await field.fill('127.0.0.1:9');
  await ben.page.getByRole('textbox', { name: 'Room name' }).fill('tea');
  await ben.button('Join room').click();
  await expect(ben.page.getByText('There is no answer at this address.')).toBeVisible();
  await expect(field).toHaveValue('127.0.0.1:9');
  await expect(ben.page.getByRole('textbox', { name: 'Room name' })).toHaveValue('tea');
});

test('a room that nobody opened, and a server that is not Parley, are each told as that', async ({
  meet,
}) => {
  const [ann, ben] = await Promise.all([meet('Ann'), meet('Ben')]);
  const link = await ann.host();
  await ben.join(link.replace(/room=.*/, 'room=elsewhere'));
  await expect(ben.page.getByText('This room is not open.')).toBeVisible();

  const { createServer } = await import('node:http');
  const other = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await ben.page
    .getByRole('textbox', { name: 'Link or address' })
    .fill(`parley://join?server=127.0.0.1:${String(port)}&room=a`);
  await ben.button('Join room').click();
  await expect(ben.page.getByText('Something answers at this address, but it is not Parley.')).toBeVisible();
  other.closeAllConnections();
  other.close();
});

test('two hosts on one machine take different ports, and a port that was asked for is taken', async ({
  meet,
}) => {
  const [ann, ben] = await Promise.all([meet('Ann'), meet('Ben', { args: ['--port', '19300'] })]);
  const ports = [await ann.host(), await ben.host()].map((link) => new URL(link).searchParams.get('server'));
  expect(ports[0]).not.toBe(ports[1]);
  expect(ports[1]).toMatch(/:19300$/);
});

test('a port that was asked for and is taken is said so, and no other is used', async ({ meet }) => {
  const ann = await meet('Ann', { args: ['--port', '19301'] });
  await ann.host();
  const ben = await meet('Ben', { args: ['--port', '19301'] });
  await ben.button('Host a room').click();
  await ben.button('Open room').click();
  await expect(ben.page.getByText('Another program uses the port Parley needs.')).toBeVisible();
});

test('a profile that cannot be written to still calls, and says what that means', async ({ meet }, info) => {
  const profile = info.outputPath('profile');
  mkdirSync(join(profile, 'device-key.json.new'), { recursive: true });
  writeFileSync(join(profile, 'settings.json'), JSON.stringify({ name: 'Ben', welcomed: true }));
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE, profile })]);
  await expect(ben.page.getByText('Parley cannot write to its folder.')).toBeVisible();
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('the first start asks for a name once, and the name is there ever after', async ({ meet }) => {
  const ann = await meet('Ann', { firstStart: true, args: ['--lang', 'en'] });
  await expect(ann.page.getByRole('heading', { name: 'Welcome to Parley' })).toBeVisible();
  await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Ann');
  await ann.button('Continue').click();
  await expect(ann.button('Host a room')).toBeVisible();
  await ann.app.close();

  const again = await meet('Ann', { profile: ann.profile, args: ['--lang', 'en'] });
  await expect(again.button('Host a room')).toBeVisible();
  await expect(again.page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Ann');
});

test('corrupt settings cost nothing but the last change, and are said', async ({ meet }) => {
  const ann = await meet('Ann');
  await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Anna');
  await ann.page.getByRole('textbox', { name: 'Your name' }).blur();
  await expect.poll(() => readFileSync(join(ann.profile, 'settings.json'), 'utf8')).toContain('Anna');
  await ann.app.close();
  writeFileSync(join(ann.profile, 'settings.json'), '{"name":');
  const again = await meet('Ann', { profile: ann.profile });
  await expect(again.page.getByText('Your settings could not be read')).toBeVisible();
  await expect(again.page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Ann');
});

test('a key that cannot be read is kept aside, and one is told what that means', async ({ meet }) => {
  const ann = await meet('Ann');
  await expect(ann.button('Host a room')).toBeVisible();
  await ann.app.close();
  const key = join(ann.profile, 'device-key.json');
  for (const path of [key, `${key}.bak`]) writeFileSync(path, '{"privateKey":');
  const again = await meet('Ann', { profile: ann.profile });
  await expect(again.page.getByText('Compare safety codes with them again.')).toBeVisible();
  expect(readFileSync(`${key}.broken`, 'utf8')).toBe('{"privateKey":');
});

test('the app speaks Chinese where it is asked to', async ({ meet }) => {
  const [ann, ben] = await Promise.all([
    meet('安', { media: RED, args: ['--lang', 'zh', '--host'] }),
    meet('Ben', { media: BLUE }),
  ]);
  await ben.join(await ann.roomLink());
  await ann.button('让对方进来').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await ben.button('Hang up').click();
  await expect(ann.page.getByText('已挂断')).toBeVisible();
  await expect(ann.page.locator('html')).toHaveAttribute('lang', /^zh/);
});
