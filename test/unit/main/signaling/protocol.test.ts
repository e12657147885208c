import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOSE_CODES,
  clientMessageSchema,
  formatRoomPath,
  parseFrame,
  parseRoomPath,
  partSchema,
  plainSignalSchema,
  serverMessageSchema,
  signalSchema,
} from '../../../../main/signaling/protocol';
import { cleanName } from '../../../../main/signaling/names';
import * as v from 'valibot';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
const part = text.map(cleanName).filter((name) => v.is(partSchema, name));

describe('room paths', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(part, part, (namespace, room) => {
        expect(parseRoomPath(formatRoomPath({ namespace, room }))).toEqual({ namespace, room });
        // Also through what a URL makes of it.
        const { pathname } = new URL(formatRoomPath({ namespace, room }), 'ws://localhost:9238');
        expect(parseRoomPath(pathname)).toEqual({ namespace, room });
      }),
      { numRuns: 1000 },
    );
  });

  it('never throw', () => {
    fc.assert(
      fc.property(text, (path) => {
        const address = parseRoomPath(path);
        if (address) expect(v.is(partSchema, address.namespace)).toBe(true);
      }),
    );
  });

  it.each([
    ['/', { namespace: 'default', room: null }],
    ['/ns', { namespace: 'ns', room: null }],
    ['/ns/', { namespace: 'ns', room: null }],
    ['//room', { namespace: 'default', room: 'room' }],
    ['/a%20b/%C3%BC', { namespace: 'a b', room: 'ü' }],
    ['/a/b/c', null],
    ['', null],
    ['*', null],
    ['http://host', null],
    ['ws://host/room', null],
    ['/%zz/a', null],
    ['/%00/a', null],
    ['/../a', null],
    [`/${'x'.repeat(65)}/a`, null],
  ])('reads %j', (path, address) => {
    expect(parseRoomPath(path)).toEqual(address);
  });
});

describe('parseFrame', () => {
  const schemas = [clientMessageSchema, serverMessageSchema, plainSignalSchema, signalSchema] as const;

  it('gives a message or null for anything, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.json(),
          fc.jsonValue().map((json) => JSON.stringify(json)),
        ),
        (frame) => {
          for (const schema of schemas) {
            const message = parseFrame<unknown>(schema, frame);
            expect(message === null || typeof message === 'object').toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives a message or null for mutations of real ones, and keeps nothing that is not in the schema', () => {
    const real = [
      { type: 'join', seq: 1, room: 'a' },
      { type: 'ack', seq: 3 },
      { type: 'signal', seq: 2, room: 'a', to: 'x'.repeat(22), signal: { call: 'c', n: 0, bye: true } },
      { type: 'error', code: 'room-full' },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...real), fc.string(), fc.jsonValue(), (base, key, value) => {
        for (const name of [key, ...Object.keys(base)]) {
          const message = parseFrame<unknown>(
            clientMessageSchema,
            JSON.stringify({ ...base, [name]: value }),
          );
          if (message !== null && typeof message === 'object' && !(name in base))
            expect(name in message && name !== 'toString' && Object.hasOwn(message, name)).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not let a frame change the prototype of anything', () => {
    parseFrame(clientMessageSchema, '{"__proto__":{"polluted":1},"type":"ack","seq":1}');
    expect('polluted' in {}).toBe(false);
  });

  it.each(['9007199254740993', '1e400', '-1', '0.5', '"1"', 'null'])(
    'refuses %s as a number of a frame',
    (seq) => {
      expect(parseFrame(clientMessageSchema, `{"type":"ack","seq":${seq}}`)).toBeNull();
    },
  );
});

it('gives every close code a reason of its own', () => {
  const reasons = Object.values(CLOSE_CODES).map(({ reason }) => reason);
  expect(new Set(reasons).size).toBe(reasons.length);
});
