import { BLUE, RED } from '../support/known-media';
import { expect, test } from '../support/people';

test('with the camera refused the call goes on with sound, and says how to mend it', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.refuse('video');
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.hears(BLUE), ben.sees(RED), ben.hears(RED)]);
  await expect(ben.page.getByText('Parley is not allowed to use the camera.')).toBeVisible();
  await expect(ann.page.getByText('Ben’s camera is off')).toBeVisible();
});

test('a machine with a microphone and no camera talks', async ({ meet }) => {
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED }),
    meet('Ben', { media: BLUE, cameras: 0 }),
  ]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.hears(BLUE), ben.sees(RED)]);
  await expect(ben.page.getByText('No camera was found.')).toBeVisible();
});

test('a machine without any device still sees and hears the other', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: null })]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ben.sees(RED), ben.hears(RED)]);
  await expect(ben.page.getByText('No microphone was found.')).toBeVisible();
  expect(await ben.liveTracks()).toEqual([]);
});

test('a host without any device still sees and hears the other', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: null }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ann.hears(BLUE)]);
});
