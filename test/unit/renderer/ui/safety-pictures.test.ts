import { expect, test } from 'vitest';
import { safetyPictures } from '../../../../renderer/ui/safety-pictures';

test('there are 64 pictures, each of one code point that is a picture by itself', () => {
  const pictures = safetyPictures.map(({ picture }) => picture);
  expect(pictures).toHaveLength(64);
  expect(new Set(pictures).size).toBe(64);
  for (const picture of pictures) expect(picture).toMatch(/^\p{Emoji_Presentation}$/u);
});

test('both sides count them alike: an older Parley has them at the same places', () => {
  const at = (number: number) => safetyPictures[number]?.picture;
  expect([0, 1, 31, 32, 62, 63].map(at).join('')).toBe('🐶🐱🍉🍍📦🏠');
});

test.each(['en', 'zh'] as const)('no two have the same name in %s', (code) => {
  expect(new Set(safetyPictures.map(({ names }) => names[code])).size).toBe(64);
});
