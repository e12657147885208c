import { describe, expect, it, test } from 'vitest';
import {
  formatClock,
  formatDuration,
  formatMoment,
  formatServer,
  formatAccelerator,
  formatShortcut,
  formatWhen,
  formatKey,
  initials,
  ownLocale,
} from '../../../../renderer/ui/format';

describe('formatClock', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [7_000, '0:07'],
    [754_000, '12:34'],
    [3_600_000, '1:00:00'],
    [36_754_000, '10:12:34'],
    [-5_000, '0:00'],
  ])('writes %i ms as %s', (ms, text) => expect(formatClock(ms)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0, '0 seconds', '0秒'],
    [1_000, '1 second', '1秒'],
    [60_000, '1 minute', '1分钟'],
    [754_000, '12 minutes 34 seconds', '12分钟34秒'],
    [3_723_000, '1 hour 2 minutes', '1小时2分钟'],
  ])('writes %i ms in both languages', (ms, english, chinese) => {
    expect(formatDuration(ms, 'en')).toBe(english);
    expect(formatDuration(ms, 'zh')).toBe(chinese);
  });
});

describe('formatServer', () => {
  it('leaves out the scheme', () => {
    expect(formatServer('ws://192.168.1.5:9238')).toBe('192.168.1.5:9238');
    expect(formatServer('wss://example.org')).toBe('example.org');
  });
});

test('of a key one compares the end', () => {
  expect(formatKey('BGxUNKNOWNqM3x0Zt-_abc1234')).toBe('qM3x 0Zt- _abc 1234');
});

describe('initials', () => {
  it.each([
    ['Nora Berg', 'NB'],
    ['ana', 'A'],
    ['  Ludwig van Beethoven ', 'LB'],
    ['chen-ming', 'CM'],
    ['林晓', '林'],
    ['👩‍👧 Ana', '👩‍👧'],
    ['éva', 'É'],
    ['שלום', 'ש'],
    ['', ''],
    ['   ', ''],
  ])('of “%s” are “%s”', (name, letters) => expect(initials(name)).toBe(letters));
});

describe('formatShortcut', () => {
  it('writes keys as the system does', () => {
    expect(formatShortcut('D', 'darwin')).toBe('⌘D');
    expect(formatShortcut('D', 'linux')).toBe('Ctrl+D');
    expect(formatShortcut('Shift+H', 'darwin')).toBe('⇧⌘H');
    expect(formatShortcut('Shift+H', 'win32')).toBe('Ctrl+Shift+H');
  });
});

it('a key that Electron holds is written as the OS does', () => {
  expect(formatAccelerator('CommandOrControl+Alt+F9', 'linux')).toBe('Ctrl+Alt+F9');
  expect(formatAccelerator('CommandOrControl+Shift+M', 'darwin')).toBe('⇧⌘M');
  expect(formatAccelerator('CommandOrControl+Alt+M', 'darwin')).toBe('⌥⌘M');
});

describe('a moment', () => {
  const now = new Date(2026, 10, 25, 10, 30).getTime();
  const ago = (days: number, hour = 9): number => new Date(2026, 10, 25 - days, hour, 5).getTime();

  it('is told as short as can be', () => {
    expect(formatMoment(ago(0), now, 'en-GB')).toBe('09:05');
    expect(formatMoment(ago(0), now, 'en-US')).toMatch(/^9:05\sAM$/);
    expect(formatMoment(ago(1, 23), now, 'en-GB')).toBe('Yesterday');
    expect(formatMoment(ago(1), now, 'zh-CN')).toBe('昨天');
    expect(formatMoment(ago(3), now, 'en-GB')).toBe('Sunday');
    expect(formatMoment(ago(7), now, 'en-GB')).toBe('18/11/2026');
    // By a clock that was set back.
    expect(formatMoment(ago(-2), now, 'en-GB')).toBe('27/11/2026');
  });

  it('is told in the form of the person’s own country, where the page speaks their language', () => {
    expect(ownLocale('en', ['de-DE', 'en-GB', 'en-US'])).toBe('en-GB');
    expect(ownLocale('zh', ['en-GB'])).toBe('zh');
    expect(ownLocale('zh', ['zh'])).toBe('zh');
    expect(formatWhen(ago(0), 'en-GB')).toMatch(/^Wednesday,? 25 November 2026 at 09:05$/);
  });
});
