import { family, inFamily } from '../support/family';
import { BLUE, RED } from '../support/known-media';
import { FIRST_NOTES, listen, notesOf } from '../support/notes';
import { expect, ROOT, test, type Person } from '../support/people';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(async () => {
  if (server.child.exitCode === null && server.child.signalCode === null) await server.stop();
});

/** What the list says of somebody. */
const isShown = (to: Person, name: string, status: string) =>
  expect(to.page.getByRole('listitem').filter({ hasText: name })).toContainText(status);
const appears = (person: Person, status: string) =>
  person.page.getByRole('combobox', { name: 'Your status' }).selectOption(status);
const says = (person: Person, text: string | RegExp) => expect(person.page.getByText(text)).toBeVisible();

test('one sees who is there, rings with video, and both see and hear each other', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  const ben = await meet('Ben', { media: BLUE, settings: inFamily(server) });
  // Ann adds the server where a person would.
  await ann.button('Choose a server').click();
  await ann.page.getByRole('textbox', { name: 'Address' }).fill(`127.0.0.1:${String(server.port)}`);
  await ann.page.getByRole('textbox', { name: 'Group' }).fill('family');
  await ann.button('Connect').click();
  await ann.button('Video call with Ben').click();
  await says(ann, 'Ringing Ben…');
  await says(ben, 'Ann is calling with video');
  expect(await ben.liveTracks()).toEqual([]);
  await ben.button('Accept with video').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);

  await ben.button('Hang up').click();
  await says(ann, 'Ben hung up.');
  await Promise.all([ann.letsGo(ben), ben.letsGo()]);
  // Again, by voice only and the other way round; nobody needs a link.
  await ann.button('Done').click();
  await ben.button('Done').click();
  await ben.button('Call Ann').click();
  await ann.button('Accept').click();
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  expect([...(await ann.liveTracks()), ...(await ben.liveTracks())]).toEqual(['audio', 'audio']);
});

test('a video call can be answered with sound only', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await ann.button('Video call with Ben').click();
  await ben.button('Accept, sound only').click();
  await ben.sees(RED);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  expect(await ben.liveTracks()).toEqual(['audio']);
});

test('a ring can be declined, and taken back; both are told the same', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await ann.button('Call Ben').click();
  await ben.button('Decline').click();
  await Promise.all([says(ann, 'Ben declined the call.'), says(ben, 'You declined Ann’s call.')]);

  await ann.button('Call again').click();
  await says(ben, 'Ann is calling');
  await ann.button('Hang up').click();
  await Promise.all([says(ann, 'You ended the call.'), says(ben, 'Ann hung up before you talked.')]);
  expect([...(await ann.liveTracks()), ...(await ben.liveTracks())]).toEqual([]);
});

test('a third hears that one is busy, the call goes on, and one learns who called', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  const cy = await meet('Cy', { media: RED, settings: inFamily(server) });
  await ann.button('Video call with Ben').click();
  await ben.button('Accept with video').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await isShown(cy, 'Ben', 'In a call');
  await cy.button('Call Ben').click();
  await says(cy, 'Ben is busy.');
  await says(ben, 'Cy called while you were busy.');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('who does not want to be disturbed is not rung', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await appears(ben, 'Do not disturb');
  await isShown(ann, 'Ben', 'Do not disturb');
  await ann.button('Call Ben').click();
  await says(ann, 'Ben does not want to be disturbed now.');
  await says(ben, 'Ann called while you did not want to be disturbed.');
});

test('a ring ends for both when one of them is gone', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  process.kill(ann.pid, 'SIGKILL');
  await says(ben, 'Ann cannot be reached any more.');
  await ben.button('Done').click();

  const again = await meet('Ann', { media: RED, settings: inFamily(server) });
  await again.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  process.kill(ben.pid, 'SIGKILL');
  await says(again, 'Ben cannot be reached any more.');
});

test('a ring ends for both when one of them becomes invisible', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  await appears(ben, 'Invisible');
  await says(ann, 'Ben declined the call.');
  await says(ben, 'You declined Ann’s call.');
  await appears(ben, 'Available');
  await isShown(ann, 'Ben', 'Available');

  await ann.button('Call again').click();
  await says(ben, 'Ann is calling');
  await appears(ann, 'Invisible');
  await says(ben, 'Ann hung up before you talked.');
  expect(await ann.liveTracks()).toEqual([]);
});

/** Listens to the rings of somebody whose time stands still. @returns how many tones of them were heard so far */
async function listenToRings(person: Person): Promise<() => Promise<number>> {
  await person.page.clock.install();
  await listen(person);
  return async () => (await notesOf(person)).filter((hertz) => hertz === FIRST_NOTES.ring).length;
}

for (const [what, choose] of [
  ['to be disturbed', (ben: Person) => appears(ben, 'Do not disturb')],
  [
    'to hear of them',
    async (ben: Person) => {
      await ben.button(/^Ann/).click();
      await ben.button('Block').click();
      await ben.page.keyboard.press('Escape');
    },
  ],
] as const)
  test(`a ring is not heard any more by who no longer wants ${what}`, async ({ meet }) => {
    const [ann, ben] = await family(meet, server);
    const rings = await listenToRings(ben);
    await ann.button('Call Ben').click();
    await expect.poll(rings).toBe(1);
    await choose(ben);
    await ben.page.clock.fastForward(10_000);
    await says(ben, 'Ann is calling');
    expect(await rings()).toBe(1);
    await says(ann, 'Ringing Ben…');
    await ben.button('Accept').click();
    await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  });

for (const way of ['is stopped', 'is killed'] as const)
  test(`a ring ends for both when the server ${way}`, async ({ meet }) => {
    const [ann, ben] = await family(meet, server);
    await ann.button('Call Ben').click();
    await says(ben, 'Ann is calling');
    if (way === 'is stopped') await server.stop();
    else server.child.kill('SIGKILL');
    await Promise.all([
      says(ann, 'Ben cannot be reached any more.'),
      says(ben, 'Ann cannot be reached any more.'),
    ]);
  });

test('who rings and is not answered hears that nobody did, as the other does', async ({ meet }) => {
  test.slow();
  const [ann, ben] = await family(meet, server);
  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  const patience = { timeout: 60_000 };
  await expect(ann.page.getByText('Nobody answered.')).toBeVisible(patience);
  await says(ben, 'Nobody answered.');
  expect(await ann.liveTracks()).toEqual([]);
});

test('a ring that is silenced is seen and not heard, and who rings notices nothing', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  const rings = await listenToRings(ben);
  await ann.button('Call Ben').click();
  await expect.poll(rings).toBe(1);
  await ben.button('Silence this call').click();
  await expect(ben.button('Rings silently')).toBeDisabled();
  await ben.page.clock.fastForward(10_000);
  await says(ann, 'Ringing Ben…');
  await says(ben, 'Ann is calling');
  await ann.button('Hang up').click();
  for (const person of [ann, ben]) await person.button('Done').click();

  // The next one is heard again, and again; so is nothing that was still to come of the first.
  await ann.button('Call Ben').click();
  await expect.poll(rings).toBe(2);
  await ben.page.clock.fastForward(3000);
  await expect.poll(rings).toBe(3);
  await ben.button('Decline').click();
  await says(ann, 'Ben declined the call.');
  expect(await rings()).toBe(3);
});
