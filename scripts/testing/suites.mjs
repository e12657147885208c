import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { withVirtualDisplay } from '../display.mjs';
import { readJson } from '../read-json.mjs';
import { runGroup } from '../run.mjs';
import { ROOT } from '../runtime/paths.mjs';

/** @typedef {import('./summary.mjs').Tally} Tally */

const TALLIES = path.join(ROOT, 'scripts/testing');
const PLAYWRIGHT = path.join(ROOT, 'node_modules/@playwright/test/cli.js');
/** What failed where no test did. */
const RUNNER = { name: 'the runner of the tests', reason: 'it ended early, see above' };
const VITEST = path.join(ROOT, 'node_modules/vitest/vitest.mjs');

/**
 * Runs a Vitest project, showing its output.
 * @param {'unit' | 'integration'} project
 * @param {readonly string[]} args names of files, or parts of them, and Vitest's own options
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Tally>}
 */
export function runVitest(project, args, env = process.env) {
  const reporters = ['--reporter=default', `--reporter=${path.join(TALLIES, 'vitest-tally.mjs')}`];
  return counted([VITEST, 'run', '--project', project, ...reporters, ...args], env);
}

/**
 * Runs a folder of Playwright tests on a display of their own, showing their output.
 * @param {'e2e' | 'bench'} folder in test/
 * @param {readonly string[]} args names of files, or parts of them, and Playwright's own options
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Tally>}
 */
export function runPlaywright(folder, args, env = process.env) {
  const config = path.join(ROOT, 'test', folder, 'playwright.config.ts');
  const reporter = `--reporter=list,${path.join(TALLIES, 'playwright-tally.mjs')}`;
  const command = [PLAYWRIGHT, 'test', '-c', config, reporter, ...args];
  if (process.platform !== 'linux') return counted(command, env);
  return withVirtualDisplay((shown) => counted(command, shown), { env });
}

/**
 * @param {readonly string[]} command a script for Node and its arguments
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Tally>}
 */
async function counted(command, env) {
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-tally-'));
  const file = path.join(folder, 'tally.json');
  try {
    const code = await runGroup(process.execPath, command, {
      cwd: ROOT,
      env: { ...env, PARLEY_TALLY: file },
    });
    if (!existsSync(file)) return { passed: 0, failed: [RUNNER], skipped: [] };
    const tally = /** @type {Tally} */ (await readJson(file));
    // A runner that failed for another reason than a test has still failed.
    return code === 0 || tally.failed.length > 0 ? tally : { ...tally, failed: [RUNNER] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
