import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** Files that a page needs before its first frame: what its HTML names, and what those import. */
function firstFiles(folder: string, name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  if (name.endsWith('.css')) return found;
  const text = readFileSync(join(folder, name), 'utf8');
  const named = name.endsWith('.html')
    ? text.matchAll(/(?:src|href)="\.\/([^"]+)"/g)
    : text.matchAll(/(?:^|[;}])import[^;("'`]*["'`]\.\/([^"'`]+)["'`]/g);
  for (const [, file = ''] of named) firstFiles(folder, join(dirname(name), file), found);
  return found;
}

test('size of the page', () => {
  const folder = join(ROOT, 'dist/renderer');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(html|js|css)$/.test(name),
  );
  const kB = (names: readonly string[]): string =>
    (
      names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0) /
      1000
    ).toFixed(1);
  const first = firstFiles(folder, 'index.html');
  expect(first.size).toBeGreaterThan(2);
  for (const language of ['en', 'zh']) {
    // A person reads one language, and the first frame waits for its words.
    const words = files.filter((name) => name.includes(`language-${language}-`));
    expect(words).toHaveLength(1);
    const rest = files.filter((name) => !name.includes('language-') && !first.has(name));
    expect(rest).not.toHaveLength(0);
    console.log(
      `page in ${language}, gzipped: ${kB([...first, ...words])} kB to the first frame (aim 60 kB), ` +
        `${kB([...first, ...words, ...rest])} kB with every screen`,
    );
  }
});
