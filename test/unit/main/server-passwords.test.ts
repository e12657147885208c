import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KeyStore } from '../../../main/key-store';
import { ServerPasswords } from '../../../main/server-passwords';
import { silentLogger } from '../../../main/signaling/logger';

const HOME = ['ws://192.168.1.5:9238', 'wss://calls.example.org'];
const now = Promise.resolve();

/** Turns every byte over: enough to see that no secret is written as it is. */
const turned = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
const keyStore: KeyStore = {
  isSafe: () => Promise.resolve(true),
  encrypt: (secret) => Promise.resolve(turned(Buffer.from(secret))),
  decrypt: (bytes) => Promise.resolve(turned(bytes).toString()),
};
const noKeyStore: KeyStore = { ...keyStore, isSafe: () => Promise.resolve(false) };

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-test-'));
  path = join(folder, 'password.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async (store = keyStore): Promise<ServerPasswords> => {
  const passwords = new ServerPasswords({ path, keyStore: store, log: silentLogger });
  await passwords.load(now);
  return passwords;
};

it('keeps the password of the saved server over a restart, for its owner only and never as it is', async () => {
  const before = await open();
  before.use(HOME, 'open sesame');
  await before.keepFor(HOME);
  expect(await readFile(path, 'utf8')).not.toContain('open sesame');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const after = await open();
  expect(after.for(['wss://calls.example.org'])).toBe('open sesame');
});

it('gives it to no list of addresses with one in it that it was not typed for', async () => {
  const passwords = await open();
  const [good = '', other = ''] = HOME;
  const evil = 'wss://evil.example';
  passwords.use(HOME, 'open sesame');
  expect([passwords.for(HOME), passwords.for([other]), passwords.for([other, good])]).toEqual(
    Array(3).fill('open sesame'),
  );
  for (const servers of [[evil], [good, evil], [evil, ...HOME]]) expect(passwords.for(servers)).toBeNull();
  // Not even where each was typed for.
  passwords.use([evil], 'another');
  expect([passwords.for([good, evil]), passwords.for([good])]).toEqual([null, 'open sesame']);
});

it('gives what was typed last for just these addresses, or else for the fewest others beside them', async () => {
  const passwords = await open();
  const [good = ''] = HOME;
  const both = [good, 'wss://evil.example'];
  passwords.use(HOME, 'one');
  passwords.use([good], 'two');
  passwords.use(both, 'three');
  expect([HOME, [good], both].map((servers) => passwords.for(servers))).toEqual(['one', 'two', 'three']);
  passwords.use(HOME, 'four');
  passwords.use([good], 'five');
  expect([HOME, [good], both].map((servers) => passwords.for(servers))).toEqual(['four', 'five', 'three']);
});

it('forgets it with the server', async () => {
  const before = await open();
  before.use(HOME, 'open sesame');
  await before.keepFor(HOME);
  await before.keepFor(null);
  await expect(stat(path)).rejects.toThrow('ENOENT');
  expect((await open()).for(HOME)).toBeNull();
});

it('writes none without a key store, and reads none', async () => {
  const without = await open(noKeyStore);
  without.use(HOME, 'open sesame');
  await without.keepFor(HOME);
  await expect(stat(path)).rejects.toThrow('ENOENT');
  const before = await open();
  before.use(HOME, 'open sesame');
  await before.keepFor(HOME);
  expect((await open(noKeyStore)).for(HOME)).toBeNull();
});

it.each(['', '{', '[]', '{"servers":["x"],"secret":5}', 'null'])(
  'is asked again after a file of %j',
  async (text) => {
    await writeFile(path, text);
    expect((await open()).for(HOME)).toBeNull();
  },
);

it('waits with the key store until the window is there', async () => {
  const before = await open();
  before.use(HOME, 'open sesame');
  await before.keepFor(HOME);
  let asked = 0;
  const store = { ...keyStore, isSafe: () => Promise.resolve((asked += 1) > 0) };
  const passwords = new ServerPasswords({ path, keyStore: store, log: silentLogger });
  let show = (): void => undefined;
  const loaded = passwords.load(new Promise<void>((resolve) => (show = resolve)));
  await readFile(path);
  expect(asked).toBe(0);
  show();
  await loaded;
  expect(passwords.for(HOME)).toBe('open sesame');
});
