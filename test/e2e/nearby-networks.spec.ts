import { BLUE, RED } from '../support/known-media';
import { neighbours, row, test } from '../support/neighbours';
import { expect, type Person } from '../support/people';
import { signalTree } from '../support/process-tree';

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
  test(`people find each other again after an address has changed (${who})`, async ({ lan, meet }) => {
    const [ann, ben] = await neighbours(meet, lan);
    lan.readdress(who, ['10.77.0.40/24', 'fd77::40/64']);
    await hearOfEachOther(ann, ben);
    await talk(ann, ben);
    expect(await lan.sentOutside()).toEqual([]);
  });
}

test('people meet on a network that has IPv6 alone', async ({ lan, meet }) => {
  lan.readdress('ann', ['fd77::1/64']);
  lan.readdress('ben', ['fd77::2/64']);
  const [ann, ben] = await neighbours(meet, lan);
  await talk(ann, ben);
});

test('who was asleep is gone, and is there again once awake', async ({ lan, meet }) => {
  const [ann, ben] = await neighbours(meet, lan);
  signalTree(ben.pid, 'SIGSTOP');
  await expect(row(ann, 'Ben')).toHaveCount(0);
  signalTree(ben.pid, 'SIGCONT');
  await ben.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'));
  await hearOfEachOther(ann, ben);
  await talk(ann, ben);
});
