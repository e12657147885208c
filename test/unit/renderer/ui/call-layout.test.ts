import { describe, expect, it } from 'vitest';
import { CallLayout, nearestCorner } from '../../../../renderer/ui/call-layout.svelte';

class FakeStorage {
  readonly kept = new Map<string, string>();

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }
}

describe('CallLayout', () => {
  it('remembers the corner', () => {
    const storage = new FakeStorage();
    expect(new CallLayout(storage).corner).toBe('bottom-right');
    new CallLayout(storage).moveTo('top-left');
    expect(new CallLayout(storage).corner).toBe('top-left');
  });

  it('takes no corner it does not know', () => {
    const storage = new FakeStorage();
    new CallLayout(storage).moveTo('top-left');
    for (const key of storage.kept.keys()) storage.setItem(key, 'middle');
    expect(new CallLayout(storage).corner).toBe('bottom-right');
  });
});

describe('nearestCorner', () => {
  it.each([
    [10, 10, 'top-left'],
    [90, 10, 'top-right'],
    [10, 90, 'bottom-left'],
    [90, 90, 'bottom-right'],
  ])('of %i, %i is %s', (x, y, corner) => expect(nearestCorner(x, y, 100, 100)).toBe(corner));
});
