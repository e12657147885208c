import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, expect, test } from '@playwright/test';
import { FUSE, readFuses } from '../../scripts/runtime/fuses.mjs';
import { ROOT } from '../support/people';

test.skip(process.platform !== 'linux', 'the unpacked folder of other systems is started by hand');

const FOLDER = join(ROOT, 'release/linux-unpacked');
const EXECUTABLE = join(FOLDER, 'parley');

test.beforeAll(() => {
  test.setTimeout(300_000);
  // Named by hand it would have no version to package.
  const env = { ...process.env, PARLEY_ELECTRON: '' };
  execFileSync(process.execPath, [join(ROOT, 'scripts/package.mjs'), '--dir'], {
    cwd: ROOT,
    env,
    stdio: 'ignore',
  });
});

test('the package holds the app and its licences, and no default app or source map', () => {
  expect(existsSync(join(FOLDER, 'resources/app.asar'))).toBe(true);
  expect(existsSync(join(FOLDER, 'resources/default_app.asar'))).toBe(false);
  expect(readdirSync(FOLDER).filter((name) => /LICENSE/.test(name)).length).toBeGreaterThan(0);
  expect(readFileSync(join(FOLDER, 'resources/app.asar')).includes('.js.map"')).toBe(false);
});

test('its fuses leave no way to run other code with it', () => {
  const fuses = readFuses(readFileSync(EXECUTABLE));
  const off = [
    'runAsNode',
    'cookieEncryption',
    'nodeOptions',
    'nodeCliInspect',
    'browserSnapshot',
    'fileProtocolPrivileges',
  ] as const;
  for (const name of off) expect(fuses[FUSE[name]], name).toBe('0');
  expect(fuses[FUSE.onlyLoadAppFromAsar], 'onlyLoadAppFromAsar').toBe('1');
});

test('it starts, shows its page, and hosts a room', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'parley-packaged-'));
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(
    EXECUTABLE,
    [
      ...root,
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--lang=en',
      '--name',
      'Ann',
      '--host',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  try {
    const endpoint = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const found = /^DevTools listening on (\S+)/.exec(line)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`the app ended with ${String(code)}`)));
    });
    // Playwright waits for ever for a page that is just being made when it connects.
    const { host } = new URL(endpoint);
    const pages = async (): Promise<string> => (await fetch(`http://${host}/json/list`)).text();
    await expect.poll(pages).toContain('"app://parley/index.html"');
    const browser = await chromium.connectOverCDP(endpoint);
    const [context] = browser.contexts();
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
    if (!page) throw new Error('no window');
    await expect(page.getByRole('textbox', { name: 'Link to this room' })).toHaveValue(/^parley:\/\/join\?/);
    expect(page.url()).toBe('app://parley/index.html');
    await browser.close();
  } finally {
    child.kill();
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(null)));
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
