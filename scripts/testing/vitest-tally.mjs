import { writeFileSync } from 'node:fs';

import { firstLine } from './summary.mjs';

/** @typedef {import('vitest/reporters').Reporter} Reporter */
/** @typedef {import('vitest/node').SerializedError} TestError */

/**
 * A Vitest reporter that leaves the counts, and the reasons for what failed or was skipped, in the file that
 * PARLEY_TALLY names: the built-in reporters keep no reasons.
 * @implements {Reporter}
 */
export default class VitestTally {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly TestError[]} errors outside any test
   */
  onTestRunEnd(modules, errors) {
    let passed = 0;
    /** @type {import('./summary.mjs').Unpassed[]} */
    const skipped = [];
    const failed = errors.map((error) => because('outside any test', [error]));
    for (const module of modules) {
      // A file that cannot be loaded has no tests to fail.
      if (module.errors().length > 0) failed.push(because(module.relativeModuleId, module.errors()));
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed++;
        else if (result.state === 'skipped')
          skipped.push({ name: test.fullName, reason: result.note ?? 'no reason given' });
        else failed.push(because(`${module.relativeModuleId} > ${test.fullName}`, result.errors ?? []));
      }
      for (const suite of module.children.allSuites())
        if (suite.errors().length > 0)
          failed.push(because(`${module.relativeModuleId} > ${suite.fullName}`, suite.errors()));
    }
    /** @type {import('./summary.mjs').Tally} */
    const tally = { passed, failed, skipped };
    writeFileSync(process.env.PARLEY_TALLY ?? 'tally.json', JSON.stringify(tally));
  }
}

/**
 * @param {string} name
 * @param {readonly TestError[]} errors
 * @returns {import('./summary.mjs').Unpassed}
 */
const because = (name, [error]) => ({ name, reason: firstLine(error?.message) });
