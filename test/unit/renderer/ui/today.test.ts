import { afterEach, expect, test, vi } from 'vitest';
import { Today } from '../../../../renderer/ui/today.svelte';

afterEach(() => {
  vi.useRealTimers();
});

test('is the same moment until a new day begins', () => {
  vi.useFakeTimers({ now: new Date(2026, 0, 5, 23, 30) });
  const today = new Today();
  const { nowMs } = today;
  vi.advanceTimersByTime(20 * 60_000);
  expect(today.nowMs).toBe(nowMs);
  vi.advanceTimersByTime(15 * 60_000);
  expect(new Date(today.nowMs).getDate()).toBe(6);
  today.stop();
  expect(vi.getTimerCount()).toBe(0);
});
