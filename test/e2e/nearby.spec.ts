import { readPerson } from '../../main/join-link';
import { generateIdentity, memberIdOf } from '../../main/signaling/identity';
import { NEARBY } from '../../main/signaling/protocol';
import { historyOf } from '../support/histories';
import { BLUE, RED } from '../support/known-media';
import { Stranger } from '../support/link-ends';
import { neighbours, row, test } from '../support/neighbours';
import { expect, type Person } from '../support/people';
import { pressAt } from '../support/press-at';
import { connectionsOf, watchConnections } from '../support/watched-connections';

/** The side is there twice; the other is for narrow windows. */
const says = (person: Person, text: string | RegExp) =>
  expect(person.page.getByText(text).first()).toBeVisible();

test('one is asked once whether to be reachable on this network, and can change one’s mind', async ({
  meet,
}) => {
  const ann = await meet('Ann', { media: RED });
  await expect(ann.page.getByRole('heading', { name: 'Be reachable on this network?' })).toBeVisible();
  expect(await ann.roomServerPid()).toBeNull();
  await ann.button('No, thanks').click();
  await says(ann, 'You are not reachable here, and see nobody.');
  expect(await ann.roomServerPid()).toBeNull();

  await ann.page.keyboard.press('Control+,');
  const reachable = ann.page.getByRole('switch', { name: 'Be reachable on this network' });
  await expect(reachable).not.toBeChecked();
  await reachable.check();
  await expect.poll(() => ann.roomServerPid()).not.toBeNull();
  await reachable.uncheck();
  // Nothing listens that nobody wants.
  await expect.poll(() => ann.roomServerPid()).toBeNull();
  await ann.page.keyboard.press('Escape');
  await ann.app.close();

  const again = await meet('Ann', { media: RED, profile: ann.profile });
  await says(again, 'You are not reachable here, and see nobody.');
});

test('a ring nearby that proves nothing is shown as a stranger’s, whatever name it has', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, settings: { reachable: true } });
  await ann.button('Add by address').click();
  const field = ann.page.getByRole('textbox', { name: 'Your link' });
  await expect(field).toHaveValue(/^parley:/);
  const link = readPerson(await field.inputValue());
  if (!link.ok) throw new Error(link.code);
  const { servers, key: annsKey } = link.value;
  await ann.page.keyboard.press('Escape');
  const known = generateIdentity().publicKey;
  await ann.page.evaluate(
    (key) => window.parley.changeKnown(key, { name: 'Ben', favourite: true, verified: true }),
    known,
  );

  const stranger = await Stranger.comes(servers[0] ?? '', generateIdentity(), NEARBY);
  try {
    await stranger.ring(memberIdOf(NEARBY, annsKey ?? ''));
    await says(ann, 'Ben is calling');
    const warnings = ann.page.getByRole('alert');
    await expect(warnings.filter({ hasText: 'This call does not prove who makes it.' })).toBeVisible();
    await expect(warnings.filter({ hasText: /This is not the .*Ben.* you know/ })).toBeVisible();
    await expect(ann.page.getByRole('main').getByRole('img', { name: 'Verified' })).toHaveCount(0);
    await ann.button('Decline').click();
    expect(await stranger.told('decline')).toMatchObject({ reason: 'declined' });
    // Nobody is known by it: there is nobody to call back.
    await expect
      .poll(() => historyOf(ann).map(({ key, reason }) => [key, reason]))
      .toEqual([[null, 'declined']]);
  } finally {
    stranger.client.close();
  }
});

test.describe('on a LAN of two computers, without internet', () => {
  test('people find each other, one click rings, and who is killed is gone from the list', async ({
    lan,
    meet,
  }) => {
    const [ann, ben] = await Promise.all([
      meet('Ann', { media: RED, at: lan.ann }),
      meet('Ben', { media: BLUE, at: lan.ben }),
    ]);
    await Promise.all([ann, ben].map((person) => person.button('Be reachable').click()));
    await Promise.all([expect(row(ann, 'Ben')).toBeVisible(), expect(row(ben, 'Ann')).toBeVisible()]);

    await ann.button('Video call with Ben').click();
    await ben.button('Accept with video').click();
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
    await ben.button('Hang up').click();
    await says(ann, 'Ben hung up.');
    for (const person of [ann, ben]) await person.button('Done').click();

    // The other way round: over whose server it is makes no difference.
    await ben.button('Call Ann').click();
    await ann.button('Decline').click();
    await Promise.all([says(ben, 'Ann declined the call.'), says(ann, 'You declined Ben’s call.')]);
    await ben.button('Done').click();

    await ann.kill();
    await expect(row(ben, 'Ann')).toHaveCount(0);
    expect(await lan.sentOutside()).toEqual([]);
  });

  test('who rings is connected to meanwhile, but not whoever has the name of somebody one knows', async ({
    lan,
    meet,
  }) => {
    const [ann, ben] = await neighbours(meet, lan);
    await watchConnections(ann);
    await expect(ben.button('Call Ann')).toBeVisible();
    await ben.button('Call Ann').click();
    await says(ann, 'Ben is calling');
    await expect.poll(() => connectionsOf(ann)).toMatchObject({ states: ['connected'], applied: 1 });
    await ann.button('Decline').click();
    await ann.button('Done').click();

    await ann.page.evaluate(
      (key) => window.parley.changeKnown(key, { name: 'Ben', favourite: true }),
      generateIdentity().publicKey,
    );
    await ben.button('Call again').click();
    await expect(ann.page.getByRole('alert')).toContainText(/This is not the .*Ben.* you know/);
    // Nothing is to happen, so there is nothing to wait for but longer than connecting takes.
    await ann.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    expect(await connectionsOf(ann)).toMatchObject({ applied: 1 });
    await ann.button('Accept').click();
    await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  });

  test('two who ring each other at the same moment get one call', async ({ lan, meet }) => {
    const [ann, ben] = await neighbours(meet, lan);
    for (const apartMs of [0, 15, 40]) {
      const [annRings, benRings] = [ann.button('Call Ben'), ben.button('Call Ann')];
      await Promise.all([expect(annRings).toBeVisible(), expect(benRings).toBeVisible()]);
      const atMs = Date.now() + 100;
      await Promise.all([annRings.evaluate(pressAt, atMs), benRings.evaluate(pressAt, atMs + apartMs)]);
      await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
      await ann.button('Hang up').click();
      await says(ben, 'Ann hung up.');
      for (const person of [ann, ben]) await person.button('Done').click();
    }
  });

  test('a ring ends alike for both, also when one of them is gone', async ({ lan, meet }) => {
    const [ann, ben] = await neighbours(meet, lan);
    await ann.button('Call Ben').click();
    await says(ben, 'Ann is calling');
    await ann.button('Hang up').click();
    await Promise.all([says(ann, 'You ended the call.'), says(ben, 'Ann hung up before you talked.')]);
    for (const person of [ann, ben]) await person.button('Done').click();
    await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('Do not disturb');
    await expect(row(ann, 'Ben')).toContainText('Do not disturb');
    await ann.button('Call Ben').click();
    await says(ann, 'Ben does not want to be disturbed now.');
    await ann.button('Done').click();
    await ben.button('Call Ann').click();
    await says(ann, 'Ben is calling');
    await ben.kill();
    await says(ann, 'Ben cannot be reached any more.');
    expect(await ann.liveTracks()).toEqual([]);
  });

  test('where multicast is dropped one is told so, and an address does', async ({ lan, meet }) => {
    lan.dropMulticast();
    const [ann, ben] = await Promise.all([
      meet('Ann', { media: RED, at: lan.ann }),
      meet('Ben', { media: BLUE, at: lan.ben }),
    ]);
    await Promise.all([ann, ben].map((person) => person.button('Be reachable').click()));
    await Promise.all([ann, ben].map((person) => says(person, /cannot look around on this network/)));

    await ann.button('Add by address').click();
    const field = ann.page.getByRole('textbox', { name: 'Their link or address' });
    await field.fill('10.77.0.9');
    await field.press('Enter');
    await says(ann, 'Nobody can be called at this address.');
    await field.fill(lan.ben.address);
    await field.press('Enter');
    await Promise.all([expect(row(ann, 'Ben')).toBeVisible(), expect(row(ben, 'Ann')).toBeVisible()]);

    await ben.button('Video call with Ann').click();
    await ann.button('Accept with video').click();
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  });
});
