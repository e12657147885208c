import { stripVTControlCharacters } from 'node:util';

/**
 * A test that did not pass, and why, for people.
 * @typedef {{name: string, reason: string}} Unpassed
 */

/**
 * What came of some tests.
 * @typedef {object} Tally
 * @property {number} passed
 * @property {readonly Unpassed[]} failed
 * @property {readonly Unpassed[]} skipped
 */

/**
 * Whether a suite did what it is for: it ran something, and nothing failed.
 * @param {Tally} tally
 */
export function isGood({ passed, failed }) {
  return failed.length === 0 && passed > 0;
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.flatMap(({ failed }) => failed),
    skipped: tallies.flatMap(({ skipped }) => skipped),
  };
}

/**
 * The last line of a test command.
 * @param {Tally} tally
 */
export function closingLine({ passed, failed, skipped }) {
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  return `${passed} passed, ${failed.length} failed${left}`;
}

/**
 * The first line that a message says something in, without the colours of a terminal.
 * @param {string | undefined} message
 */
export function firstLine(message = '') {
  const lines = stripVTControlCharacters(message).split('\n');
  return lines.map((line) => line.trim()).find((line) => line !== '') ?? 'no reason given';
}

/**
 * @param {number} ms
 * @returns {string} for people
 */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
