import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CallRecord } from '../../preload/bridge';
import { family, inFamily } from '../support/family';
import { expectSameCall, historyOf } from '../support/histories';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';
import { remembered } from '../support/remembered';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(async () => {
  if (server.child.exitCode === null) await server.stop();
});

const says = (person: Person, text: string | RegExp) =>
  expect(person.page.getByText(text).first()).toBeVisible();
const row = ({ page }: Person, text: string | RegExp) => page.getByRole('listitem').filter({ hasText: text });
const tab = ({ page }: Person, name: 'People' | 'Recent') =>
  page.getByRole('tab', { name: new RegExp(`^${name}`) });
const bothDone = async (...people: Person[]): Promise<void> => {
  for (const person of people) await person.button('Done').click();
};
const setStatus = ({ page }: Person, status: string) =>
  page.getByRole('combobox', { name: 'Your status' }).selectOption(status);

test('both sides remember the same of every call, however it ended, and one calls back', async ({ meet }) => {
  test.slow();
  const [ann, ben] = await family(meet, server);
  const ends: CallRecord['reason'][] = [];
  const remembered = async (): Promise<void> => {
    ends.unshift(await expectSameCall(ann, ben, ends.length + 1));
  };

  await ann.button('Video call with Ben').click();
  await ben.button('Accept with video').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await ann.button('Hang up').click();
  await remembered();
  await bothDone(ann, ben);

  await ann.button('Video call with Ben').click();
  await ben.button('Accept, sound only').click();
  await ann.hears(BLUE);
  await ben.button('Hang up').click();
  await remembered();
  await bothDone(ann, ben);

  await ann.button('Call Ben').click();
  await ben.button('Decline').click();
  await remembered();
  await bothDone(ann, ben);

  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  await ann.button('Hang up').click();
  await remembered();
  await bothDone(ann, ben);

  await setStatus(ben, 'Do not disturb');
  await expect(row(ann, 'Ben')).toContainText('Do not disturb');
  await ann.button('Call Ben').click();
  await remembered();
  await bothDone(ann);
  await setStatus(ben, 'Available');

  // Ben waits in a room of his own.
  await ben.host();
  await ann.button('Call Ben').click();
  await remembered();
  await bothDone(ann);
  await ben.button('Leave room').click();

  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  await server.stop();
  await says(ann, 'Ben cannot be reached any more.');
  await remembered();
  await bothDone(ann, ben);

  expect(ends).toEqual([
    'unreachable',
    'busy',
    'do-not-disturb',
    'cancelled',
    'declined',
    'hung-up',
    'hung-up',
  ]);

  // What was missed is marked until one has looked.
  await expect(tab(ben, 'Recent').getByRole('img', { name: '4 missed calls' })).toBeVisible();
  await tab(ben, 'Recent').click();
  await expect(ben.page.getByRole('listitem')).toHaveCount(7);
  await expect(row(ben, 'Missed').filter({ hasText: 'New' })).toHaveCount(4);
  await expect(ben.page.getByRole('img', { name: /missed call/ })).toHaveCount(0);
  await expect.poll(() => historyOf(ben).every(({ seen }) => seen)).toBe(true);
  await expect(ben.button('Ann cannot be reached now').first()).toBeDisabled();

  // What is deleted can be brought back.
  await row(ben, 'Incoming').first().getByRole('button').first().click();
  await says(ben, 'You declined Ann’s call.');
  await ben.button('Delete').click();
  await expect(ben.page.getByRole('listitem')).toHaveCount(6);
  await ben.button('Undo').click();
  await expect(ben.page.getByRole('listitem')).toHaveCount(7);
  await ben.button('Delete all').click();
  await says(ben, '7 calls deleted');
  await expect(ben.page.getByRole('listitem')).toHaveCount(0);
  await ben.button('Undo').click();
  await expect(ben.page.getByRole('listitem')).toHaveCount(7);

  server = await startHeadless(ROOT, ['--port', String(server.port)]);
  await ben.button('Call Ann back').first().click();
  await ann.button('Accept').or(ann.button('Accept with video')).click();
  await ann.hears(BLUE);
});

test('a favourite has a name of one’s own, comes first, and is still there at the next start', async ({
  meet,
}) => {
  const [ann, ben] = await family(meet, server);
  const cy = await meet('Cy', { settings: inFamily(server) });
  await ann.button(/^Ben/).click();
  const panel = ann.page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Add to favourites' }).click();
  await panel.getByRole('textbox', { name: 'Your name for them' }).fill('Benjamin');
  await panel.getByRole('textbox').press('Enter');
  await expect(ann.page.getByRole('dialog', { name: 'Benjamin' })).toContainText('They call themselves Ben.');
  await ann.page.keyboard.press('Escape');
  await expect(ann.page.getByRole('region', { name: 'Favourites' })).toContainText('Benjamin');
  await expect(ann.button('Call Benjamin')).toBeVisible();

  // Somebody else who calls himself the same is told apart before anything connects.
  const other = await meet('BEN', { settings: inFamily(server) });
  await other.button('Call Ann').click();
  await expect(ann.page.getByRole('alert')).toHaveText(/This is not the .*Benjamin.* you know/);
  await ann.button('Decline').click();
  await ann.button('Done').click();

  // A search finds by either name, and by what is left of it.
  await ann.page.keyboard.press('Control+f');
  await expect(ann.page.getByRole('searchbox', { name: 'Search' })).toBeFocused();
  await ann.page.keyboard.type('benj');
  await expect(ann.page.getByRole('listitem')).toHaveCount(1);
  await ann.page.keyboard.press('ArrowDown');
  await expect(ann.button(/^Benjamin/)).toBeFocused();
  await ann.page.keyboard.press('ArrowUp');
  await ann.page.keyboard.type('amina');
  await says(ann, 'Nobody by that name.');
  await ann.page.keyboard.press('Escape');
  await expect(ann.page.getByRole('searchbox', { name: 'Search' })).toHaveValue('');
  await expect(ann.button('Call Cy')).toBeVisible();

  // At the next start the favourite is there also when Ben is not.
  await ann.app.close();
  await ben.app.close();
  const again = await meet('Ann', { profile: ann.profile });
  await expect(row(again, 'Benjamin')).toContainText('Not here now');
  await again.button(/^Benjamin/).click();
  await again.button('Remove from favourites').click();
  await again.page.keyboard.press('Escape');
  await expect(again.page.getByRole('region', { name: 'Favourites' })).toHaveCount(0);

  // Who is blocked is not shown, not heard and not remembered, and hears it ring.
  await again.button(/^Cy/).click();
  await again.button('Block').click();
  await again.page.keyboard.press('Escape');
  await expect(again.button('Call Cy')).toHaveCount(0);
  const before = historyOf(again).length;
  await cy.button('Call Ann').click();
  await says(cy, 'Ringing Ann…');
  await cy.button('Hang up').click();
  await cy.button('Done').click();
  await again.page.keyboard.press('Control+,');
  await again.button('Unblock Cy').click();
  await again.page.keyboard.press('Escape');
  await expect(again.button('Call Cy')).toBeVisible();
  expect(historyOf(again)).toHaveLength(before);
  await cy.button('Call Ann').click();
  await says(again, 'Cy is calling');
});

test('who compared the code stays verified, and may be answered by the app itself', async ({ meet }) => {
  test.slow();
  const [ann, ben] = await family(meet, server);
  await ann.button('Call Ben').click();
  await ben.button('Accept').click();
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  await ben.page.mouse.move(40, 40);
  await ben.button('More').click();
  await ben.button('Safety code').click();
  await ben.button('It matches').click();
  await says(ben, /You compared the code with/);
  await ben.page.keyboard.press('Escape');
  await ben.page.mouse.move(60, 40);
  await expect(ben.page.getByRole('img', { name: 'Verified' })).toBeVisible();
  await ben.button('Hang up').click();
  await ben.button('Add to favourites').click();
  await ben.button('Done').click();
  await ann.button('Done').click();

  await ben.app.close();
  const again = await meet('Ben', { media: BLUE, profile: ben.profile });
  await expect(row(again, 'Ann').getByRole('img', { name: 'Verified' })).toBeVisible();
  await again.button(/^Ann/).click();
  await again.page.getByRole('switch', { name: /by itself/ }).check();
  await again.page.keyboard.press('Escape');

  // Stopped, it is a ring as any other. The count-down is seen also where the window was out of sight.
  await again.putAway('hide');
  await ann.button('Video call with Ben').click();
  await expect
    .poll(() =>
      again.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().some(
          (window) => window.isVisible() && !window.webContents.getURL().includes('popup'),
        ),
      ),
    )
    .toBe(true);
  await says(again, /Parley answers in \d seconds?/);
  await expect(again.page.getByRole('main').getByRole('img', { name: 'Verified' })).toBeVisible();
  expect(await again.liveTracks()).toEqual([]);
  await again.button('Stop').click();
  await expect(again.button('Accept with video')).toBeVisible();
  await again.button('Decline').click();
  await again.button('Done').click();

  // Nor is one answered that nobody wants to hear.
  await ann.button('Call again').click();
  await says(again, /Parley answers in \d seconds?/);
  await again.button('Silence this call').click();
  await expect(again.page.getByRole('timer')).toHaveCount(0);
  await again.button('Decline').click();
  await again.button('Done').click();

  await ann.button('Call again').click();
  await says(again, /Parley answers in \d seconds?/);
  await Promise.all([ann.sees(BLUE), again.sees(RED)]);
  await ann.button('Hang up').click();
  await ann.button('Done').click();
  await again.button('Done').click();

  // Not against one's wish.
  await setStatus(again, 'Do not disturb');
  await expect(row(ann, 'Ben')).toContainText('Do not disturb');
  await ann.button('Call Ben').click();
  await says(ann, 'Ben does not want to be disturbed now.');

  // What is taken back is taken back, with all that rests on it.
  await again.button(/^Ann/).click();
  await again.button('Not verified after all').click();
  await says(again, /compare the safety code with them first/);
  await expect(again.page.getByRole('switch', { name: /by itself/ })).toHaveCount(0);
});

test('a thousand calls are there at once, and a damaged file costs nothing but itself', async ({ meet }) => {
  const ann = await meet('Ann', { files: { ...remembered(), 'people.json': '[{"key": "an' } });
  await says(ann, 'The list of people you know could not be read, so it starts afresh.');
  await ann.button('Dismiss').click();
  await tab(ann, 'Recent').click();
  await expect(row(ann, 'Person 1').first()).toBeVisible();
  // The rest comes as one reads on.
  const rows = ann.page.getByRole('listitem');
  expect(await rows.count()).toBeLessThan(200);
  await rows.last().scrollIntoViewIfNeeded();
  await expect.poll(() => rows.count()).toBeGreaterThan(99);
  await ann.page.keyboard.press('Control+f');
  await ann.page.keyboard.type('person 49');
  await expect(rows).toHaveCount(20);
  await ann.app.close();

  // Told once; and what was found broken has become a whole file.
  const again = await meet('Ann', { profile: ann.profile });
  await expect(tab(again, 'Recent')).toBeVisible();
  await expect(again.page.getByRole('searchbox')).toBeVisible();
  await expect(again.button('Dismiss')).toHaveCount(0);
  expect(existsSync(join(ann.profile, 'people.json'))).toBe(true);
});
