import { writeFileSync } from 'node:fs';

/** @typedef {import('@playwright/test/reporter').Reporter} Reporter */

/**
 * A Playwright reporter that leaves the counts, and the reasons for what was skipped, in the file that
 * PARLEY_TALLY names.
 * @implements {Reporter}
 */
export default class PlaywrightTally {
  /** @type {import('@playwright/test/reporter').Suite | undefined} */
  #all;
  #errors = 0;

  /**
   * @param {import('@playwright/test/reporter').FullConfig} _config
   * @param {import('@playwright/test/reporter').Suite} suite
   */
  onBegin(_config, suite) {
    this.#all = suite;
  }

  /** Errors outside any test, such as a file that cannot be loaded. */
  onError() {
    this.#errors++;
  }

  onEnd() {
    /** @type {import('./summary.mjs').Tally} */
    const tally = { passed: 0, failed: this.#errors, skipped: [] };
    for (const test of this.#all?.allTests() ?? []) {
      const outcome = test.outcome();
      if (outcome === 'unexpected') tally.failed++;
      else if (outcome === 'skipped')
        tally.skipped.push({ name: test.titlePath().join(' ').trim(), reason: reasonFor(test) });
      else tally.passed++;
    }
    writeFileSync(process.env.PARLEY_TALLY ?? 'tally.json', JSON.stringify(tally));
  }
}

/** @param {import('@playwright/test/reporter').TestCase} test */
function reasonFor(test) {
  const notes = [...test.annotations, ...test.results.flatMap(({ annotations }) => annotations)];
  const note = notes.find(({ type, description }) => (type === 'skip' || type === 'fixme') && description);
  // Playwright also leaves out what could not run after a failure in serial mode, without a note.
  return note?.description ?? 'no reason given';
}
