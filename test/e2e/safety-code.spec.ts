import { BLUE, RED } from '../support/known-media';
import { expect, test, type Person } from '../support/people';
import { openSafetyCode, readSafetyCode } from '../support/read-safety-code';
import { look, WORDS } from '../support/screens';

const { en } = WORDS;

test('two people in a call have the same safety code, and another one in the next call', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  const first = await readSafetyCode(ann);
  expect(first).toHaveLength(6);
  expect(first[5]).toMatch(/^\d{3} \d{3} \d{4}$/);
  expect(await readSafetyCode(ben)).toEqual(first);

  // It belongs to the call, and goes with it.
  await openSafetyCode(ben);
  await ann.button(en.call.hangUp).click();
  await expect(ben.page.getByText('Ann hung up.')).toBeVisible();
  await expect(ben.page.getByRole('dialog')).toHaveCount(0);

  await ben.button(en.ended.callAgain).click();
  await ann.letIn('Ben');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  const second = await readSafetyCode(ann);
  expect(await readSafetyCode(ben)).toEqual(second);
  expect(second).not.toEqual(first);
});

/** From now on this page's data channels say something else, or nothing. */
const say = ({ page }: Person, what: 'other reveals' | 'neither commit nor reveal'): Promise<void> =>
  page.evaluate((wanted) => {
    const prototype = RTCDataChannel.prototype;
    const send: (this: RTCDataChannel, text: string) => void = Reflect.get(prototype, 'send');
    Reflect.set(prototype, 'send', function (this: RTCDataChannel, text: string) {
      const isReveal = text.includes('"reveal"');
      if (wanted === 'other reveals')
        send.call(this, isReveal ? `{"type":"reveal","random":"${'A'.repeat(43)}"}` : text);
      else if (!isReveal && !text.includes('"commit"')) send.call(this, text);
    });
  }, what);

test('a reveal that somebody changed is told, and shows no code', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await say(ben, 'other reveals');
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  await ann.page.mouse.move(40, 40);
  await ann.button(en.safetyCode.failed).click();
  await expect(ann.page.getByRole('alert')).toContainText(en.safetyCode.failed);
  await expect(ann.page.getByTestId('safety-code')).toHaveCount(0);
  await ann.page.keyboard.press('Escape');
  await look(ann, 'safety-code-failed', {
    sizes: ['wide', 'small'],
    open: (words) => openSafetyCode(ann, words),
  });
});

test('with an older Parley there is no code, and no alarm', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await say(ben, 'neither commit nor reveal');
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await openSafetyCode(ann);
  await expect(ann.page.getByText(en.safetyCode.exchanging)).toBeVisible();
  await expect(ann.page.getByText(en.safetyCode.none)).toBeVisible({ timeout: 30_000 });
  await ann.page.keyboard.press('Escape');
  await expect(ann.button(en.safetyCode.failed)).toHaveCount(0);
  await look(ann, 'safety-code-none', { sizes: ['wide'], open: (words) => openSafetyCode(ann, words) });
});
