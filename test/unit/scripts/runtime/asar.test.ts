import { expect, test } from 'vitest';

import { makeAsar } from '../../../../scripts/runtime/asar.mjs';

test.each(['a', 'ab', 'abc', 'abcd'])('places files where the header says (name %s)', (name) => {
  const asar = makeAsar({ [name]: Buffer.from('first'), second: Buffer.from('2nd') });
  const jsonLength = asar.readUInt32LE(12);
  const padded = Math.ceil(jsonLength / 4) * 4;
  expect(asar.readUInt32LE(0)).toBe(4);
  expect(asar.readUInt32LE(4)).toBe(padded + 8);
  expect(asar.readUInt32LE(8)).toBe(padded + 4);
  expect(JSON.parse(asar.toString('utf8', 16, 16 + jsonLength))).toEqual({
    files: { [name]: { size: 5, offset: '0' }, second: { size: 3, offset: '5' } },
  });
  expect(asar.toString('utf8', 16 + padded)).toBe('first2nd');
});
