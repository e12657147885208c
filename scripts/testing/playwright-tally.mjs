import { writeFileSync } from 'node:fs';

import { firstLine } from './summary.mjs';

/** @typedef {import('@playwright/test/reporter').Reporter} Reporter */

/**
 * A Playwright reporter that leaves the counts, and the reasons for what failed or was skipped, in the file that
 * PARLEY_TALLY names.
 * @implements {Reporter}
 */
export default class PlaywrightTally {
  /** @type {import('@playwright/test/reporter').Suite | undefined} */
  #all;
  /** @type {import('./summary.mjs').Unpassed[]} */
  #failed = [];

  /**
   * @param {import('@playwright/test/reporter').FullConfig} _config
   * @param {import('@playwright/test/reporter').Suite} suite
   */
  onBegin(_config, suite) {
    this.#all = suite;
  }

  /**
   * Errors outside any test, such as a file that cannot be loaded.
   * @param {import('@playwright/test/reporter').TestError} error
   */
  onError(error) {
    this.#failed.push({ name: 'outside any test', reason: firstLine(error.message) });
  }

  onEnd() {
    let passed = 0;
    /** @type {import('./summary.mjs').Unpassed[]} */
    const skipped = [];
    const failed = [...this.#failed];
    for (const test of this.#all?.allTests() ?? []) {
      const outcome = test.outcome();
      const name = test.titlePath().filter(Boolean).join(' > ');
      if (outcome === 'unexpected') failed.push({ name, reason: whatWentWrong(test) });
      else if (outcome === 'skipped') skipped.push({ name, reason: reasonFor(test) });
      else passed++;
    }
    /** @type {import('./summary.mjs').Tally} */
    const tally = { passed, failed, skipped };
    writeFileSync(process.env.PARLEY_TALLY ?? 'tally.json', JSON.stringify(tally));
  }
}

/** @param {import('@playwright/test/reporter').TestCase} test */
const whatWentWrong = (test) => firstLine(test.results.find(({ error }) => error)?.error?.message);

/** @param {import('@playwright/test/reporter').TestCase} test */
function reasonFor(test) {
  const notes = [...test.annotations, ...test.results.flatMap(({ annotations }) => annotations)];
  const note = notes.find(({ type, description }) => (type === 'skip' || type === 'fixme') && description);
  // Playwright also leaves out what could not run after a failure in serial mode, without a note.
  return note?.description ?? 'no reason given';
}
