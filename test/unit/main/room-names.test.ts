import { expect, test } from 'vitest';
import { randomRoomName } from '../../../main/room-names';

test('a room name is three words and different each time', () => {
  const names = Array.from({ length: 100 }, randomRoomName);
  for (const name of names) expect(name).toMatch(/^[a-z]+-[a-z]+-[a-z]+$/);
  expect(new Set(names).size).toBe(100);
});
