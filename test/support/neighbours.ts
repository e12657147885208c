/** Two people at a computer each, on a LAN of their own. */
import { BLUE, RED } from './known-media';
import { Lan, noLanBecause } from './lan';
import { expect, test as base, type Meet, type Person } from './people';

/** Has a LAN for as long as the test; skipped, with the reason, where there can be none. */
export const test = base.extend<{ lan: Lan }>({
  lan: async ({}, use, testInfo) => {
    const reason = noLanBecause();
    testInfo.skip(reason !== null, reason ?? '');
    const lan = await Lan.make();
    await use(lan);
    lan.remove();
  },
});

/** Ann and Ben, reachable on the LAN, who see each other. */
export async function neighbours(meet: Meet, lan: Lan): Promise<[ann: Person, ben: Person]> {
  const settings = { reachable: true };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, at: lan.ann, settings }),
    meet('Ben', { media: BLUE, at: lan.ben, settings }),
  ]);
  await Promise.all([
    expect(ann.button('Call Ben')).toBeVisible(),
    expect(ben.button('Call Ann')).toBeVisible(),
  ]);
  return [ann, ben];
}

/** Somebody in the list of who is nearby. */
export const row = (at: Person, name: string) => at.page.getByRole('listitem').filter({ hasText: name });
