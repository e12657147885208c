import { expect, test } from 'vitest';

import { closingLine, firstLine, isGood, sum } from '../../../../scripts/testing/summary.mjs';

const failed = [{ name: 'b', reason: 'expected 1 to be 2' }];
const skipped = [{ name: 'a', reason: 'no camera' }];

test('sums suites into one closing line', () => {
  const tallies = [
    { passed: 2, failed: [], skipped: [] },
    { passed: 3, failed, skipped },
  ];
  expect(closingLine(sum(tallies))).toBe('5 passed, 1 failed, 1 skipped');
  expect(closingLine({ passed: 1, failed: [], skipped: [] })).toBe('1 passed, 0 failed');
});

test('a suite that ran nothing is not good', () => {
  expect(isGood({ passed: 1, failed: [], skipped })).toBe(true);
  expect(isGood({ passed: 1, failed, skipped: [] })).toBe(false);
  expect(isGood({ passed: 0, failed: [], skipped })).toBe(false);
});

test('why a test failed is said in one line, without colours', () => {
  expect(firstLine('\n\u001b[31mTimeout\u001b[39m of 2 s\n  at x')).toBe('Timeout of 2 s');
  expect(firstLine('')).toBe('no reason given');
  expect(firstLine(undefined)).toBe('no reason given');
});
