import { expect, test } from 'vitest';
import { en } from '../../../../renderer/ui/messages-en';
import { zh } from '../../../../renderer/ui/messages-zh';
import { safetyPictures } from '../../../../renderer/ui/safety-pictures';

test('there are 64 pictures, each of one code point that is a picture by itself', () => {
  expect(new Set(safetyPictures).size).toBe(64);
  expect(safetyPictures).toHaveLength(64);
  for (const picture of safetyPictures) expect(picture).toMatch(/^\p{Emoji_Presentation}$/u);
});

test('both sides count them alike: an older Parley has them at the same places', () => {
  expect([0, 1, 31, 32, 62, 63].map((number) => safetyPictures[number]).join('')).toBe('🐶🐱🍉🍍📦🏠');
});

test.each([
  ['en', en],
  ['zh', zh],
])('no two have the same name in %s', (_code, { safetyCode }) => {
  expect(new Set(Object.values(safetyCode.pictures)).size).toBe(64);
});
