import { family, inFamily } from '../support/family';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';
import { signalTree } from '../support/process-tree';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(async () => {
  await server.stop();
});

const says = (person: Person, text: string | RegExp) => expect(person.page.getByText(text)).toBeVisible();
const field = (person: Person, name: string) => person.page.getByRole('textbox', { name, exact: true });

/** Ann and Ben, in a call by voice. */
async function talk(ann: Person, ben: Person): Promise<void> {
  await ann.button('Call Ben').click();
  await ben.button('Accept').click();
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
}

test('mute and camera answer to their keys whatever lies over the call, and say what they did', async ({
  meet,
}) => {
  const [ann, ben] = await family(meet, server);
  await talk(ann, ben);
  const status = ann.page.getByRole('main').getByRole('status');
  await ann.page.keyboard.press('Control+,');
  await expect(ann.page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await ann.page.keyboard.press('Control+D');
  await ben.silence();
  await ann.page.keyboard.press('Escape');
  await expect(status.filter({ hasText: 'You are muted.' })).toBeAttached();

  await ann.page.mouse.move(40, 40);
  await ann.button('More').click();
  await ann.page.getByRole('combobox', { name: 'Microphone' }).focus();
  await ann.page.keyboard.press('Control+D');
  await ben.hears(RED);
  await expect(status.filter({ hasText: 'You can be heard.' })).toBeAttached();
  await ann.page.keyboard.press('Control+E');
  await ben.sees(RED);
  await expect(status.filter({ hasText: 'Your camera is on.' })).toBeAttached();
});

test('who rings is not kept waiting behind the list of people of a small window', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await ann.page.setViewportSize({ width: 360, height: 560 });
  await ann.button('Show people').click();
  await expect(ann.page.getByRole('dialog', { name: 'People' })).toBeVisible();
  await ben.button('Call Ann').click();
  await ann.button('Accept').click();
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
});

test('what is said in passing is seen in a call that began behind the list of people', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host({ letIn: true });
  await ann.page.setViewportSize({ width: 360, height: 560 });
  await ann.button('Show people').click();
  await ben.join(link);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  expect(await ann.launchWith('--host')).toBe(0);
  await says(ann, 'End this call or leave this room first, then open the link again.');
});

test('a press that was meant for what was there before answers nobody', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await expect(ann.button('Host a room')).toBeVisible();
  // Where the button will be, pressed as soon as it is there.
  await ann.page.evaluate(() => {
    new MutationObserver((_changes, observer) => {
      const accept = document.querySelector('.answer');
      if (!accept) return;
      observer.disconnect();
      const { x, y, width, height } = accept.getBoundingClientRect();
      const hit = document.elementFromPoint(x + width / 2, y + height / 2);
      for (const element of [hit, ...document.querySelectorAll('.answer:not([inert] *)')])
        if (element instanceof HTMLElement) element.click();
    }).observe(document.body, { childList: true, subtree: true });
  });
  await ben.button('Call Ann').click();
  await says(ann, 'Ben is calling');
  await says(ben, 'Ringing Ann…');
  expect(await ann.liveTracks()).toEqual([]);
  await ann.button('Accept').click();
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
});

test('nobody moves in the list while one points at it', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await meet('Cy', { settings: inFamily(server) });
  const rows = ann.page.getByRole('listitem');
  await expect(rows).toContainText(['Ben', 'Cy']);
  await rows.first().hover();
  await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('do-not-disturb');
  await expect(rows.filter({ hasText: 'Ben' })).toContainText('Do not disturb');
  await expect(rows).toContainText(['Ben', 'Cy']);
  await ann.page.mouse.move(700, 300);
  await expect(rows).toContainText(['Cy', 'Ben']);
});

test('what is typed into a form outlives a ring that comes in the middle of it', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await ann.button('Server').click();
  await field(ann, 'Address').fill('wss://calls.example.org');
  await field(ann, 'Group').fill('choir');
  await ben.button('Call Ann').click();
  await ann.button('Decline').click();
  await ann.button('Done').click();
  await ann.button('Server').click();
  await expect(field(ann, 'Address')).toHaveValue('wss://calls.example.org');
  await expect(field(ann, 'Group')).toHaveValue('choir');
  // Closed by the person, it begins afresh.
  await ann.page.keyboard.press('Escape');
  await ann.button('Server').click();
  await expect(field(ann, 'Group')).toHaveValue('family');
});

test('who knocks is let in from wherever one is', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host();
  await ann.button(/^Settings/).click();
  await ben.join(link);
  const settings = ann.page.getByRole('dialog', { name: 'Settings' });
  await expect(settings.getByText('Ben wants to join')).toBeVisible();
  await settings.getByRole('button', { name: 'Let in' }).click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('the safety code one reads out stays while the connection comes and goes', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await talk(ann, ben);
  await ann.page.mouse.move(40, 40);
  await ann.button('More').click();
  await ann.button('Safety code').click();
  const code = ann.page.getByTestId('safety-code');
  await expect(code).toBeVisible();
  signalTree(ben.pid, 'SIGSTOP');
  try {
    await expect(ann.page.getByText('The connection is interrupted.')).toBeAttached();
    await expect(code).toBeVisible();
  } finally {
    signalTree(ben.pid, 'SIGCONT');
  }
  await expect(ann.page.getByText('The connection is back.')).toBeAttached();
  await expect(code).toBeVisible();
});

test('the focus goes back to where it was, also when a panel is taken away', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  for (const caller of [ann, ben]) {
    await caller.button(/^Call /).click();
    await says(caller, /^Ringing /);
    await caller.button('Hang up').click();
    await caller.button('Done').click();
    await (caller === ann ? ben : ann).button('Done').click();
  }
  await ann.page.getByRole('tab', { name: /^Recent/ }).click();
  const rows = ann.page.getByRole('tabpanel').getByRole('listitem');
  await expect(rows).toHaveCount(2);
  const [first, second] = [rows.nth(0).getByRole('button').first(), rows.nth(1).getByRole('button').first()];
  await first.focus();
  await ann.page.keyboard.press('Enter');
  await ann.button('Close').click();
  await expect(first).toBeFocused();
  const last = await second.getAttribute('title');
  await ann.page.keyboard.press('Enter');
  await ann.button('Delete').click();
  await expect(rows).toHaveCount(1);
  await expect(rows.getByRole('button').first()).toBeFocused();
  await expect(rows.getByRole('button').first()).toHaveAttribute('title', last ?? '');
});

test('a question about closing that a ring came in between of is asked again', async ({ meet }) => {
  const [ann, ben] = await family(meet, server);
  await ann.closeWindow();
  await expect(ann.page.getByRole('dialog', { name: 'Keep Parley running?' })).toBeVisible();
  await ben.button('Call Ann').click();
  await ann.button('Decline').click();
  await ann.closeWindow();
  await expect(ann.page.getByRole('dialog', { name: 'Keep Parley running?' })).toBeVisible();
  expect(await ann.isShown()).toBe(true);
});
