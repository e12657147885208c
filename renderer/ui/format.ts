/** How times, names and addresses are written out. */
import type { Language } from '../../preload/bridge';

/** `0:07`, `12:03`, `1:02:03`: a running clock. Negative time (a clock set back) is zero. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `1 hour 2 minutes`, `12 minutes 3 seconds`, `7 seconds`: the two largest units that are not zero. */
export function formatDuration(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ];
  const told = parts.filter(([n]) => n > 0).slice(0, 2);
  const said = (told.length > 0 ? told : parts.slice(2)).map(([n, unit]) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      // Long Chinese units are the formal ones: 秒钟.
      unitDisplay: language === 'zh' ? 'short' : 'long',
    }).format(n),
  );
  return said.join(language === 'zh' ? '' : ' ');
}

/** The person's own form of a language: for who has `en-GB` in the system, that one where the page speaks English. */
export function ownLocale(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}

const DAY_MS = 86_400_000;

/** When something was, as short as can be: the time today, then the day, then the date. */
export function formatMoment(atMs: number, nowMs: number, locale: string): string {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  // A day may have 23 or 25 hours.
  const days = Math.round((midnight(nowMs) - midnight(atMs)) / DAY_MS);
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(locale, options).format(atMs);
  if (days === 0) return format({ timeStyle: 'short' });
  if (days === 1) {
    const yesterday = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-1, 'day');
    return yesterday.charAt(0).toLocaleUpperCase(locale) + yesterday.slice(1);
  }
  return format(days > 0 && days < 7 ? { weekday: 'long' } : { dateStyle: 'short' });
}

/** When something was, in full. */
export function formatWhen(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(atMs);
}

/** `ws://192.168.1.5:9238` as people read it: `192.168.1.5:9238`. */
export const formatServer = (url: string): string => url.replace(/^wss?:\/\//, '');

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function firstGrapheme(text: string): string {
  for (const { segment } of segmenter.segment(text)) return segment;
  return '';
}

/** One or two letters that stand for a person without a picture; empty for an empty name. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== '');
  const first = firstGrapheme(words[0] ?? '');
  const last = words.length > 1 ? firstGrapheme(words.at(-1) ?? '') : '';
  // Two Han characters or emoji side by side are not initials; one is.
  return (
    /^\p{Alphabetic}/u.test(first) && !/^\p{Script=Han}/u.test(first) ? first + last : first
  ).toUpperCase();
}

/** What one compares of somebody's public key: its last 96 bits, `qM3x 0Zt- …`. */
export function formatKey(key: string): string {
  return (key.slice(-16).match(/.{1,4}/gu) ?? []).join(' ');
}

/** A key as Electron writes it, as the OS does: `CommandOrControl+Alt+M` is `⌥⌘M` or `Ctrl+Alt+M`. */
export function formatAccelerator(accelerator: string, platform: 'linux' | 'darwin' | 'win32'): string {
  if (platform !== 'darwin') return accelerator.replace('CommandOrControl', 'Ctrl');
  const [, modifier = '', key = ''] = accelerator.split('+');
  return `${modifier === 'Shift' ? '⇧' : '⌥'}⌘${key}`;
}

/** Labels of shortcuts as the OS writes them: `D` is `⌘D` or `Ctrl+D`, `Shift+H` is `⇧⌘H` or `Ctrl+Shift+H`. */
export function formatShortcut(key: string, platform: 'linux' | 'darwin' | 'win32'): string {
  if (platform !== 'darwin') return `Ctrl+${key}`;
  return key.startsWith('Shift+') ? `⇧⌘${key.slice('Shift+'.length)}` : `⌘${key}`;
}
