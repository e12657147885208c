import { expect, test } from 'vitest';

import { makeIcns, makeIco } from '../../../../scripts/packaging/icon-files.mjs';

const picture = (size: number) => ({ size, png: Buffer.from(`png ${size}`) });

test('a Windows icon says where each picture is', () => {
  const ico = makeIco([picture(16), picture(256)]);
  expect(ico.readUInt16LE(4)).toBe(2);
  expect([ico[6], ico[22]]).toEqual([16, 0]);
  for (const [entry, text] of [
    [6, 'png 16'],
    [22, 'png 256'],
  ] as const) {
    const at = ico.readUInt32LE(entry + 12);
    expect(ico.toString('utf8', at, at + ico.readUInt32LE(entry + 8))).toBe(text);
  }
});

test('a macOS icon names its pictures by size, and its own length', () => {
  const icns = makeIcns([picture(16), picture(128), picture(512)]);
  expect(icns.toString('latin1', 0, 4)).toBe('icns');
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  const types = ['ic07', 'ic14', 'ic09'];
  for (const type of types) expect(icns.includes(type)).toBe(true);
  expect(icns.includes('ic10')).toBe(false);
});
