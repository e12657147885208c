import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Language } from '../../preload/bridge';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';

/** What is pressed on the way, in each language. */
const WORDS = {
  en: {
    continue: 'Continue',
    host: 'Host a room',
    open: 'Open room',
    join: 'Join',
    joinRoom: 'Join room',
    close: 'Close',
    settings: 'Settings',
    letIn: 'Let in',
    more: 'More',
    hangUp: 'Hang up',
    cancel: 'Cancel',
    advanced: 'Advanced',
  },
  zh: {
    continue: '继续',
    host: '开房间',
    open: '打开房间',
    join: '加入',
    joinRoom: '加入房间',
    close: '关闭',
    settings: '设置',
    letIn: '让对方进来',
    more: '更多',
    hangUp: '挂断',
    cancel: '取消',
    advanced: '高级',
  },
} satisfies Record<Language, Record<string, string>>;

const SIZES = [
  { width: 960, height: 640 },
  { width: 360, height: 480 },
] as const;

/** Photographs a screen in both themes and sizes, and has axe look at it in each. */
async function look({ page }: Person, language: Language, screen: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const name = `${screen}-${language}-${colorScheme}-${String(size.width)}`;
      await page.screenshot({ path: join(ROOT, 'test-results/screens', `${name}.png`) });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
      );
      expect(found, name).toEqual([]);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${screen} fits ${String(size.width)} px`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(SIZES[0]);
}

for (const language of ['en', 'zh'] as const) {
  const words = WORDS[language];

  test(`every screen before a call can be used by everyone (${language})`, async ({ meet }) => {
    const ann = await meet('Ann', { media: RED, firstStart: true, args: ['--lang', language] });
    await expect(ann.button(words.continue)).toBeVisible();
    await look(ann, language, '01-first-start');
    await ann.page.getByRole('textbox').fill('Ann');
    await ann.button(words.continue).click();
    await expect(ann.button(words.host)).toBeVisible();
    await look(ann, language, '02-idle');

    await ann.button(words.host).click();
    await expect(ann.button(words.open)).toBeVisible();
    await look(ann, language, '03-host');
    await ann.page.keyboard.press('Escape');

    await ann.button(words.join).click();
    await ann.page.getByText(words.advanced, { exact: true }).click();
    await ann.page.getByRole('dialog').getByRole('textbox').first().fill('two words');
    await expect(ann.page.getByRole('dialog').getByRole('textbox').first()).toHaveAttribute(
      'aria-invalid',
      'true',
    );
    await look(ann, language, '04-join');
    await ann.page.keyboard.press('Escape');

    await ann.button(new RegExp(`^${words.settings}`)).click();
    await look(ann, language, '05-settings');
  });

  test(`every screen of a call can be used by everyone (${language})`, async ({ meet }) => {
    const args = ['--lang', language];
    const [ann, ben] = await Promise.all([
      meet('Ann', { media: RED, args: [...args, '--host'], settings: { language, preview: true } }),
      meet('Bénédicte 🎈 von der Überlangenstraße', { media: BLUE, args, settings: { language } }),
    ]);
    const link = await ann.roomLink();
    await look(ann, language, '06-waiting');
    await ben.launchWith(link);
    await expect(ben.button(words.join)).toBeVisible();
    await look(ben, language, '07-confirm');
    await ben.button(words.join).click();
    await expect(ann.page.getByTestId('knock')).toBeVisible();
    await look(ben, language, '08-knocking');
    await look(ann, language, '09-knock');
    await ann.button(words.letIn).click();
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    await ann.page.mouse.move(300, 300);
    await look(ann, language, '10-call');
    await ann.page.mouse.move(320, 300);
    await ann.button(words.more).click();
    await look(ann, language, '11-call-more');
    await ann.page.keyboard.press('Escape');
    await ben.button(words.hangUp).click();
    await expect(ann.button(words.hangUp)).toHaveCount(0);
    await look(ann, language, '12-ended');
  });
}
