import { describe, expect, it } from 'vitest';
import { withoutIsolates } from '../../../../renderer/ui/isolate';
import { en } from '../../../../renderer/ui/messages-en';
import { zh } from '../../../../renderer/ui/messages-zh';

type Said = string | ((...values: never[]) => string) | { [key: string]: Said };

/** Every sentence with its path; functions are called with values that can be found again. */
function collect(said: unknown, path: string, values: readonly unknown[]): [string, string][] {
  if (typeof said === 'string') return [[path, said]];
  if (typeof said === 'function') {
    const sentence: unknown = Reflect.apply(said, undefined, values.slice(0, said.length));
    if (typeof sentence !== 'string') throw new TypeError(path);
    return [[path, sentence]];
  }
  if (typeof said !== 'object' || said === null) throw new TypeError(path);
  return Object.entries(said).flatMap(([key, value]) =>
    collect(value, path === '' ? key : `${path}.${key}`, values),
  );
}

function functions(said: unknown, path = ''): [string, (...values: unknown[]) => unknown][] {
  if (typeof said === 'function')
    return [[path, (...values) => Reflect.apply(said, undefined, values) as unknown]];
  if (typeof said !== 'object' || said === null) return [];
  return Object.entries(said).flatMap(([key, value]) =>
    functions(value, path === '' ? key : `${path}.${key}`),
  );
}

const VALUES = ['Zoë', '192.168.1.5:9238', 7];

describe.each([
  ['en', en],
  ['zh', zh],
])('the words in %s', (code, messages: Said) => {
  const said = collect(messages, '', VALUES);

  it('say something everywhere', () => {
    for (const [path, text] of said) expect(text.trim(), path).not.toBe('');
  });

  it('have no exclamation marks and no words of the trade', () => {
    for (const [path, text] of said) {
      expect(text, path).not.toMatch(/[!！]/);
      expect(text, path).not.toMatch(/\b(signal(l)?ing|peer|ICE|SDP|WebSocket|candidate)\b/i);
    }
  });

  it('use every value they are given', () => {
    for (const [path, make] of functions(messages)) {
      const plain = String(make('Zoë', 'Zoë', 7));
      const count = String(make(7, 7, 7));
      expect(plain.includes('Zoë') || count.includes('7') || path === 'confirm.servers', path).toBe(true);
    }
  });

  it('are not the other language’s', () => {
    if (code !== 'zh') return;
    const same = said.filter(
      ([path, text]) => !/\p{Script=Han}/u.test(text) && !/Placeholder|version/.test(path),
    );
    expect(same).toEqual([]);
  });
});

describe('messages', () => {
  it('isolate names', () => {
    expect(en.knock.wantsToJoin('Zoë')).toBe('\u2068Zoë\u2069 wants to join');
    expect(withoutIsolates(zh.knock.wantsToJoin('Zoë'))).toBe('Zoë 想进来');
  });

  it('count in words', () => {
    expect(en.waiting.moreAddresses(1)).toBe('1 more address');
    expect(en.waiting.moreAddresses(3)).toBe('3 more addresses');
    expect(withoutIsolates(en.join.summary('oak', 'a:1', 0))).toBe('Room oak on a:1');
    expect(withoutIsolates(en.join.summary('oak', 'a:1', 1))).toBe('Room oak on a:1 and 1 more address');
    expect(withoutIsolates(zh.join.summary('oak', 'a:1', 2))).toBe('房间 oak，地址 a:1 等 3 个');
  });
});
