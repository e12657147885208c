import { describe, expect, it } from 'vitest';
import { enSentences } from '../../../../renderer/ui/error-sentences-en';
import { zhSentences } from '../../../../renderer/ui/error-sentences-zh';

const actors = ['self', 'peer', 'network'] as const;

describe.each([
  ['en', enSentences, /^[A-Z].*\.$/],
  ['zh', zhSentences, /\p{Script=Han}.*。$/u],
] as const)('error sentences in %s', (_language, { errors }, sentence) => {
  it.each(Object.entries(errors))('say what happened of %s, without the code', (code, { what, whatToDo }) => {
    expect(what).toMatch(sentence);
    if (whatToDo !== undefined) expect(whatToDo).toMatch(/[.。]$/);
    if (code.includes('-')) expect(`${what}${whatToDo ?? ''}`).not.toContain(code);
  });

  it('say what to do, unless the person did it', () => {
    for (const [code, { whatToDo }] of Object.entries(errors)) {
      if (code !== 'cancelled') expect(whatToDo, code).toBeDefined();
    }
  });
});

describe('end sentences', () => {
  it.each([
    ['en', enSentences.ends],
    ['zh', zhSentences.ends],
  ] as const)('exist in %s for every reason and actor', (_language, ends) => {
    for (const [reason, end] of Object.entries(ends)) {
      for (const by of actors) expect(end('Zoë', by).what.trim(), `${reason} ${by}`).not.toBe('');
    }
  });

  it('tell who hung up', () => {
    expect(enSentences.ends['hung-up']('Zoë', 'self').what).toBe('You hung up.');
    expect(enSentences.ends['hung-up']('Zoë', 'peer').what).toBe('\u2068Zoë\u2069 hung up.');
    expect(zhSentences.ends['hung-up']('陈明', 'self').what).toBe('你已挂断');
    expect(zhSentences.ends['hung-up']('陈明', 'peer').what).toBe('\u2068陈明\u2069 已挂断');
  });
});
