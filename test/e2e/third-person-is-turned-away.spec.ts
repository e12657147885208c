import { BLUE, RED } from '../support/known-media';
import { expect, test } from '../support/people';

test('a third person hears that the room is full, and the two go on undisturbed', async ({ meet }) => {
  const [ann, ben, cleo] = await Promise.all([
    meet('Ann', { media: RED }),
    meet('Ben', { media: BLUE }),
    meet('Cleo', { media: null }),
  ]);
  const link = await ann.host({ letIn: true });
  await ben.join(link);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  await cleo.join(link);
  await expect(cleo.page.getByText('Two people are in this room already.')).toBeVisible();
  // The form keeps what was pasted.
  await expect(cleo.page.getByRole('textbox', { name: 'Link or address' })).toHaveValue(link);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('whom the host does not let in is told so, and may knock again', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host());
  await ann.button('Not now').click();
  await expect(ben.page.getByText('The host did not let you in.')).toBeVisible();
  await expect(ann.page.getByTestId('knock')).toHaveCount(0);
  expect(await ben.liveTracks()).toEqual([]);

  await ben.button('Join room').click();
  await ann.letIn('Ben');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('of two people at the door the host lets one in, and the other hears that the room is full', async ({
  meet,
}) => {
  const [ann, ben, cleo] = await Promise.all([
    meet('Ann', { media: RED }),
    meet('Ben', { media: BLUE }),
    meet('Cleo', { media: null }),
  ]);
  const link = await ann.host();
  await Promise.all([ben.join(link), cleo.join(link)]);
  await expect(ann.page.getByTestId('knock')).toHaveCount(2);
  await ann.page
    .getByTestId('knock')
    .filter({ hasText: 'Ben' })
    .getByRole('button', { name: 'Let in' })
    .click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  // Without doing anything.
  await expect(cleo.page.getByText('Two people are in this room already.')).toBeVisible();
});
