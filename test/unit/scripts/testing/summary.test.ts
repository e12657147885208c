import { expect, test } from 'vitest';

import { closingLine, isGood, sum } from '../../../../scripts/testing/summary.mjs';

const skipped = [{ name: 'a', reason: 'no camera' }];

test('sums suites into one closing line', () => {
  const tallies = [
    { passed: 2, failed: 0, skipped: [] },
    { passed: 3, failed: 1, skipped },
  ];
  expect(closingLine(sum(tallies))).toBe('5 passed, 1 failed, 1 skipped');
  expect(closingLine({ passed: 1, failed: 0, skipped: [] })).toBe('1 passed, 0 failed');
});

test('a suite that ran nothing is not good', () => {
  expect(isGood({ passed: 1, failed: 0, skipped })).toBe(true);
  expect(isGood({ passed: 1, failed: 1, skipped: [] })).toBe(false);
  expect(isGood({ passed: 0, failed: 0, skipped })).toBe(false);
});
