// npm run bench [-- names]: the benchmarks in test/bench, which print figures and never judge them by a clock.
import { ensureBuilt } from './build.mjs';
import { findElectron } from './electron-runtime.mjs';
import { fail } from './fail.mjs';
import { ensurePackages } from './system-packages.mjs';
import { runPlaywright } from './testing/suites.mjs';
import { isGood } from './testing/summary.mjs';

/** @param {readonly string[]} args */
async function bench(args) {
  const problem = await ensurePackages(['run', 'display', 'test']);
  if (problem) console.log(problem);
  const runtime = await findElectron();
  console.log(runtime.sentence);
  await ensureBuilt();
  const tally = await runPlaywright('bench', args, { ...process.env, PARLEY_ELECTRON: runtime.executable });
  return isGood(tally) ? 0 : 1;
}

process.exitCode = await bench(process.argv.slice(2)).catch(fail);
