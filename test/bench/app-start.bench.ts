import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { _electron, expect, test } from '@playwright/test';
import { ROOT } from '../support/people';
import { print } from './figures';

const RUNS = 10;

/** Starts an app until its first button can be pressed. @returns milliseconds, and MiB of memory when idle */
async function start(folder: string): Promise<{ ms: number; mib: number }> {
  const profile = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  writeFileSync(
    join(profile, 'settings.json'),
    JSON.stringify({ name: 'Ann', welcomed: true, language: 'en' }),
  );
  const startedAt = performance.now();
  const app = await _electron.launch({
    cwd: ROOT,
    args: [
      folder,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      `--user-data-dir=${profile}`,
    ],
  });
  const page = await app.firstWindow();
  await page.getByRole('button', { name: 'Host a room' }).click({ trial: true });
  const ms = performance.now() - startedAt;
  await page.waitForLoadState('networkidle');
  const mib = await app.evaluate(
    ({ app: running }) =>
      running.getAppMetrics().reduce((sum, { memory }) => sum + memory.workingSetSize, 0) / 1024,
  );
  await app.close();
  rmSync(profile, { recursive: true, force: true });
  return { ms, mib };
}

test('start and idle memory, against an empty window', async () => {
  const ours: { ms: number; mib: number }[] = [];
  const floor: { ms: number; mib: number }[] = [];
  // Turn by turn, so that whatever else the machine does hits both.
  for (let run = 0; run < RUNS; run += 1) {
    floor.push(await start(join(ROOT, 'test/bench/empty-app')));
    ours.push(await start(ROOT));
  }
  const of = (key: 'ms' | 'mib') => ({
    ours: ours.map((each) => each[key]),
    floor: floor.map((each) => each[key]),
  });
  print({ what: 'start to interactive window', unit: 'ms', ...of('ms'), aim: 1.25 });
  print({ what: 'memory of the idle app', unit: 'MiB', ...of('mib'), aim: 1.25 });
});

test('size of the page', () => {
  const folder = join(ROOT, 'dist/renderer');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(html|js|css)$/.test(name),
  );
  const kB = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0) /
    1000;
  // Everything the app can show, but for the languages this person does not read.
  for (const language of ['en', 'zh']) {
    const loaded = files.filter((name) => !/language-/.test(name) || name.includes(`language-${language}-`));
    expect(loaded.length).toBeLessThan(files.length);
    console.log(`page, gzipped, as loaded in ${language}: ${kB(loaded).toFixed(1)} kB (aim 60 kB)`);
  }
  console.log(`  with every language: ${kB(files).toFixed(1)} kB`);
});
