import { expect, test } from 'vitest';

import { FUSE, readFuses, setFuses } from '../../../../scripts/runtime/fuses.mjs';
import { makeExecutable } from './archives';

test('flips the named fuses and nothing else', () => {
  const executable = makeExecutable('10100111');
  const before = Buffer.from(executable);
  setFuses(executable, { [FUSE.nodeCliInspect]: true, [FUSE.browserSnapshot]: false });
  expect(readFuses(executable)).toBe('10110101');
  const changed = [...executable].filter((byte, i) => byte !== before[i]);
  expect(changed).toHaveLength(2);
});

test('refuses what has no fuses, an unknown wire, or too short a one', () => {
  expect(() => readFuses(Buffer.from('plain'))).toThrow('no fuses found');
  const unknown = makeExecutable();
  unknown[unknown.indexOf('tsX') + 3] = 2;
  expect(() => readFuses(unknown)).toThrow('unknown version');
  expect(() => setFuses(makeExecutable('10'), { [FUSE.browserSnapshot]: false })).toThrow('no fuse 6');
});
