import { knows } from '../support/acquaintances';
import { EvilServer, type Trick } from '../support/evil-server';
import { BLUE, RED } from '../support/known-media';
import { expect, test, type Meet, type Person } from '../support/people';
import { readSafetyCode } from '../support/read-safety-code';
import { WORDS } from '../support/screens';

const { safetyCode } = WORDS.en;
const RUNS = process.env['PARLEY_LONG'] ? 20 : 3;

let evil: EvilServer | null = null;
test.afterEach(async () => {
  await evil?.stop();
  evil = null;
});

/** Ann and Ben, and a server that Eve is in the middle of. */
async function withEve(meet: Meet): Promise<{ evil: EvilServer; ann: Person; ben: Person }> {
  const eve = await meet('Eve');
  const started = await EvilServer.start(eve);
  evil = started;
  const settings = { server: { servers: [`ws://127.0.0.1:${started.port}`], namespace: 'family' } };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings }),
  ]);
  return { evil: started, ann, ben };
}

async function meetInRoom({ port }: EvilServer, ann: Person, ben: Person): Promise<void> {
  await ann.joinByAddress(port, 'tea');
  await expect(ann.page.getByText('Waiting for the other person')).toBeVisible();
  await ben.joinByAddress(port, 'tea');
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
}

async function callAgain(ann: Person, ben: Person): Promise<void> {
  await ben.button('Hang up').click();
  await ann.button('Call again').click();
  await expect(ann.page.getByText('Waiting for the other person')).toBeVisible();
  await ben.button('Call again').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
}

test('strangers who are overheard see two different safety codes, every time', async ({ meet }) => {
  test.setTimeout(60_000 + RUNS * 20_000);
  const { evil, ann, ben } = await withEve(meet);
  await meetInRoom(evil, ann, ben);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  for (let run = 1; ; run += 1) {
    // Nobody would notice: it all goes through, by way of Eve.
    const heard = await evil.overheard();
    expect(heard).toHaveLength(2);
    for (const { frames, packets } of heard) {
      expect(frames).toBeGreaterThan(0);
      expect(packets).toBeGreaterThan(0);
    }
    const codes = [await readSafetyCode(ann), await readSafetyCode(ben)];
    expect(codes[0]).not.toEqual(codes[1]);
    expect(evil.codes.sort()).toEqual(codes.map((code) => code[5]).sort());
    if (run === RUNS) break;
    await callAgain(ann, ben);
  }
});

/** What both are told. */
async function areRefused(ann: Person, ben: Person): Promise<void> {
  await expect(
    ann.page.getByText('The call was stopped: it would not have reached Ben alone.'),
  ).toBeVisible();
  await expect(
    ben.page.getByText('The call was stopped: it would not have reached Ann alone.'),
  ).toBeVisible();
  expect([...(await ann.liveTracks()), ...(await ben.liveTracks())]).toEqual([]);
}

test('people who ring each other are not connected to somebody in the middle', async ({ meet }) => {
  const { evil, ann, ben } = await withEve(meet);
  const nothingCameThrough = async () =>
    expect((await evil.overheard()).reduce((sum, { packets }) => sum + packets, 0)).toBe(0);

  await test.step('where the certificates in the descriptions are changed', async () => {
    evil.swapsRings = false;
    await ann.button('Video call with Ben').click();
    await ben.button('Accept with video').click();
    await areRefused(ann, ben);
    await nothingCameThrough();
  });

  await test.step('where those in the rings are changed too', async () => {
    evil.swapsRings = true;
    await ann.button('Call again').click();
    await expect(ben.page.getByText(WORDS.en.ring.unsigned)).toBeVisible();
    await ben.button('Accept with video').click();
    await areRefused(ann, ben);
    await nothingCameThrough();
  });

  await test.step('where they connect while it rings', async () => {
    evil.swapsRings = false;
    await knows(ann, ben, { favourite: true });
    await knows(ben, ann, { favourite: true });
    await ann.button('Call again').click();
    // Nobody answers.
    await areRefused(ann, ben);
    await nothingCameThrough();
  });
});

test('whatever is done to the exchange of a safety code, there is none, and both are told', async ({
  meet,
}) => {
  test.setTimeout(180_000);
  const { evil, ann, ben } = await withEve(meet);
  const tricks: Trick[] = ['relay', 'replay', 'change-commits', 'change-reveals', 'echo', 'delay-reveals'];
  if (process.env['PARLEY_LONG']) tricks.push('delay-commits');
  for (const [nth, trick] of tricks.entries())
    await test.step(trick, async () => {
      evil.trick = trick;
      if (nth === 0) await meetInRoom(evil, ann, ben);
      else await callAgain(ann, ben);
      for (const { page } of [ann, ben]) {
        await page.mouse.move(40 + nth, 40);
        await expect(page.getByRole('button', { name: safetyCode.failed })).toBeVisible({ timeout: 30_000 });
      }
      await ann.button(safetyCode.failed).click();
      await expect(ann.page.getByRole('alert')).toContainText(safetyCode.failed);
      await expect(ann.page.getByTestId('safety-code')).toHaveCount(0);
      await ann.page.keyboard.press('Escape');
    });
});
