/**
 * Looks at a screen in the ways it is used: two languages, two themes, three sizes, with axe and with a ruler. Each
 * with each in `npm run test:long`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { BrowserWindow } from 'electron';
import type { Language } from '../../preload/bridge';
import { en } from '../../renderer/ui/messages-en';
import { zh } from '../../renderer/ui/messages-zh';
import { expect, ROOT, type Person } from './people';

/** What the screens say. */
export const WORDS = { en, zh };
type Words = (typeof WORDS)[Language];

/** The window in its own pixels; at `zoom` 2 everything is twice as large: half as much fits. */
const SIZES = {
  wide: { width: 960, height: 640, zoom: 1 },
  small: { width: 360, height: 480, zoom: 1 },
  zoomed: { width: 480, height: 640, zoom: 2 },
} as const;
type Size = keyof typeof SIZES;
type Theme = 'light' | 'dark';

/** The themes of the pictures, and the one that axe looks at. */
type Themes = Record<Language, Record<Size, { pictures: readonly Theme[]; axe: Theme | null }>>;

/** Of language and theme axe sees every pair, and of the sizes the greatest and the least. */
const EVERY_THEME: Themes = {
  en: {
    wide: { pictures: ['light', 'dark'], axe: 'light' },
    small: { pictures: ['light'], axe: null },
    zoomed: { pictures: ['dark'], axe: 'dark' },
  },
  zh: {
    wide: { pictures: ['light', 'dark'], axe: 'dark' },
    small: { pictures: ['dark'], axe: null },
    zoomed: { pictures: ['light'], axe: 'light' },
  },
};

/** Half of that, which still has every language, theme and size; where nothing is said of a size, it is passed by. */
const SOME_THEMES: Themes = {
  en: {
    wide: { pictures: ['light'], axe: 'light' },
    small: { pictures: [], axe: null },
    zoomed: { pictures: ['dark'], axe: null },
  },
  zh: {
    wide: { pictures: ['dark'], axe: 'dark' },
    small: { pictures: ['dark'], axe: null },
    zoomed: { pictures: [], axe: null },
  },
};

const THEMES = process.env['PARLEY_LONG'] ? EVERY_THEME : SOME_THEMES;

interface Looks {
  /** More than one: changed on the way, by the settings. */
  languages?: readonly Language[];
  sizes?: readonly Size[];
  /** Opens what lies over the screen, in the language the page speaks now; Escape closes it again. */
  open?: (words: Words, language: Language) => Promise<void>;
  /** The dialog is looked at from its end. */
  atEnd?: boolean;
}

/** Photographs a screen, and has axe and the ruler look at it. Leaves it wide, and in the last of the languages. */
export async function look(person: Person, screen: string, looks: Looks = {}): Promise<void> {
  const { languages = ['zh', 'en'], sizes = ['wide', 'small', 'zoomed'], open, atEnd = false } = looks;
  for (const language of languages) {
    if (languages.length > 1) await speak(person, language);
    if (sizes[0]) await resize(person, sizes[0]);
    await open?.(WORDS[language], language);
    for (const size of sizes) {
      const { pictures, axe } = THEMES[language][size];
      if (pictures.length === 0 && sizes.length > 1) continue;
      await resize(person, size);
      if (atEnd)
        await person.page.getByRole('dialog').evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight));
      for (const theme of pictures) {
        const name = `${screen}-${language}-${size}-${theme}`;
        await person.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        // The controls of a call fade when nothing stirs.
        await person.page.mouse.move(2, theme === 'light' ? 2 : 3);
        await photograph(person.page, join(ROOT, 'test-results/screens', `${name}.png`));
        if (theme === axe) expect.soft(await violations(person.page), name).toEqual([]);
      }
      expect.soft(await person.page.evaluate(measure), `${screen}-${language}-${size}`).toEqual([]);
    }
    await resize(person, 'wide');
    if (open) await person.page.keyboard.press('Escape');
  }
}

/** The same for a window that has one size and one language: in both themes. */
export async function lookAtWindow(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await photograph(page, join(ROOT, 'test-results/screens', `${name}-${theme}.png`));
    expect.soft(await violations(page), `${name}-${theme}`).toEqual([]);
  }
  expect.soft(await page.evaluate(measure), name).toEqual([]);
}

/** Changes the language as a person does, from wherever they are. */
export async function speak({ page }: Person, language: Language): Promise<void> {
  if ((await page.locator('html').getAttribute('lang'))?.startsWith(language)) return;
  await page.keyboard.press('Control+,');
  await page.getByRole('combobox', { name: /^(Language|语言)$/ }).selectOption(language);
  // Its words are loaded first.
  await expect(page.locator('html')).toHaveAttribute('lang', new RegExp(`^${language}`));
  await page.keyboard.press('Escape');
}

async function resize({ app, page }: Person, size: Size): Promise<void> {
  const { width, height, zoom } = SIZES[size];
  const handle = await app.browserWindow(page);
  await handle.evaluate((own: BrowserWindow, to) => {
    own.setContentSize(to.width, to.height);
    own.webContents.setZoomFactor(to.zoom);
  }, SIZES[size]);
  await page.evaluate(
    async (wanted) => {
      while (window.innerWidth !== wanted.width || window.innerHeight !== wanted.height)
        await new Promise(requestAnimationFrame);
      // What is in it follows a frame later.
      for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
    },
    { width: width / zoom, height: height / zoom },
  );
}

/** Playwright's own screenshot does not know the zoom of a window, and takes a quarter. */
async function photograph(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot');
  await session.detach();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.from(data, 'base64'));
}

async function violations(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page })
    .setLegacyMode(true)
    // What is fine need not be told, and no style sheet be loaded again.
    .options({ resultTypes: ['violations'], preload: false })
    .analyze();
  return result.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
}

/** Runs in the page: what is cut off, or out of the window where no scrolling reaches it. */
function measure(): string[] {
  const found: string[] = [];
  const tell = (what: string, element: Element): void => {
    const text = element.textContent.replace(/\s+/g, ' ').trim().slice(0, 60);
    found.push(`${what}: <${element.tagName.toLowerCase()} class="${element.className}"> ${text}`);
  };
  const scrolls = (element: Element): boolean =>
    ['auto', 'scroll'].includes(getComputedStyle(element).overflowY);

  /** Ends in an ellipsis by design, or is part of what does. */
  const isShortened = (element: Element | null): boolean => {
    if (element === null) return false;
    const { textOverflow, webkitLineClamp, display } = getComputedStyle(element);
    if (textOverflow === 'ellipsis' || webkitLineClamp !== 'none') return true;
    return display === 'inline' && isShortened(element.parentElement);
  };

  // What lies behind a dialog is nobody's business.
  const top = document.querySelector('dialog[open]') ?? document.body;
  for (const element of top.querySelectorAll<HTMLElement>('*')) {
    if (element.closest('svg, option, .visually-hidden') !== null) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;

    const style = getComputedStyle(element);
    const shortened = isShortened(element);
    const speaks = [...element.childNodes].some(
      ({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim(),
    );
    const measured = !shortened && element.clientWidth > 0 && !element.matches('input, select, video');
    if (measured) {
      const across = element.scrollWidth - element.clientWidth;
      if (across > 1 && (speaks || style.overflowX !== 'visible'))
        tell(`too wide by ${String(across)} px`, element);
      const down = element.scrollHeight - element.clientHeight;
      if (down > 1 && style.overflowY === 'hidden') tell(`cut off by ${String(down)} px`, element);
    }

    const beside = Math.max(-box.left, box.right - window.innerWidth);
    const beyond = Math.max(-box.top, box.bottom - window.innerHeight);
    let parent = element.parentElement;
    while (parent && !scrolls(parent)) parent = parent.parentElement;
    if (!shortened && (beside > 1 || (beyond > 1 && parent === null))) tell('out of the window', element);
  }
  return found;
}
