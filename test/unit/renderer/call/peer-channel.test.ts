import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  BEAT_MS,
  MISSED_BEATS,
  parsePeerMessage,
  PeerChannel,
  type PeerMessage,
} from '../../../../renderer/call/peer-channel';
import { FakeClock } from '../../../support/fake-clock';

/** 32 bytes in base64url. */
const BYTES = `-_${'0'.repeat(40)}A`;

describe('parsePeerMessage', () => {
  const messages: PeerMessage[] = [
    { type: 'beat' },
    { type: 'bye' },
    { type: 'state', muted: true, cameraOff: false },
    { type: 'commit', commit: BYTES },
    { type: 'reveal', random: BYTES },
  ];

  test.each(messages)('reads $type', (message) => {
    expect(parsePeerMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each([
    ['an unknown type', '{"type":"reaction","emoji":"x"}'],
    ['a state without its fields', '{"type":"state"}'],
    ['a state of other types', '{"type":"state","muted":1,"cameraOff":"no"}'],
    ['a commit that is too short', JSON.stringify({ type: 'commit', commit: BYTES.slice(1) })],
    ['a commit that is too long', JSON.stringify({ type: 'commit', commit: `${BYTES}A` })],
    ['a reveal in the other alphabet', JSON.stringify({ type: 'reveal', random: BYTES.replace('_', '/') })],
    ['a reveal with bits to spare', JSON.stringify({ type: 'reveal', random: BYTES.replace(/.$/, 'B') })],
    ['a reveal of nothing', '{"type":"reveal"}'],
    ['no object', '"bye"'],
    ['no JSON', 'bye'],
    ['too much', JSON.stringify({ type: 'beat', more: 'x'.repeat(70_000) })],
    ['bytes', new ArrayBuffer(8)],
    ['nothing', null],
  ])('takes %s for nothing', (_what, data) => {
    expect(parsePeerMessage(data)).toBeNull();
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.anything()), (data) => void parsePeerMessage(data)),
    );
  });
});

class Channel extends EventTarget {
  readyState: RTCDataChannelState = 'connecting';
  readonly sent: string[] = [];
  full = false;

  send(data: string): void {
    if (this.full) throw new DOMException('', 'OperationError');
    this.sent.push(data);
  }

  open(): void {
    this.readyState = 'open';
    this.dispatchEvent(new Event('open'));
  }

  close(): void {
    this.readyState = 'closed';
    this.dispatchEvent(new Event('close'));
  }

  hear(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

describe('PeerChannel', () => {
  let clock: FakeClock;
  let channel: Channel;
  let said: string[];
  let end: PeerChannel;
  let sleptMs: number;

  beforeEach(() => {
    clock = new FakeClock();
    channel = new Channel();
    said = [];
    sleptMs = 0;
    end = new PeerChannel(channel as unknown as RTCDataChannel, clock, () => clock.now() + sleptMs, {
      opened: () => said.push('opened'),
      heard: ({ type }) => said.push(type),
      silenceChanged: (silent) => said.push(silent ? 'silent' : 'speaks'),
    });
  });

  test('beats from the moment it is open', async () => {
    expect(clock.pending).toBe(0);
    end.say({ type: 'bye' });
    expect(channel.sent).toEqual([]);
    channel.open();
    await clock.advance(3 * BEAT_MS);
    expect(channel.sent).toEqual(Array(4).fill('{"type":"beat"}'));
    expect(said[0]).toBe('opened');
  });

  test('is silent after four missed beats and speaks again with the next', async () => {
    channel.open();
    await clock.advance(MISSED_BEATS * BEAT_MS - 1);
    expect(end.silent).toBe(false);
    await clock.advance(1);
    expect(end.silent).toBe(true);
    channel.hear('{"type":"beat"}');
    expect(end.silent).toBe(false);
    expect(said).toEqual(['opened', 'silent', 'speaks', 'beat']);
  });

  test('speaks again when a path was found, and has the time a retransmission takes to do so', async () => {
    channel.open();
    await clock.advance(20 * BEAT_MS);
    end.onPathFound();
    expect(end.silent).toBe(false);
    await clock.advance(3000 + MISSED_BEATS * BEAT_MS - 1);
    expect(end.silent).toBe(false);
    await clock.advance(1);
    expect(end.silent).toBe(true);
  });

  test('takes a message it cannot read for a sign of life', async () => {
    channel.open();
    for (let beats = 0; beats < 20; beats += 1) {
      await clock.advance(BEAT_MS);
      channel.hear('{"type":"of the future"}');
    }
    expect(said).toEqual(['opened']);
  });

  test('knows when it last heard something, on both clocks', async () => {
    channel.open();
    await clock.advance(300);
    channel.hear('{"type":"beat"}');
    const heard = { atMs: clock.now(), wallMs: clock.now() };
    sleptMs = 60_000;
    await clock.advance(10 * BEAT_MS);
    expect(end.heard).toEqual(heard);
    channel.hear('{"type":"of the future"}');
    expect(end.heard).toEqual({ atMs: clock.now(), wallMs: clock.now() + sleptMs });
  });

  test('is silent at once when it closes', () => {
    channel.open();
    channel.close();
    end.onPathFound();
    expect(end.silent).toBe(true);
  });

  test('survives a full send buffer', async () => {
    channel.open();
    channel.full = true;
    await clock.advance(BEAT_MS);
    end.say({ type: 'bye' });
    expect(channel.sent).toHaveLength(1);
  });

  test('neither beats nor hears once closed', async () => {
    channel.open();
    end.close();
    end.close();
    await clock.advance(10 * BEAT_MS);
    channel.hear('{"type":"bye"}');
    expect(channel.sent).toHaveLength(1);
    expect(said).toEqual(['opened']);
    expect(clock.pending).toBe(0);
  });
});
