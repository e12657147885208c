import { expect, test } from 'vitest';
import { Panels } from '../../../../renderer/ui/panels.svelte';

test('a panel that tells late that it has closed does not close the one opened since', () => {
  const panels = new Panels();
  panels.open = 'join';
  panels.open = 'settings';
  panels.close('join');
  expect(panels.open).toBe('settings');
  panels.close('settings');
  expect(panels.open).toBeNull();
});
