import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fitSettings, SettingsStore } from '../../../main/settings';
import { settingsSchema } from '../../../preload/bridge';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-settings-'));
  path = join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function load(): Promise<{ store: SettingsStore; notice: string | null }> {
  const store = new SettingsStore(path);
  return { store, notice: await store.load() };
}

test('a first start has defaults and nothing to tell', async () => {
  const { store, notice } = await load();
  expect(notice).toBeNull();
  expect(store.current).toMatchObject({ name: '', welcomed: false, door: 'ask' });
});

test('what was changed is there at the next start, for its owner only', async () => {
  await (await load()).store.change({ name: ' Ann\u202e ', welcomed: true });
  expect((await load()).store.current).toMatchObject({ name: 'Ann', welcomed: true });
  expect(statSync(path).mode & 0o077).toBe(0);
});

test('a corrupt file costs only what changed last', async () => {
  const { store } = await load();
  await store.change({ name: 'Ann' });
  await store.change({ voiceOnly: true });
  writeFileSync(path, '{"name": "An');
  const again = await load();
  expect(again.notice).toBe('settings-restored');
  expect(again.store.current.name).toBe('Ann');
});

test('a corrupt file never becomes the backup', async () => {
  const { store } = await load();
  await store.change({ name: 'Ann' });
  await store.change({ voiceOnly: true });
  writeFileSync(path, 'nonsense');
  await (await load()).store.change({ preview: true });
  writeFileSync(path, 'nonsense again');
  expect((await load()).store.current.name).toBe('Ann');
});

test('a file that is nothing but nonsense, without a backup, is said so', async () => {
  writeFileSync(path, '[]');
  expect((await load()).notice).toBe('settings-reset');
});

test('nonsense is kept beside what is written in its place', async () => {
  writeFileSync(path, '[]');
  const { store } = await load();
  expect(readFileSync(path, 'utf8')).toBe('[]');
  await store.change({ name: 'Ann' });
  expect(readFileSync(`${path}.broken`, 'utf8')).toBe('[]');
  expect(await load()).toMatchObject({ notice: null, store: { current: { name: 'Ann' } } });
});

test('one field that is no longer valid costs only itself', async () => {
  writeFileSync(
    path,
    JSON.stringify({ name: 'Ann', door: 'ajar', iceServers: [{ urls: ['http://x'] }], preview: true }),
  );
  const { store, notice } = await load();
  expect(notice).toBeNull();
  expect(store.current).toMatchObject({ name: 'Ann', door: 'ask', iceServers: [], preview: true });
});

test('a sound that is turned off stays off, and one the file does not know yet is on', async () => {
  const { store } = await load();
  await store.change({ sounds: { ...store.current.sounds, knock: false } });
  expect((await load()).store.current.sounds).toEqual({
    ring: true,
    ringBack: true,
    knock: false,
    connected: true,
    reconnecting: true,
    ended: true,
  });
  writeFileSync(path, JSON.stringify({ name: 'Ann', sounds: { ended: false } }));
  expect((await load()).store.current.sounds).toEqual({
    ring: true,
    ringBack: true,
    knock: true,
    connected: true,
    reconnecting: true,
    ended: false,
  });
  writeFileSync(path, JSON.stringify({ name: 'Ann', sounds: { ended: 'softly' } }));
  expect((await load()).store.current).toMatchObject({ name: 'Ann', sounds: { ended: true } });
});

test('what the command line says holds for this run and is never written', async () => {
  const store = new SettingsStore(path, { name: 'Guest', welcomed: true });
  await store.load();
  await store.change({ preview: true });
  expect(store.current).toMatchObject({ name: 'Guest', welcomed: true, preview: true });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ name: '', welcomed: false });
  await store.change({ name: 'Chosen' });
  expect(store.current.name).toBe('Chosen');
});

test('a hundred changes at once end with the last', async () => {
  const { store } = await load();
  await Promise.all(Array.from({ length: 100 }, (_, index) => store.change({ name: `n${String(index)}` })));
  expect((await load()).store.current.name).toBe('n99');
});

test('whatever a file holds, the settings are valid', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => v.is(settingsSchema, fitSettings(value))));
});
