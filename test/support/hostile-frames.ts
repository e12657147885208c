/** Frames that keep or break RFC 6455 on purpose, each with what a server has to make of it. */
import { isUtf8 } from 'node:buffer';
import type { Chance } from './chance';
import { closePayload, OPCODES, writeFrame, type FrameToWrite } from './websocket-frames';

/**
 * What has to come of it. `open`: nothing. `junk`: three such are answered, the next one closes with 4400. A number:
 * closed with this code. `starves`: the server goes on waiting for the rest. `any`: whatever the protocol allows.
 */
type Outcome = 'open' | 'junk' | 'starves' | 'any' | number;

export interface FrameCase {
  name: string;
  bytes: Buffer;
  outcome: Outcome;
  /** What a pong must repeat (RFC 6455, section 5.5.3). */
  pong?: Buffer;
}

type Making = Omit<FrameCase, 'name'>;

const FRAME_BYTES = 64 * 1024;
const MAX_FRAGMENTS = 64;
const OBJECT = Buffer.from('{"type":"nothing"}');

/** RFC 3629, sections 3 and 4: overlong, surrogates, past U+10FFFF, cut off, stray, never used. */
const NOT_UTF8 = [
  [0xc0, 0xaf],
  [0xe0, 0x80, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xe2, 0x82],
  [0x80],
  [0xff],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
].map((bytes) => Buffer.from(bytes));

/** Section 7.4: 1000 to 1014 but for the three that stand for something else, and 3000 to 4999. */
const CLOSE_CODES = {
  valid: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4400, 4999],
  invalid: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1999, 2000, 2999, 5000, 32_768, 65_535],
};

const frame = (changes: Partial<FrameToWrite>): Buffer =>
  writeFrame({ opcode: OPCODES.text, payload: OBJECT, ...changes });

/** An object of one key with a string as long as asked for, all in all. */
function objectOf(bytes: number): Buffer {
  return Buffer.from(`{"text":"${'x'.repeat(bytes - '{"text":""}'.length)}"}`);
}

/** One message in pieces; `payload` must be at least as long as there are pieces. */
function fragments(chance: Chance, payload: Buffer, count: number, interleave = false): Buffer {
  const step = Math.floor(payload.length / count);
  const pieces = Array.from({ length: count }, (_, index) =>
    frame({
      opcode: index === 0 ? OPCODES.text : OPCODES.continuation,
      fin: index === count - 1,
      payload: payload.subarray(index * step, index === count - 1 ? undefined : (index + 1) * step),
    }),
  );
  // Control frames may stand between the fragments of a message (5.4).
  const between = (): Buffer =>
    interleave && chance.is(0.3)
      ? frame({ opcode: OPCODES.ping, payload: chance.bytes(3) })
      : Buffer.alloc(0);
  return Buffer.concat(pieces.flatMap((piece) => [piece, between()]));
}

/** What a text message comes to. */
function outcomeOf(payload: Buffer): Outcome {
  if (!isUtf8(payload)) return 1007;
  try {
    const json: unknown = JSON.parse(payload.toString());
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? 'open' : 'junk';
  } catch {
    return 'junk';
  }
}

const KINDS: Record<string, (chance: Chance) => Making> = {
  'an object': (chance) => ({
    bytes: frame({ payload: objectOf(chance.between(11, 3000)) }),
    outcome: 'open',
  }),
  'the longest object': () => ({ bytes: frame({ payload: objectOf(FRAME_BYTES) }), outcome: 'open' }),
  'text that is no object': (chance) => {
    const payload = Buffer.from(chance.one(['', '[]', '1', 'null', '"text"', '{', '\u0000', '{"a":}', '💥']));
    return { bytes: frame({ payload }), outcome: 'junk' };
  },
  // ws takes these, though section 5.2 wants the shortest; nothing is lost by either.
  'a length in more bytes than it needs': (chance) => ({
    bytes: frame({ lengthBytes: chance.one([2, 8] as const) }),
    outcome: 'any',
  }),
  'no mask (5.1)': () => ({ bytes: frame({ mask: null }), outcome: 1002 }),
  'another mask than announced (5.3)': (chance) => {
    const [mask, maskedWith] = [chance.bytes(4), chance.bytes(4)];
    const heard = OBJECT.map((byte, index) => byte ^ (mask[index % 4] ?? 0) ^ (maskedWith[index % 4] ?? 0));
    return { bytes: frame({ mask, maskedWith }), outcome: outcomeOf(Buffer.from(heard)) };
  },
  'reserved bits (5.2)': (chance) => ({
    bytes: frame({ reserved: chance.between(1, 7), opcode: chance.one(Object.values(OPCODES)) }),
    outcome: 1002,
  }),
  'reserved opcodes (5.2)': (chance) => ({
    bytes: frame({ opcode: chance.one([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), fin: chance.is(0.5) }),
    outcome: 1002,
  }),
  binary: (chance) => ({
    bytes: frame({ opcode: OPCODES.binary, payload: chance.bytes(chance.below(300)) }),
    outcome: 4400,
  }),
  'a continuation of nothing (5.4)': (chance) => ({
    bytes: frame({ opcode: OPCODES.continuation, fin: chance.is(0.5) }),
    outcome: 1002,
  }),
  'a message inside a message (5.4)': (chance) => ({
    bytes: Buffer.concat([frame({ fin: false }), frame({ fin: chance.is(0.5) })]),
    outcome: 1002,
  }),
  'fragments with control frames between (5.4)': (chance) => ({
    bytes: fragments(chance, objectOf(chance.between(100, 2000)), chance.between(2, MAX_FRAGMENTS), true),
    outcome: 'open',
  }),
  'a character split between fragments': (chance) => {
    const payload = Buffer.from('{"emoji":"👩‍👩‍👧‍👦é漢字"}');
    return { bytes: fragments(chance, payload, chance.between(2, payload.length)), outcome: 'open' };
  },
  'too many fragments': (chance) => ({
    bytes: fragments(chance, objectOf(400), chance.between(MAX_FRAGMENTS + 1, 200)),
    outcome: 1008,
  }),
  'fragments that are too large together': (chance) => ({
    bytes: fragments(chance, objectOf(FRAME_BYTES + chance.between(1, 5000)), chance.between(2, 20)),
    outcome: 1009,
  }),
  'a fragmented control frame (5.5)': (chance) => ({
    bytes: frame({ opcode: chance.between(8, 10), fin: false, payload: Buffer.alloc(2) }),
    outcome: 1002,
  }),
  'a control frame over 125 bytes (5.5)': (chance) => ({
    bytes: frame({ opcode: chance.between(8, 10), payload: chance.bytes(chance.between(126, 400)) }),
    outcome: 1002,
  }),
  'ping (5.5.2)': (chance) => {
    const payload = Buffer.from(chance.bytes(chance.below(63)).toString('hex'));
    return { bytes: frame({ opcode: OPCODES.ping, payload }), outcome: 'open', pong: payload };
  },
  'a pong nobody asked for (5.5.3)': (chance) => ({
    bytes: frame({ opcode: OPCODES.pong, payload: chance.bytes(chance.below(126)) }),
    outcome: 'open',
  }),
  'not UTF-8 (8.1)': (chance) => {
    const payload = Buffer.concat([Buffer.from('{"a":"'), chance.one(NOT_UTF8), Buffer.from('"}')]);
    const pieces = chance.between(1, 5);
    return { bytes: pieces === 1 ? frame({ payload }) : fragments(chance, payload, pieces), outcome: 1007 };
  },
  'close without a code (5.5.1)': () => ({
    bytes: frame({ opcode: OPCODES.close, payload: Buffer.alloc(0) }),
    outcome: 1005,
  }),
  'close with a valid code (7.4)': (chance) => {
    const code = chance.one(CLOSE_CODES.valid);
    return { bytes: frame({ opcode: OPCODES.close, payload: closePayload(code) }), outcome: code };
  },
  'close with an invalid code (7.4)': (chance) => ({
    bytes: frame({ opcode: OPCODES.close, payload: closePayload(chance.one(CLOSE_CODES.invalid)) }),
    outcome: 1002,
  }),
  'close with half a code (5.5.1)': (chance) => ({
    bytes: frame({ opcode: OPCODES.close, payload: chance.bytes(1) }),
    outcome: 1002,
  }),
  'a close reason that is not UTF-8 (5.5.1)': (chance) => ({
    bytes: frame({ opcode: OPCODES.close, payload: closePayload(1000, chance.one(NOT_UTF8)) }),
    outcome: 1007,
  }),
  'a frame over 64 KiB': (chance) => ({
    bytes: frame({ payload: objectOf(FRAME_BYTES + chance.between(1, 3000)) }),
    outcome: 1009,
  }),
  'an absurd length (5.2)': (chance) => ({
    bytes: frame({
      lengthBytes: 8,
      claimedLength: chance.one([
        65_537n,
        2n ** 31n,
        2n ** 32n,
        2n ** 53n,
        2n ** 63n - 1n,
        2n ** 63n,
        2n ** 64n - 1n,
      ]),
    }),
    outcome: 1009,
  }),
  'less than announced': (chance) => ({
    bytes: frame({ claimedLength: BigInt(OBJECT.length + chance.between(1, 60_000)) }),
    outcome: 'starves',
  }),
  'more than announced': (chance) => ({
    bytes: frame({ claimedLength: BigInt(chance.below(OBJECT.length)) }),
    outcome: 'any',
  }),
  'half a frame': (chance) => {
    const whole = frame({ payload: objectOf(chance.between(20, 2000)) });
    return { bytes: whole.subarray(0, chance.between(1, whole.length - 1)), outcome: 'starves' };
  },
  'a message without its end': (chance) => ({
    bytes: frame({ fin: false, payload: chance.bytes(chance.below(500)) }),
    outcome: 'starves',
  }),
  'flipped bits': (chance) => {
    const bytes = frame({});
    for (let flips = chance.between(1, 4); flips > 0; flips -= 1) {
      const at = chance.below(chance.is(0.7) ? 8 : bytes.length);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << chance.below(8)), at);
    }
    return { bytes, outcome: 'any' };
  },
  'random bytes': (chance) => ({ bytes: chance.bytes(chance.between(1, 600)), outcome: 'any' }),
};

/** One of them all. */
export function hostileFrame(chance: Chance): FrameCase {
  const [name, make] = chance.one(Object.entries(KINDS));
  return { name, ...make(chance) };
}
