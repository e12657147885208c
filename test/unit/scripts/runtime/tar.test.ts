import { expect, test } from 'vitest';

import { readTarFile } from '../../../../scripts/runtime/tar.mjs';
import { makeTar } from './archives';

const archive = makeTar({
  'package/package.json': Buffer.from('{}'),
  'package/app.zip': Buffer.alloc(700, 7),
});

test('finds a file behind others', () => {
  expect(readTarFile(archive, (name) => name.endsWith('.zip'))).toEqual(Buffer.alloc(700, 7));
});

test('says when the file is not there, or not whole', () => {
  expect(() => readTarFile(archive, () => false)).toThrow('not in the tar archive');
  const half = archive.subarray(0, 512 * 3 + 100);
  expect(() => readTarFile(half, (name) => name.endsWith('.zip'))).toThrow('cut short');
});
