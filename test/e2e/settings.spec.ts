import { BLUE, RED } from '../support/known-media';
import { FIRST_NOTES, listen, notesOf } from '../support/notes';
import { expect, test, type Meet, type Person } from '../support/people';

const addressOf = (person: Person) => person.page.getByRole('textbox', { name: 'Address' });

/** Ends this app. @returns the next start of it, whose settings have this address of a server */
async function comesBackWith(meet: Meet, person: Person, address: string): Promise<Person> {
  await person.app.close();
  const again = await meet(person.name, { profile: person.profile });
  await again.button(/^Settings/).click();
  await expect(addressOf(again)).toHaveValue(address);
  return again;
}

async function turn(person: Person, name: string, on: boolean): Promise<void> {
  // The key, for in a call there is no button.
  await person.page.keyboard.press('Control+,');
  await person.page.getByRole('switch', { name }).setChecked(on);
  await person.button('Close').click();
}

test('a sound that is switched off does not play, the others do, and it is so at the next start', async ({
  meet,
}) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await expect(ann.button('Host a room')).toBeVisible();
  await listen(ann);
  await turn(ann, 'Someone wants to join', false);
  const link = await ann.host();
  await ben.join(link);
  await ann.letIn('Ben');
  await expect.poll(() => notesOf(ann)).toContain(FIRST_NOTES.connected);
  expect(await notesOf(ann)).not.toContain(FIRST_NOTES.knock);

  await ben.button('Hang up').click();
  await expect.poll(() => notesOf(ann)).toContain(FIRST_NOTES.ended);
  await ann.app.close();
  const again = await meet('Ann', { profile: ann.profile });
  await again.button(/^Settings/).click();
  await expect(again.page.getByRole('switch', { name: 'Someone wants to join' })).not.toBeChecked();
  await expect(again.page.getByRole('switch', { name: 'A call ends' })).toBeChecked();
});

test('a sound can be heard where it is switched on', async ({ meet }) => {
  const ann = await meet('Ann', {
    settings: {
      sounds: { ring: true, ringBack: true, knock: false, connected: true, reconnecting: true, ended: true },
    },
  });
  await expect(ann.button('Host a room')).toBeVisible();
  await listen(ann);
  await turn(ann, 'Someone wants to join', true);
  await expect.poll(() => notesOf(ann)).toContain(FIRST_NOTES.knock);
});

test('sound processing that is switched off in a call opens the microphone without it', async ({ meet }) => {
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings: { audioProcessing: true } }),
    meet('Ben', { media: BLUE }),
  ]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await turn(ann, 'Reduce noise and echo', false);
  const processing = () =>
    ann.page.evaluate(() =>
      (window.parleyTestTracks ?? [])
        .filter((track) => track.kind === 'audio' && track.readyState === 'live')
        .map((track) => track.getSettings().echoCancellation),
    );
  await expect.poll(processing).toEqual([false]);
  await ben.hears(RED);
});

test('the devices are listed when somebody looks, and the one chosen is still chosen at the next start', async ({
  meet,
}) => {
  const args = ['--use-fake-device-for-media-stream=device-count=2'];
  const ann = await meet('Ann', { args });
  const picker = (person: Person) => person.page.getByRole('combobox', { name: 'Camera' });
  const chosen = (person: Person) => picker(person).locator('option:checked');
  await expect(picker(ann).getByRole('option')).toHaveText(['System default']);
  await picker(ann).hover();
  // Nameless until the camera was allowed once.
  await expect(picker(ann).getByRole('option')).toHaveCount(3);
  await picker(ann).selectOption({ index: 2 });
  const name = await chosen(ann).textContent();
  await ann.app.close();
  const again = await meet('Ann', { profile: ann.profile, args });
  await expect(chosen(again)).toHaveText(name ?? '');
});

test('it rings where one chose, and everything else is heard where it always is', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  await expect(ann.button('Host a room')).toBeVisible();
  await listen(ann);
  await ann.page.keyboard.press('Control+,');
  const picker = ann.page.getByRole('combobox', { name: 'Ring on' });
  await picker.hover();
  await expect(picker.getByRole('option')).not.toHaveCount(1);
  await picker.selectOption({ index: 2 });
  const chosen = await picker.inputValue();
  const speaker = () => ann.page.evaluate(() => window.parleyTestSpeaker);
  await ann.button('Test').click();
  await expect.poll(speaker).toBe(chosen);
  const knock = ann.page.getByRole('switch', { name: 'Someone wants to join' });
  await knock.uncheck();
  await knock.check();
  await expect.poll(() => notesOf(ann)).toContain(FIRST_NOTES.knock);
  expect(await speaker()).toBe('');
});

test('a slip in a TURN server that is saved costs nothing', async ({ meet }) => {
  const turn = { urls: ['turn:turn.example.org:3478'], username: 'ann', credential: 'secret' };
  const ann = await meet('Ann', { settings: { iceServers: [turn] } });
  const address = addressOf(ann);
  await ann.button(/^Settings/).click();
  await address.fill('turn:');
  await address.press('Tab');
  await ann.button('Close').click();
  const again = await comesBackWith(meet, ann, 'turn:turn.example.org:3478');
  await expect(again.page.getByRole('textbox', { name: 'User name' })).toHaveValue('ann');
});

test('a TURN server that is half typed waits in the form, and is saved once it is whole', async ({
  meet,
}) => {
  const ann = await meet('Ann');
  await ann.button(/^Settings/).click();
  await ann.button('Add a server').click();
  const address = addressOf(ann);
  await address.fill('turn:turn.example.org');
  await ann.page.keyboard.press('Escape');
  await expect(address).toBeHidden();

  await ann.button(/^Settings/).click();
  await expect(address).toHaveValue('turn:turn.example.org');
  await ann.page.getByRole('textbox', { name: 'User name' }).fill('ann');
  await ann.page.getByLabel('Password').fill('secret');
  // The last field has the focus still.
  await ann.page.keyboard.press('Escape');
  await expect(address).toBeHidden();
  await comesBackWith(meet, ann, 'turn:turn.example.org');
});

test('what is being typed as one quits is saved', async ({ meet }) => {
  const ann = await meet('Ann');
  await ann.button(/^Settings/).click();
  await ann.button('Add a server').click();
  await addressOf(ann).fill('stun.example.org');
  const again = await comesBackWith(meet, ann, 'stun:stun.example.org');
  await again.page.keyboard.press('Escape');
  await again.page.getByRole('textbox', { name: 'Your name' }).fill('Anna');
  await again.app.close();
  const third = await meet('Anna', { profile: ann.profile });
  await expect(third.page.getByRole('textbox', { name: 'Your name' })).toHaveValue('Anna');
});

test('a server that a browser refuses stays in the settings until the person mends it', async ({ meet }) => {
  const ann = await meet('Ann', { settings: { iceServers: [{ urls: ['turn:turn.example.org'] }] } });
  await ann.button(/^Settings/).click();
  const address = addressOf(ann);
  await expect(address).toHaveValue('turn:turn.example.org');
  await ann.page.keyboard.press('Escape');
  await expect(address).toBeHidden();
  await comesBackWith(meet, ann, 'turn:turn.example.org');
});
