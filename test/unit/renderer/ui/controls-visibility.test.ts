import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ControlsVisibility } from '../../../../renderer/ui/controls-visibility.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('ControlsVisibility', () => {
  it('fades three seconds after the last stir', () => {
    const controls = new ControlsVisibility();
    controls.stir();
    vi.advanceTimersByTime(2900);
    controls.stir();
    vi.advanceTimersByTime(2900);
    expect(controls.visible).toBe(true);
    vi.advanceTimersByTime(200);
    expect(controls.visible).toBe(false);
    controls.stir();
    expect(controls.visible).toBe(true);
  });

  it('does not fade while held, and waits again after', () => {
    const controls = new ControlsVisibility();
    controls.hold(true);
    vi.advanceTimersByTime(60_000);
    expect(controls.visible).toBe(true);
    controls.hold(false);
    expect(controls.visible).toBe(true);
    vi.advanceTimersByTime(3000);
    expect(controls.visible).toBe(false);
  });
});
