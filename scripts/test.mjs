// npm test: everything. npm run test:integration, test:e2e, test:long: parts of it, or the same with bigger numbers.
// Further arguments are names of test files, or parts of them, and options of the test runner.
import { ensureBuilt } from './build.mjs';
import { runChecks } from './checks.mjs';
import { findElectron } from './electron-runtime.mjs';
import { fail } from './fail.mjs';
import { ensurePackages } from './system-packages.mjs';
import { runPlaywright, runVitest } from './testing/suites.mjs';
import { closingLine, isGood, seconds, sum } from './testing/summary.mjs';

/** @typedef {import('./testing/summary.mjs').Tally} Tally */
/** @typedef {'checks' | 'unit' | 'integration' | 'e2e'} Suite */

/** @type {Readonly<Record<string, readonly Suite[]>>} */
const PARTS = {
  integration: ['integration'],
  e2e: ['e2e'],
  long: ['unit', 'integration', 'e2e'],
};
/** @type {readonly Suite[]} */
const EVERYTHING = ['checks', 'unit', 'integration', 'e2e'];

/** @type {Readonly<Record<Suite, (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<Tally>>>} */
const RUN = {
  checks: () => runChecks(),
  unit: (args, env) => runVitest('unit', args, env),
  integration: (args, env) => runVitest('integration', args, env),
  e2e: (args, env) => runPlaywright('e2e', args, env),
};

/** @param {readonly string[]} argv */
async function test([first = '', ...rest]) {
  const suites = PARTS[first] ?? EVERYTHING;
  const args = first in PARTS || first === '' ? rest : [first, ...rest];
  const env = await prepare();
  if (first === 'long') env.PARLEY_LONG = '1';
  /** @type {{suite: Suite, tally: Tally, ms: number}[]} */
  const done = [];
  for (const suite of suites) {
    console.log(`\n== ${suite}`);
    const startedAt = Date.now();
    const tally = await RUN[suite](args, env);
    done.push({ suite, tally, ms: Date.now() - startedAt });
  }
  return conclude(done);
}

/**
 * Everything the tests need from the machine.
 * @returns {Promise<NodeJS.ProcessEnv>} the environment to run them in
 */
async function prepare() {
  const problem = await ensurePackages(['run', 'display', 'test']);
  if (problem) console.log(problem);
  const runtime = await findElectron();
  console.log(runtime.sentence);
  await ensureBuilt();
  return { ...process.env, PARLEY_ELECTRON: runtime.executable };
}

/** @param {readonly {suite: Suite, tally: Tally, ms: number}[]} done */
function conclude(done) {
  console.log('');
  for (const { suite, tally } of done) {
    for (const { name, reason } of tally.skipped) console.log(`skipped in ${suite}: ${name}: ${reason}`);
    for (const { name, reason } of tally.failed) console.log(`failed in ${suite}: ${name}: ${reason}`);
  }
  let good = true;
  for (const { suite, tally, ms } of done) {
    const empty = tally.passed + tally.failed.length === 0 ? ' (no test ran, which is a failure)' : '';
    console.log(`${suite}: ${closingLine(tally)} in ${seconds(ms)}${empty}`);
    good &&= isGood(tally);
  }
  console.log(`\n${closingLine(sum(done.map(({ tally }) => tally)))}`);
  return good ? 0 : 1;
}

process.exitCode = await test(process.argv.slice(2)).catch(fail);
