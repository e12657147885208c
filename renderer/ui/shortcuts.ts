import type { CallCommand } from '../../preload/bridge';

/** What keys do during a call, or while it rings. */
export type CallShortcut = CallCommand | 'full-screen' | 'talk';

const PLAIN = new Map<string, CallCommand>([
  ['d', 'mute'],
  ['e', 'camera'],
]);
/** What cannot be taken back asks for one key more. */
const SHIFTED = new Map<string, CallCommand>([
  ['a', 'answer'],
  ['d', 'decline'],
  ['h', 'hang-up'],
]);

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** @param mac whether ⌘ stands where Ctrl does elsewhere. */
export function callShortcut(event: Key, mac: boolean): CallShortcut | null {
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  if (altKey) return null;
  const command = mac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  const key = event.key.toLowerCase();
  if (command) return (shiftKey ? SHIFTED : PLAIN).get(key) ?? null;
  if (ctrlKey || metaKey || shiftKey) return null;
  if (event.key === 'F11' || key === 'f') return 'full-screen';
  // `key` of the space bar is a full-width space in some input methods.
  if (event.code === 'Space') return 'talk';
  return null;
}

/** Keys belong to this element: text goes into it, or arrows move in it. */
export const takesKeys = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select') !== null);

/** The space bar presses this element. */
export const takesSpace = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, summary, a, [role="button"]') !== null;
