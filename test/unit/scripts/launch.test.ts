import { expect, test } from 'vitest';

import { canSandbox, launchEnvironment } from '../../../scripts/launch.mjs';

/** An ordinary Linux desktop: no set-uid helper, these kernel settings. */
function linux(settings: Record<string, string> = {}) {
  return {
    platform: 'linux',
    uid: 1000,
    read: (file: string) => {
      const value = settings[file];
      return value === undefined
        ? Promise.reject(new Error('no such setting'))
        : Promise.resolve(`${value}\n`);
    },
    stat: () => Promise.resolve({ uid: 1000, mode: 0o100755 }),
    makesNamespace: (): Promise<boolean | undefined> => Promise.resolve(true),
  };
}

test('uses the sandbox wherever it can start', async () => {
  expect(await canSandbox('/dist/electron', linux())).toBe(true);
  expect(await canSandbox('/dist/electron', { ...linux(), platform: 'darwin', uid: 0 })).toBe(true);
});

test.each(['kernel/apparmor_restrict_unprivileged_userns=1', 'kernel/unprivileged_userns_clone=0'])(
  'knows that it cannot where %s, unless its helper is installed',
  async (setting) => {
    const [name, value] = setting.split('=');
    const host = linux({ [`/proc/sys/${String(name)}`]: String(value) });
    expect(await canSandbox('/dist/electron', host)).toBe(false);
    const helper = { ...host, stat: () => Promise.resolve({ uid: 0, mode: 0o104755 }) };
    expect(await canSandbox('/dist/electron', helper)).toBe(true);
  },
);

test('tries it where the settings allow it: a container may be denied it, unless the helper is installed', async () => {
  const container = { ...linux(), makesNamespace: () => Promise.resolve(false) };
  expect(await canSandbox('/dist/electron', container)).toBe(false);
  const helper = { ...container, stat: () => Promise.resolve({ uid: 0, mode: 0o104755 }) };
  expect(await canSandbox('/dist/electron', helper)).toBe(true);
});

test('believes the settings where it cannot be tried', async () => {
  const bare = { ...linux(), makesNamespace: () => Promise.resolve(undefined) };
  expect(await canSandbox('/dist/electron', bare)).toBe(true);
});

test('knows that root cannot use the sandbox', async () => {
  expect(await canSandbox('/dist/electron', { ...linux(), uid: 0 })).toBe(false);
});

test('takes away what would start Electron as plain Node', () => {
  expect(launchEnvironment({ ELECTRON_RUN_AS_NODE: '1', HOME: '/home/ann' })).toEqual({ HOME: '/home/ann' });
});
