import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, NAME_LENGTH } from '../../../../main/signaling/names';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

describe('cleanName', () => {
  it('is idempotent, one line, and within the limit', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ maxLength: 500, unit: 'binary' })), (name) => {
        const clean = cleanName(name);
        expect(cleanName(clean)).toBe(clean);
        expect(clean.length).toBeLessThanOrEqual(NAME_LENGTH);
        expect(clean).not.toMatch(/[\n\r\t\u0000\u202e\u2066]/u);
        expect(clean).not.toMatch(/\p{Surrogate}/u);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps ordinary names in any script', () => {
    for (const name of ['Ada Lovelace', 'José', '李雷', 'Ольга', '👩‍🚀 Mae'])
      expect(cleanName(name)).toBe(name.normalize('NFC'));
  });

  it('removes what would reorder or break the text around it', () => {
    expect(cleanName('  evil\u202egnp.exe\n\n ok ')).toBe('evil gnp.exe ok');
    expect(cleanName('\u0000\u0007')).toBe('');
    expect(cleanName('half \ud83d')).toBe('half');
  });
});
