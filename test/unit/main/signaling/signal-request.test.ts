import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readAs, requestSchema } from '../../../../main/signaling/protocol';
import { readSignalRequest, spliceSignalRequest } from '../../../../main/signaling/signal-request';

const candidate = {
  candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'abcd',
};
const signals = [
  { call: 'call', n: 0, description: { type: 'offer', sdp: 'v=0' } },
  { call: 'call', n: 1, description: { type: 'answer', sdp: 'x'.repeat(64 * 1024) } },
  { call: 'call', n: 2, candidate },
  {
    call: 'call',
    n: 3,
    candidate: { ...candidate, sdpMid: null, sdpMLineIndex: null, usernameFragment: null },
  },
  { call: 'call', n: 4, candidate: null },
  { call: 'call', n: 5, bye: true },
  { call: 'call', n: 6, bye: true, reason: 'no-response' },
  { call: 'call', n: 7, bye: true, reason: 'peer-unreachable' },
];
const request = { type: 'signal', seq: 1, room: 'tea room', to: 'x'.repeat(22) };

it.each(signals)('reads %j', (signal) => {
  expect(readSignalRequest({ ...request, signal })).toEqual({ ...request, signal });
});

/** As our own client writes it. */
const written = { seq: 1, type: 'signal', room: 'tea', to: 'x'.repeat(22) };

it.each(signals)('leaves %j as it came', (signal) => {
  const text = JSON.stringify({ ...written, signal });
  expect(spliceSignalRequest(text)).toEqual({ ...written, signal, json: JSON.stringify(signal) });
});

it.each([
  ['more beside the signal', '{"seq":1,"type":"signal","room":"tea","to":"TO","signal":BYE,"from":"me"}'],
  ['two signals', '{"seq":1,"type":"signal","room":"tea","to":"TO","signal":{},"signal":BYE}'],
  ['a signal that ends too early', '{"seq":1,"type":"signal","room":"tea","to":"TO","signal":BYE}}'],
  ['other numbers', '{"seq":01,"type":"signal","room":"tea","to":"TO","signal":BYE}'],
  ['another order', '{"type":"signal","seq":1,"room":"tea","to":"TO","signal":BYE}'],
  ['something unknown in it', '{"seq":1,"type":"signal","room":"tea","to":"TO","signal":MORE}'],
])('does not pass on as it came what has %s', (_what, text) => {
  const bye = JSON.stringify({ call: 'call', n: 5, bye: true });
  const more = JSON.stringify({ call: 'call', n: 5, candidate: { ...candidate, more: 1 } });
  const frame = text.replace('TO', written.to).replace('BYE', bye).replace('MORE', more);
  expect(spliceSignalRequest(frame)).toBeNull();
});

/** Values at and around the bounds of the schema. */
const awkward = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    -1,
    0,
    0.5,
    255,
    256,
    2 ** 53 - 1,
    2 ** 53,
    'offer',
    'rollback',
    'no-response',
    {},
    [],
  ),
  fc.nat({ max: 66_000 }).map((length) => 'x'.repeat(length)),
  fc
    .constantFrom(0, 1, 22, 23, 64, 65, 256, 257, 4096, 4097, 65_536, 65_537)
    .map((length) => 'x'.repeat(length)),
  fc.constantFrom('.', '..', ' a', 'a\u0000', 'ä', '\ud800', '[object Object]', 'a b'),
  fc.jsonValue(),
  fc.constantFrom(...signals, candidate),
);

type Path = readonly string[];

/** Every place in an object, and places that are not there. */
function pathsOf(json: unknown, path: Path = []): Path[] {
  if (typeof json !== 'object' || json === null) return [path];
  const unknown = ['description', 'candidate', 'bye', 'reason', 'other', '__proto__', 'constructor'];
  const inside = Object.entries(json).flatMap(([key, value]) => pathsOf(value, [...path, key]));
  return [path, ...inside, ...unknown.map((key) => [...path, key])];
}

/** A copy with another value at a place, or with nothing there. */
function changed(json: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = new Map(typeof json === 'object' && json !== null ? Object.entries(json) : []);
  const inner = changed(copy.get(key), rest, value);
  if (inner === undefined) copy.delete(key);
  else copy.set(key, inner);
  return Object.fromEntries(copy);
}

it('agrees with the schema on whatever is made of a real request', () => {
  const mutation = fc.tuple(fc.nat(), fc.option(awkward, { nil: undefined }));
  fc.assert(
    fc.property(fc.constantFrom(...signals), fc.array(mutation, { maxLength: 3 }), (signal, mutations) => {
      let json: unknown = { ...request, signal };
      for (const [nth, value] of mutations) {
        const paths = pathsOf(json).slice(1);
        json = changed(json, paths[nth % paths.length] ?? [], value);
      }
      const read = JSON.parse(JSON.stringify({ ...Object(json), type: 'signal' })) as Record<string, unknown>;
      expect(readSignalRequest(read)).toEqual(readAs(requestSchema, read));

      const { seq, room, to, signal: carried } = read;
      const spliced = spliceSignalRequest(JSON.stringify({ seq, type: 'signal', room, to, signal: carried }));
      if (!spliced) return;
      const { json: text, ...rest } = spliced;
      expect(rest).toEqual(readSignalRequest(read));
      expect(JSON.parse(text)).toEqual(rest.signal);
    }),
    { numRuns: 1500 },
  );
});
