import { BLUE, RED } from '../support/known-media';
import { expect, test } from '../support/people';

test('two people meet in a hosted room, see and hear each other, and hang up', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);

  const link = await ann.host();
  await ben.join(link);
  await expect(ben.page.getByText('Waiting for Ann to let you in…')).toBeVisible();
  await expect(ann.page.getByTestId('knock')).toContainText('Ben');
  // Nothing of Ann reaches Ben, or the other way, before she says so.
  await expect(ann.remoteVideo).toHaveCount(0);
  await expect(ben.remoteVideo).toHaveCount(0);

  await ann.button('Let in').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);

  await ben.button('Mute').click();
  await expect(ann.page.getByLabel('Ben is muted')).toBeVisible();
  await ann.silence();
  await ben.button('Unmute').click();
  await expect(ann.page.getByLabel('Ben is muted')).toHaveCount(0);
  await ann.hears(BLUE);

  await ann.button('Turn off camera').click();
  await expect(ben.page.getByText('Ann’s camera is off')).toBeVisible();
  expect(await ann.liveTracks()).toEqual(['audio']);
  await ann.button('Turn on camera').click();
  await ben.sees(RED);

  await ben.button('Hang up').click();
  await expect(ben.page.getByText('You hung up.')).toBeVisible();
  await expect(ann.page.getByText('Ben hung up.')).toBeVisible();
  for (const person of [ann, ben]) expect(await person.liveTracks()).toEqual([]);
});

test('after a call both can call again, and the host is asked again', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host());
  await ann.letIn('Ben');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  await ann.button('Hang up').click();
  await expect(ben.page.getByText('Ann hung up.')).toBeVisible();
  await ben.button('Call again').click();
  await ann.letIn('Ben');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('people with the link walk straight in when the host says so', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('a voice call opens no camera, and the camera can be turned on in the middle of it', async ({
  meet,
}) => {
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings: { voiceOnly: true } }),
    meet('Ben', { media: BLUE, settings: { voiceOnly: true } }),
  ]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  expect(await ann.liveTracks()).toEqual(['audio']);
  expect(await ben.liveTracks()).toEqual(['audio']);

  await ann.button('Turn on camera').click();
  await ben.sees(RED);
  expect(await ben.liveTracks()).toEqual(['audio']);
});
