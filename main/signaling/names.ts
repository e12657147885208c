/** What a name may be: a leaf of its own, since the page needs it before its first frame and no schema before that. */

/** UTF-16 units of a name at most. */
export const NAME_LENGTH = 64;

// Control characters, line separators and the marks that reorder the text around them.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** What a person typed as a name, made fit to show: one line, no control or bidi marks, at most `NAME_LENGTH` units. */
export function cleanName(text: string): string {
  const line = text
    .slice(0, NAME_LENGTH * 16)
    .replace(UNPRINTABLE, ' ')
    .replace(LONE_SURROGATE, '')
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .trim();
  return line.slice(0, NAME_LENGTH).replace(LONE_SURROGATE, '').trim();
}
