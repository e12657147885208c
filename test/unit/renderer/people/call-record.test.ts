import { expect, test } from 'vitest';
import { isMissed } from '../../../../renderer/people/call-record';

const rang = { id: '', key: null, name: '', media: 'voice', startedAtMs: 0, times: 1 } as const;

test.each([
  ['busy', 'self', true],
  ['do-not-disturb', 'self', true],
  ['no-answer', 'network', true],
  ['unreachable', 'network', true],
  ['cancelled', 'peer', true],
  // This person had accepted.
  ['cancelled', 'self', false],
  ['declined', 'self', false],
  ['peer-unreachable', 'network', false],
  ['no-response', 'network', false],
  ['not-verified', 'network', false],
] as const)('a ring that ended by %s (%s) is missed: %s', (reason, by, missed) => {
  expect(isMissed({ ...rang, direction: 'in', lastedMs: null, reason, by })).toBe(missed);
  expect(isMissed({ ...rang, direction: 'out', lastedMs: null, reason, by })).toBe(false);
  expect(isMissed({ ...rang, direction: 'in', lastedMs: 1, reason, by })).toBe(false);
});
