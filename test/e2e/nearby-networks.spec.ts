import { BLUE, RED } from '../support/known-media';
import { Lan, noLanBecause } from '../support/lan';
import { expect, test, type Meet, type Person } from '../support/people';
import { signalTree } from '../support/process-tree';

const reason = noLanBecause();
test.skip(reason !== null, reason ?? '');

let lan: Lan;
test.beforeEach(async () => {
  lan = await Lan.make();
});
test.afterEach(() => {
  lan.remove();
});

const row = (at: Person, name: string) => at.page.getByRole('listitem').filter({ hasText: name });

async function neighbours(meet: Meet): Promise<{ ann: Person; ben: Person }> {
  const settings = { reachable: true };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, at: lan.ann, settings }),
    meet('Ben', { media: BLUE, at: lan.ben, settings }),
  ]);
  await Promise.all([expect(row(ann, 'Ben')).toBeVisible(), expect(row(ben, 'Ann')).toBeVisible()]);
  return { ann, ben };
}

/** What one says of oneself arrives: they are there, and not only still in the list. */
async function hearOfEachOther(ann: Person, ben: Person): Promise<void> {
  for (const [one, other] of [
    [ann, ben],
    [ben, ann],
  ] as const) {
    const status = one.page.getByRole('combobox', { name: 'Your status' });
    await status.selectOption('Do not disturb');
    await expect(row(other, one.name)).toContainText('Do not disturb');
    await status.selectOption('Available');
    await expect(row(other, one.name)).not.toContainText('Do not disturb');
  }
}

async function talk(ann: Person, ben: Person): Promise<void> {
  await ann.button('Video call with Ben').click();
  await ben.button('Accept with video').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
}

for (const who of ['ann', 'ben'] as const) {
  test(`people find each other again after an address has changed (${who})`, async ({ meet }) => {
    const { ann, ben } = await neighbours(meet);
    lan.readdress(who, ['10.77.0.40/24', 'fd77::40/64']);
    await hearOfEachOther(ann, ben);
    await talk(ann, ben);
    expect(await lan.sentOutside()).toEqual([]);
  });
}

test('people meet on a network that has IPv6 alone', async ({ meet }) => {
  lan.readdress('ann', ['fd77::1/64']);
  lan.readdress('ben', ['fd77::2/64']);
  const { ann, ben } = await neighbours(meet);
  await talk(ann, ben);
});

test('who was asleep is gone, and is there again once awake', async ({ meet }) => {
  const { ann, ben } = await neighbours(meet);
  signalTree(ben.pid, 'SIGSTOP');
  await expect(row(ann, 'Ben')).toHaveCount(0);
  signalTree(ben.pid, 'SIGCONT');
  await ben.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
  await hearOfEachOther(ann, ben);
  await talk(ann, ben);
});
