import { describe, expect, it } from 'vitest';
import type { EndReason } from '../../../../renderer/call/call-state';
import { endSentence, errorSentences } from '../../../../renderer/ui/error-sentences';

const languages = ['en', 'zh'] as const;
const reasons: EndReason[] = ['hung-up', 'left', 'lost', 'peer-unreachable', 'room-closed'];
const actors = ['self', 'peer', 'network'] as const;

describe('error sentences', () => {
  it('say what happened without the code', () => {
    for (const [code, sentences] of Object.entries(errorSentences)) {
      for (const language of languages) {
        const { what, whatToDo } = sentences[language];
        expect(what, `${code} ${language}`).toMatch(
          language === 'zh' ? /\p{Script=Han}.*。$/u : /^[A-Z].*\.$/,
        );
        if (whatToDo !== null) expect(whatToDo, `${code} ${language}`).toMatch(/[.。]$/);
        if (code.includes('-')) expect(`${what}${whatToDo ?? ''}`).not.toContain(code);
      }
    }
  });

  it('say what to do, unless the person did it', () => {
    for (const [code, sentences] of Object.entries(errorSentences)) {
      for (const language of languages) {
        if (code === 'cancelled') continue;
        expect(sentences[language].whatToDo, `${code} ${language}`).not.toBeNull();
      }
    }
  });
});

describe('end sentences', () => {
  it('exist for every reason, actor and language', () => {
    for (const reason of reasons) {
      for (const by of actors) {
        for (const language of languages) {
          expect(
            endSentence(reason, by, 'Zoë', language).what.trim(),
            `${reason} ${by} ${language}`,
          ).not.toBe('');
        }
      }
    }
  });

  it('tell who hung up', () => {
    expect(endSentence('hung-up', 'self', 'Zoë', 'en').what).toBe('You hung up.');
    expect(endSentence('hung-up', 'peer', 'Zoë', 'en').what).toBe('\u2068Zoë\u2069 hung up.');
    expect(endSentence('hung-up', 'self', '陈明', 'zh').what).toBe('你已挂断');
    expect(endSentence('hung-up', 'peer', '陈明', 'zh').what).toBe('\u2068陈明\u2069 已挂断');
  });
});
