import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { isFresh } from '../../../scripts/build.mjs';

const OUTPUTS = [
  'renderer/index.html',
  'popup/popup.html',
  'main/index.js',
  'preload/index.cjs',
  'popup-preload/popup.cjs',
  'server/parley-server.js',
];
let root = '';

/** Writes a file that changed so many seconds after the beginning. */
function put(file: string, at: number) {
  const whole = path.join(root, file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, '');
  utimesSync(whole, at, at);
  utimesSync(path.dirname(whole), at, at);
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'parley-build-'));
  put('main/deep/index.ts', 100);
  utimesSync(path.join(root, 'main'), 100, 100);
  for (const file of OUTPUTS) put(`dist/${file}`, 200);
});
afterEach(() => rmSync(root, { recursive: true }));

test('what was built after its sources is fresh', async () => {
  expect(await isFresh(root)).toBe(true);
});

test('a changed or removed source, or a missing output, asks for a build', async () => {
  put('main/deep/index.ts', 300);
  expect(await isFresh(root)).toBe(false);
  put('main/deep/index.ts', 100);
  expect(await isFresh(root)).toBe(true);
  rmSync(path.join(root, 'main/deep/index.ts'));
  expect(await isFresh(root)).toBe(false);
  utimesSync(path.join(root, 'main/deep'), 100, 100);
  rmSync(path.join(root, 'dist/preload/index.cjs'));
  expect(await isFresh(root)).toBe(false);
});
