import type { Page } from '@playwright/test';
import { BLUE, RED, type KnownMedia } from '../support/known-media';
import { expect, hears, sees, test, type Person } from '../support/people';
import { PlainSite } from '../support/plain-page';

let site: PlainSite;
test.beforeEach(async () => {
  site = await PlainSite.open();
});
test.afterEach(() => site.close());

/** Ann hosts for the site's pages and lets them straight in. @returns the room's plain address. */
async function hostForPages(ann: Person): Promise<string> {
  const link = new URL(await ann.roomLink());
  const server = link.searchParams.get('server') ?? '';
  return `ws://${/:\d+$/.test(server) ? server : `${server}:9238`}/default/${link.searchParams.get('room') ?? ''}`;
}

async function bothSeeAndHear(ann: Person, page: Page, pagesMedia: KnownMedia): Promise<void> {
  const remote = page.locator('#remote');
  await Promise.all([ann.sees(pagesMedia), sees(remote, RED)]);
  await Promise.all([ann.hears(pagesMedia), hears(remote, RED)]);
}

test('a plain page that offers calls the app', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, args: ['--host', '--let-in', '--allow-origin', site.origin] });
  const page = await site.visit(await hostForPages(ann), 'offers', BLUE);
  await bothSeeAndHear(ann, page, BLUE);
});

test('the app calls a plain page that waits', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, args: ['--host', '--let-in', '--allow-origin', site.origin] });
  const page = await site.visit(await hostForPages(ann), 'waits', BLUE);
  await bothSeeAndHear(ann, page, BLUE);
});

test('a plain page knocks like everybody else', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, args: ['--host', '--allow-origin', site.origin] });
  const page = await site.visit(await hostForPages(ann), 'offers', BLUE);
  await ann.button('Let in').click();
  await bothSeeAndHear(ann, page, BLUE);
});

test('a page of another site is refused', async ({ meet }) => {
  const ann = await meet('Ann', {
    media: RED,
    args: ['--host', '--let-in', '--allow-origin', 'https://a.example'],
  });
  const address = await hostForPages(ann);
  const page = await site.visit('ws://127.0.0.1:9', 'waits', BLUE);
  const closeCode = await page.evaluate(
    (url) => new Promise((resolve) => (new WebSocket(url).onclose = ({ code }) => resolve(code))),
    address,
  );
  expect(closeCode).toBe(1006);
  await expect(ann.page.getByTestId('knock')).toHaveCount(0);
});
