import { expect, test } from 'vitest';

import { hasDisplay } from '../../../scripts/display.mjs';

test('a Linux machine has a display when X or Wayland is named, others always', () => {
  expect(hasDisplay('linux', {})).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(hasDisplay('darwin', {})).toBe(true);
});
