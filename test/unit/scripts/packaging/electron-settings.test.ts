import { expect, test } from 'vitest';

import { electronSettings } from '../../../../scripts/packaging/electron-settings.mjs';

const fallback = {
  executable: '/cache/dist/electron',
  version: '33.2.1',
  source: 'fallback',
  sentence: '',
} as const;

test('lets the packager fetch the official Electron', () => {
  expect(electronSettings({ ...fallback, source: 'official' }, [])).toEqual([]);
});

test('packages the fallback only as a folder', () => {
  expect(electronSettings(fallback, ['--dir'])).toEqual([
    '-c.electronVersion=33.2.1',
    '-c.electronDist=/cache/dist',
  ]);
  expect(() => electronSettings(fallback, ['--linux', 'deb'])).toThrow('Only --dir');
});
