import { describe, expect, it } from 'vitest';
import { callShortcut } from '../../../../renderer/ui/shortcuts';

const key = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  key,
  code: key === ' ' ? 'Space' : `Key${key.toUpperCase()}`,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('callShortcut', () => {
  it('takes Ctrl, or ⌘ on a Mac', () => {
    expect(callShortcut(key('d', { ctrlKey: true }), false)).toBe('mute');
    expect(callShortcut(key('d', { metaKey: true }), true)).toBe('mute');
    expect(callShortcut(key('e', { ctrlKey: true }), false)).toBe('camera');
    expect(callShortcut(key('d', { metaKey: true }), false)).toBeNull();
    expect(callShortcut(key('d', { ctrlKey: true }), true)).toBeNull();
  });

  it('takes single keys only when nothing is held', () => {
    expect(callShortcut(key('f'), false)).toBe('full-screen');
    expect(callShortcut(key('F11'), false)).toBe('full-screen');
    expect(callShortcut(key(' '), false)).toBe('talk');
    expect(callShortcut(key('f', { ctrlKey: true }), false)).toBeNull();
    expect(callShortcut(key('f', { shiftKey: true }), false)).toBeNull();
    expect(callShortcut(key('d'), false)).toBeNull();
  });

  it('asks for Shift too where nothing can be taken back', () => {
    const held = { ctrlKey: true, shiftKey: true };
    expect(callShortcut(key('A', held), false)).toBe('answer');
    expect(callShortcut(key('D', held), false)).toBe('decline');
    expect(callShortcut(key('H', held), false)).toBe('hang-up');
    expect(callShortcut(key('h', { metaKey: true, shiftKey: true }), true)).toBe('hang-up');
    expect(callShortcut(key('E', held), false)).toBeNull();
    expect(callShortcut(key('h', { ctrlKey: true }), false)).toBeNull();
    expect(callShortcut(key('H', { ...held, altKey: true }), false)).toBeNull();
  });

  it('never hangs up by one key', () => {
    for (const name of ['Escape', 'Enter', 'h', 'q', 'w']) {
      expect(callShortcut(key(name), false)).toBeNull();
      expect(callShortcut(key(name, { shiftKey: true }), false)).toBeNull();
    }
  });
});
