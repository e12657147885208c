import { expect, test } from 'vitest';

import { readZip } from '../../../../scripts/runtime/zip.mjs';
import { makeZip } from './archives';

const hello = Buffer.from('hello '.repeat(100));

test('reads stored and deflated entries with their modes', () => {
  const entries = readZip(
    makeZip([
      { name: 'folder/a', bytes: hello, mode: 0o755 },
      { name: 'b', bytes: hello, stored: true },
    ]),
  );
  expect(entries.map(({ name, mode }) => [name, mode])).toEqual([
    ['folder/a', 0o755],
    ['b', 0o644],
  ]);
  for (const entry of entries) expect(entry.read()).toEqual(hello);
});

test('refuses an entry whose bytes changed', () => {
  const archive = makeZip([{ name: 'a', bytes: hello, stored: true }]);
  const at = archive.indexOf('hello');
  archive.write('jello', at);
  expect(() => readZip(archive)[0]?.read()).toThrow('a is damaged');
});

test('refuses what is not a zip archive, or half of one', () => {
  const archive = makeZip([{ name: 'a', bytes: hello }]);
  expect(() => readZip(Buffer.from('no'))).toThrow('not a zip archive');
  expect(() => readZip(archive.subarray(0, archive.length - 30))).toThrow('not a zip archive');
});
