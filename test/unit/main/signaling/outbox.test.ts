import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Inbox } from '../../../../main/signaling/inbox';
import { Outbox } from '../../../../main/signaling/outbox';
import { ManualClock } from '../../../support/signaling-clock';

describe('Outbox', () => {
  it('numbers frames from 1 and keeps them until they are acknowledged', () => {
    const outbox = new Outbox<{ n: number }>(JSON.stringify);
    expect(outbox.push({ n: 7 })).toEqual({ seq: 1, text: '{"seq":1,"n":7}' });
    outbox.push({ n: 8 });
    outbox.push({ n: 9 });
    expect(outbox.ack(2)).toBe(true);
    expect(outbox.unacked()).toEqual(['{"seq":3,"n":9}']);
    expect(outbox.lastSeq).toBe(3);
  });

  it('refuses an acknowledgement of what was never said', () => {
    const outbox = new Outbox(JSON.stringify);
    outbox.push({ n: 0 });
    expect(outbox.ack(2)).toBe(false);
    expect(outbox.unacked()).toHaveLength(1);
  });

  it('has room within both of its bounds, and is hopeless at twice either', () => {
    const byCount = new Outbox(JSON.stringify, { frames: 2, bytes: 1000 });
    byCount.push({ n: 0 });
    expect(byCount.hasRoom).toBe(true);
    byCount.push({ n: 0 });
    expect(byCount.hasRoom).toBe(false);
    byCount.push({ n: 0 });
    expect(byCount.isHopeless).toBe(false);
    byCount.push({ n: 0 });
    expect(byCount.isHopeless).toBe(true);
    byCount.ack(4);
    expect(byCount.hasRoom).toBe(true);

    const byBytes = new Outbox(JSON.stringify, { frames: 100, bytes: 50 });
    byBytes.push({ text: 'ü'.repeat(25) });
    expect(byBytes.hasRoom).toBe(false);
  });

  it('has plenty as long as half of both bounds is free', () => {
    const byCount = new Outbox(JSON.stringify, { frames: 4, bytes: 1000 });
    const plenty = [1, 2, 3].map(() => {
      byCount.push({ n: 0 });
      return byCount.hasPlenty;
    });
    expect(plenty).toEqual([true, true, false]);
    byCount.ack(1);
    expect(byCount.hasPlenty).toBe(true);
    const byBytes = new Outbox(JSON.stringify, { frames: 100, bytes: 50 });
    byBytes.push({ text: 'x'.repeat(25) });
    expect([byBytes.hasRoom, byBytes.hasPlenty]).toEqual([true, false]);
  });

  it('gives back what was not acknowledged when it starts anew', () => {
    const outbox = new Outbox<{ n: number }>(JSON.stringify);
    for (const n of [1, 2, 3]) outbox.push({ n });
    outbox.ack(1);
    expect(outbox.reset()).toEqual([{ n: 2 }, { n: 3 }]);
    expect(outbox.push({ n: 4 }).seq).toBe(1);
  });
});

describe('Inbox', () => {
  it('tells new frames from duplicates and gaps', () => {
    const inbox = new Inbox(new ManualClock(), { acknowledge: () => undefined });
    expect([1, 2, 2, 1, 4, 3, 0].map((seq) => inbox.accept(seq))).toEqual([
      'next',
      'next',
      'duplicate',
      'duplicate',
      'gap',
      'next',
      'duplicate',
    ]);
    expect(inbox.handled).toBe(3);
  });

  it('acknowledges after 16 frames, or after a second', () => {
    const clock = new ManualClock();
    const acks: number[] = [];
    const inbox = new Inbox(clock, { acknowledge: (seq) => acks.push(seq) });
    for (let seq = 1; seq <= 16; seq += 1) inbox.accept(seq);
    expect(acks).toEqual([16]);
    inbox.accept(17);
    clock.advance(999);
    expect(acks).toEqual([16]);
    clock.advance(1);
    expect(acks).toEqual([16, 17]);
    expect(clock.pending).toBe(0);
  });
});

it('loses, doubles and reorders nothing over a line that breaks anywhere', () => {
  // Frames and acknowledgements are lost from a random point on; then the line is whole again and a resume follows.
  fc.assert(
    fc.property(
      fc.array(fc.record({ sent: fc.nat(12), arrived: fc.nat(12), acked: fc.boolean() })),
      (rounds) => {
        const outbox = new Outbox<{ n: number }>(JSON.stringify, { frames: 1000, bytes: 1e6 });
        const inbox = new Inbox(new ManualClock(), { acknowledge: () => undefined });
        const handled: number[] = [];
        const receive = (frame: string): void => {
          const { seq, n } = JSON.parse(frame) as { seq: number; n: number };
          if (inbox.accept(seq) === 'next') handled.push(n);
        };
        let n = 0;
        for (const { sent, arrived, acked } of rounds) {
          const line = outbox.unacked();
          for (let count = 0; count < sent; count += 1) {
            line.push(outbox.push({ n }).text);
            n += 1;
          }
          line.slice(0, arrived).forEach(receive);
          if (acked) outbox.ack(inbox.handled);
        }
        outbox.unacked().forEach(receive);
        expect(handled).toEqual(Array.from({ length: n }, (_, index) => index));
      },
    ),
  );
});
