/**
 * What came of some tests.
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {{name: string, reason: string}[]} skipped
 */

/**
 * Whether a suite did what it is for: it ran something, and nothing failed.
 * @param {Tally} tally
 */
export function isGood({ passed, failed }) {
  return failed === 0 && passed > 0;
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.reduce((total, { failed }) => total + failed, 0),
    skipped: tallies.flatMap(({ skipped }) => skipped),
  };
}

/**
 * The last line of a test command.
 * @param {Tally} tally
 */
export function closingLine({ passed, failed, skipped }) {
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  return `${passed} passed, ${failed} failed${left}`;
}

/**
 * @param {number} ms
 * @returns {string} for people
 */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
