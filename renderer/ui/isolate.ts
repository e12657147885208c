/**
 * Keeps a name from reordering the sentence around it: U+2068 and U+2069 (Unicode UAX 9, 2.7) stand around it in
 * strings, `Phrase.svelte` turns them into `<bdi>` on the page.
 */
const OPEN = '\u2068';
const CLOSE = '\u2069';

export const isolate = (text: string): string => `${OPEN}${text}${CLOSE}`;

/** For places that want the bare words: accessible names, announcements. */
export const withoutIsolates = (text: string): string => text.replaceAll(OPEN, '').replaceAll(CLOSE, '');

/** A sentence in parts, in order; `name` parts were isolated. */
export function splitIsolates(text: string): { text: string; name: boolean }[] {
  const parts: { text: string; name: boolean }[] = [];
  for (const piece of text.split(OPEN)) {
    const end = piece.indexOf(CLOSE);
    if (end >= 0) parts.push({ text: piece.slice(0, end), name: true });
    const rest = piece.slice(end + 1);
    if (rest !== '') parts.push({ text: rest, name: false });
  }
  return parts;
}
