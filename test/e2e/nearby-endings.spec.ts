import type { CallRecord } from '../../preload/bridge';
import { expectSameCall, historyOf } from '../support/histories';
import { BLUE, RED } from '../support/known-media';
import { neighbours, row, test } from '../support/neighbours';
import { expect, type Person } from '../support/people';
import { readSafetyCode } from '../support/read-safety-code';

const says = (person: Person, text: string | RegExp) =>
  expect(person.page.getByText(text).first()).toBeVisible();
const done = async (...people: Person[]): Promise<void> => {
  for (const person of people) await person.button('Done').click();
};

test('nearby too both sides say and remember the same of every call, however it ended', async ({
  lan,
  meet,
}) => {
  test.slow();
  const [ann, ben] = await neighbours(meet, lan);
  const ends: CallRecord['reason'][] = [];
  const bothRemember = async (): Promise<void> => {
    ends.unshift(await expectSameCall(ann, ben, ends.length + 1));
  };

  await ann.button('Video call with Ben').click();
  await ben.button('Accept, sound only').click();
  await Promise.all([ann.hears(BLUE), ben.sees(RED)]);
  await ben.button('Hang up').click();
  await Promise.all([says(ann, 'Ben hung up.'), says(ben, 'You hung up.')]);
  await bothRemember();
  await done(ann, ben);

  await ann.button('Call Ben').click();
  await ben.button('Decline').click();
  await Promise.all([says(ann, 'Ben declined the call.'), says(ben, 'You declined Ann’s call.')]);
  await bothRemember();
  await done(ann, ben);

  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  await ann.button('Hang up').click();
  await Promise.all([says(ann, 'You ended the call.'), says(ben, 'Ann hung up before you talked.')]);
  await bothRemember();
  await done(ann, ben);

  await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('Do not disturb');
  await expect(row(ann, 'Ben')).toContainText('Do not disturb');
  await ann.button('Call Ben').click();
  await Promise.all([
    says(ann, 'Ben does not want to be disturbed now.'),
    says(ben, 'Ann called while you did not want to be disturbed.'),
  ]);
  await bothRemember();
  await done(ann);
  await ben.page.getByRole('combobox', { name: 'Your status' }).selectOption('Available');
  await expect(row(ann, 'Ben')).toContainText('Available');

  // Ben waits in a room of his own.
  await ben.host();
  await ann.button('Call Ben').click();
  await Promise.all([says(ann, 'Ben is busy.'), says(ben, 'Ann called while you were busy.')]);
  await bothRemember();
  await done(ann);
  await ben.button('Leave room').click();
  await expect(row(ann, 'Ben')).toContainText('Available');

  // Three quarters of a minute pass for who rings.
  await ann.page.clock.install();
  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  await ann.page.clock.fastForward(45_000);
  await Promise.all([says(ann, 'Nobody answered.'), says(ben, 'Nobody answered.')]);
  await bothRemember();

  expect(ends).toEqual(['no-answer', 'busy', 'do-not-disturb', 'cancelled', 'declined', 'hung-up']);
  expect(await lan.sentOutside()).toEqual([]);
});

test('an app that is killed while it rings ends the ring for the other, remembers none and does not ring again', async ({
  lan,
  meet,
}) => {
  test.slow();
  const [ann, ben] = await neighbours(meet, lan);
  await ann.button('Call Ben').click();
  await says(ben, 'Ann is calling');
  await ben.kill();
  await says(ann, 'Ben cannot be reached any more.');
  await expect.poll(() => historyOf(ann).map(({ reason: why }) => why)).toEqual(['unreachable']);
  await done(ann);
  expect(historyOf(ben)).toEqual([]);

  const benAgain = await meet('Ben', { media: BLUE, at: lan.ben, profile: ben.profile });
  await expect(benAgain.button('Call Ann')).toBeVisible();
  await expect(benAgain.button('Host a room')).toBeVisible();
  await expect(ann.button('Call Ben')).toBeVisible();
  await expect(ann.button('Host a room')).toBeVisible();
  expect(historyOf(benAgain)).toEqual([]);

  // The other way round: who rings is killed.
  await ann.button('Call Ben').click();
  await says(benAgain, 'Ann is calling');
  await ann.kill();
  await says(benAgain, 'Ann cannot be reached any more.');
  await done(benAgain);
  const annAgain = await meet('Ann', { media: RED, at: lan.ann, profile: ann.profile });
  await expect(annAgain.button('Call Ben')).toBeVisible();
  await expect(benAgain.button('Call Ann')).toBeVisible();
  await expect(benAgain.button('Host a room')).toBeVisible();
  expect(historyOf(annAgain).map(({ reason: why }) => why)).toEqual(['unreachable']);
  expect(historyOf(benAgain).map(({ reason: why }) => why)).toEqual(['unreachable']);

  // What is over is over: the next ring is a ring as any other.
  await annAgain.button('Video call with Ben').click();
  await benAgain.button('Accept with video').click();
  await Promise.all([annAgain.sees(BLUE), benAgain.sees(RED)]);
});

// Over whose server the call is, the keys decide.
for (const who of ['ann', 'ben'] as const) {
  test(`an app that is killed in a call nearby comes back into it (${who === 'ann' ? 'the caller’s' : 'the callee’s'})`, async ({
    lan,
    meet,
  }) => {
    const [ann, ben] = await neighbours(meet, lan);
    await ann.button('Video call with Ben').click();
    await ben.button('Accept with video').click();
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    const [killed, stays] = who === 'ann' ? [ann, ben] : [ben, ann];
    const media = who === 'ann' ? RED : BLUE;
    const before = await readSafetyCode(stays);
    await killed.kill();
    await says(stays, /connection is gone/);
    const again = await meet(killed.name, { media, at: lan[who], profile: killed.profile });
    const title = `Go back to your call with ${stays.name}?`;
    await expect(again.page.getByRole('heading', { name: title })).toBeVisible();
    expect(await again.liveTracks()).toEqual([]);
    await again.button('Go back').click();
    await again.sees(who === 'ann' ? BLUE : RED);
    // Only now: until then the last picture of before is still there.
    await stays.sees(media);
    const after = await readSafetyCode(again);
    expect(await readSafetyCode(stays)).toEqual(after);
    expect(after).not.toEqual(before);
    await again.button('Hang up').click();
    await says(stays, `${killed.name} hung up.`);
  });
}
