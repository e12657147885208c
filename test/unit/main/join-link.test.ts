import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  formatJoinLink,
  formatPersonLink,
  isPersonLink,
  readPerson,
  readTarget,
} from '../../../main/join-link';
import { joinTargetSchema } from '../../../preload/bridge';

const ok = (servers: string[], room: string, namespace = 'default') => ({
  ok: true,
  value: { servers, namespace, room },
});

describe('a pasted link', () => {
  test('carries several servers, a namespace and a room', () => {
    expect(
      readTarget('parley://join?server=192.168.1.5&server=wss%3A%2F%2Fcall.example&namespace=team&room=tea'),
    ).toEqual(ok(['ws://192.168.1.5:9238', 'wss://call.example'], 'tea', 'team'));
  });

  test('may have a slash before the question mark, as some systems hand it over', () => {
    expect(readTarget(' parley://join/?server=a:1&room=r ')).toEqual(ok(['ws://a:1'], 'r'));
  });

  test.each([
    ['parley://', 'bad-link'],
    ['parley://elsewhere?server=a&room=r', 'bad-link'],
    ['parley://join?room=r', 'bad-link'],
    ['parley://join?server=javascript:alert(1)&room=r', 'bad-link'],
    ['parley://join?server=http%3A%2F%2Fuser%3Apass%40host&room=r', 'bad-link'],
    ['parley://join?server=a/b&room=r', 'bad-link'],
    ['parley://join?server=a', 'bad-room-name'],
    [`parley://join?server=a&room=${'x'.repeat(65)}`, 'bad-room-name'],
    ['parley://join?server=a&room=%E2%80%AEevil', 'bad-room-name'],
    [`parley://join?server=a&room=r&pad=${'x'.repeat(1_000_000)}`, 'too-long'],
  ])('%.60s is refused as %s', (text, code) => {
    expect(readTarget(text)).toEqual({ ok: false, code });
  });
});

describe('a typed address', () => {
  test.each([
    ['192.168.1.5', 'ws://192.168.1.5:9238'],
    ['host.local:8080', 'ws://host.local:8080'],
    ['host:80', 'ws://host'],
    ['ws://host', 'ws://host'],
    ['wss://call.example/', 'wss://call.example'],
    ['https://call.example', 'wss://call.example'],
    ['fd00::5', 'ws://[fd00::5]:9238'],
    ['[fd00::5]:99', 'ws://[fd00::5]:99'],
  ])('%s means %s', (text, url) => {
    expect(readTarget(text, ' tea  room ')).toEqual(ok([url], 'tea room'));
  });

  test('may carry namespace and room in its path', () => {
    expect(readTarget('ws://host:1/team/tea')).toEqual(ok(['ws://host:1'], 'tea', 'team'));
  });

  test.each([
    ['', 'bad-address'],
    ['two words', 'bad-address'],
    ['ftp://host', 'bad-address'],
    ['host:99999', 'bad-address'],
    ['host/a/b/c', 'bad-address'],
    ['user@host', 'bad-address'],
  ])('%j is refused as %s', (text, code) => {
    expect(readTarget(text, 'room')).toEqual({ ok: false, code });
  });

  test('without a room asks for one', () => {
    expect(readTarget('host', '  ')).toEqual({ ok: false, code: 'bad-room-name' });
  });
});

test('every link we make is read back as it was', () => {
  const host = fc.constantFrom(
    'ws://10.0.0.1:9238',
    'ws://[fd00::1]:9238',
    'wss://a.example',
    'ws://b:81',
    'ws://c',
  );
  const part = fc.constantFrom('default', 'tea', 'a b', '房间', 'a/b&c=d#e', '100%', '😀', '+');
  const target = fc.record({ servers: fc.uniqueArray(host, { minLength: 1 }), namespace: part, room: part });
  fc.assert(
    fc.property(target, (given) => {
      expect(readTarget(formatJoinLink(given))).toEqual({ ok: true, value: given });
    }),
  );
});

test('every link to a person is read back as it was, and is one to a person', () => {
  const server = fc.constantFrom('ws://10.0.0.1:9238', 'ws://[fd00::1]:9238', 'wss://a.example', 'ws://b:81');
  const key = fc.stringMatching(/^[\w-]{122}$/);
  const person = fc.record({ servers: fc.uniqueArray(server, { minLength: 1 }), key });
  fc.assert(
    fc.property(person, (given) => {
      const link = formatPersonLink(given);
      expect(readPerson(link)).toEqual({ ok: true, value: given });
      expect([
        isPersonLink(link),
        isPersonLink(formatJoinLink({ ...given, namespace: 'a', room: 'b' })),
      ]).toEqual([true, false]);
    }),
  );
});

test('anything at all is read as a valid target or refused with a code', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.string().map((s) => `parley://join?server=${s}&room=${s}`),
  );
  fc.assert(
    fc.property(hostile, fc.string({ unit: 'binary' }), (text, room) => {
      const read = readTarget(text, room);
      if (read.ok) expect(v.is(joinTargetSchema, read.value)).toBe(true);
      else expect(read.code).toMatch(/^(bad-link|bad-address|bad-room-name|too-long)$/);
    }),
    { numRuns: 2000 },
  );
});
