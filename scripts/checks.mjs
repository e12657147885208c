import path from 'node:path';

import { readJson } from './read-json.mjs';
import { capture } from './run.mjs';
import { ROOT } from './runtime/paths.mjs';
import { seconds } from './testing/summary.mjs';

/** @typedef {{name: string, command: readonly [tool: string, ...args: string[]]}} Check a tool of our own node_modules */

/** @type {Check['command']} */
const LINT = ['eslint', '.', '--max-warnings', '0'];
/**
 * Skips the files that have not changed. A rule that reads types can miss what another file's change broke,
 * so only the quick check does this: `npm test` lints everything.
 * @type {Check['command']}
 */
const CACHED_LINT = [
  ...LINT,
  '--cache',
  '--cache-strategy',
  'content',
  '--cache-location',
  'node_modules/.cache/eslint/',
];

/** @type {Record<'types' | 'svelte' | 'lint' | 'format' | 'unused' | 'unit', Check>} */
export const CHECKS = {
  types: { name: 'types', command: ['tsc', '-b'] },
  svelte: {
    name: 'svelte-check',
    command: [
      'svelte-check',
      '--tsconfig',
      'renderer/tsconfig.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ],
  },
  lint: { name: 'lint', command: LINT },
  format: { name: 'format', command: ['prettier', '--check', '--cache', '--log-level', 'warn', '.'] },
  unused: { name: 'unused code', command: ['knip', '--no-progress'] },
  unit: { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit'] },
};

/**
 * Two at a time, for two cores. Lint comes after types: it reads the declarations they write.
 * @type {readonly (readonly Check[])[]}
 */
const LANES = [
  [CHECKS.types, CHECKS.lint],
  [CHECKS.svelte, CHECKS.format, CHECKS.unused],
];

/**
 * Runs the checks of the code, prints a line for each and everything that a failed one said.
 * @param {{quick: boolean}} [which] the quick check lints what changed and runs the unit tests too, which
 *   `npm test` runs as a suite of its own
 * @returns {Promise<import('./testing/summary.mjs').Tally>}
 */
export async function runChecks({ quick } = { quick: false }) {
  let passed = 0;
  /** @type {import('./testing/summary.mjs').Unpassed[]} */
  const failed = [];
  const lanes = LANES.map((lane) => [...lane]);
  if (quick) lanes[1]?.push(CHECKS.unit);
  await Promise.all(
    lanes.map(async (lane) => {
      for (const check of lane) {
        if (await runCheck(quick && check === CHECKS.lint ? { ...check, command: CACHED_LINT } : check))
          passed++;
        else failed.push({ name: check.name, reason: 'see above' });
      }
    }),
  );
  return { passed, failed, skipped: [] };
}

/** @param {Check} check */
async function runCheck({ name, command: [tool, ...args] }) {
  const startedAt = Date.now();
  // Not through npx, which on Windows is a script of the shell and can be started by nothing else.
  const { code, output } = await capture(process.execPath, [await scriptOf(tool), ...args], { cwd: ROOT });
  console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds(Date.now() - startedAt)})`);
  if (code !== 0) console.log(output);
  return code === 0;
}

/**
 * The script that a tool is, as its package says.
 * @param {string} tool as typed after `npx`
 */
export async function scriptOf(tool) {
  const folder = path.join(ROOT, 'node_modules', tool === 'tsc' ? 'typescript' : tool);
  const { bin } = /** @type {{bin: string | Record<string, string>}} */ (
    await readJson(path.join(folder, 'package.json'))
  );
  return path.join(folder, typeof bin === 'string' ? bin : (bin[tool] ?? ''));
}
