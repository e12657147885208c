import { expect, test } from 'vitest';

import { missingNeeds, parseDpkg } from '../../../scripts/system-packages.mjs';

test('counts a package as there only when it is installed', () => {
  expect(parseDpkg('xvfb installed\nffmpeg config-files\nno packages found matching x\n')).toEqual(
    new Set(['xvfb']),
  );
});

test('any of the names of a thing will do', () => {
  const needs = [['libgtk-3-0t64', 'libgtk-3-0'], ['xvfb']];
  expect(missingNeeds(needs, new Set(['libgtk-3-0']))).toEqual([['xvfb']]);
  expect(missingNeeds(needs, new Set(['libgtk-3-0t64', 'xvfb']))).toEqual([]);
});
