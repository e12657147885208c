import { writeFileSync } from 'node:fs';

/** @typedef {import('vitest/reporters').Reporter} Reporter */

/**
 * A Vitest reporter that leaves the counts, and the reasons for what was skipped, in the file that
 * PARLEY_TALLY names: the built-in reporters keep no reasons.
 * @implements {Reporter}
 */
export default class VitestTally {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} errors outside any test
   */
  onTestRunEnd(modules, errors) {
    /** @type {import('./summary.mjs').Tally} */
    const tally = { passed: 0, failed: errors.length, skipped: [] };
    for (const module of modules) {
      // A file that cannot be loaded has no tests to fail.
      tally.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') tally.passed++;
        else if (result.state === 'skipped')
          tally.skipped.push({ name: test.fullName, reason: result.note ?? 'no reason given' });
        else tally.failed++;
      }
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
    }
    writeFileSync(process.env.PARLEY_TALLY ?? 'tally.json', JSON.stringify(tally));
  }
}
