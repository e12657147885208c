import * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CancelReason, Person } from '../../../../main/signaling/protocol';
import { callRecordSchema, type CallRecord } from '../../../../preload/bridge';
import { CallLog } from '../../../../renderer/call/call-log';
import { transition, type CallEvent, type CallState } from '../../../../renderer/call/call-state';
import type { Ring } from '../../../../renderer/call/ring';
import { fakeMember, fakeSeat, fakeTarget } from '../../../support/fake-bridge';

const personOf = (letter: string): Person => {
  const { id, name } = fakeMember(letter);
  return { id, name, device: 'desktop', key: `key-${letter}`, status: 'free' };
};
const call = 'r'.repeat(22);
const link = 'saved';

/** One end of calls: a state, and what is remembered of it. */
class End {
  readonly records: CallRecord[] = [];
  state: CallState = { phase: 'idle', problem: null };
  atMs = 0;
  camera = true;
  readonly #log = new CallLog({
    note: (record) => this.records.push(v.parse(callRecordSchema, record)),
    now: () => 1_700_000_000_000 + this.atMs,
    isVideo: () => this.camera,
  });

  happens(...events: CallEvent[]): this {
    for (const event of events) {
      const before = this.state;
      const { state, effects } = transition(before, event);
      this.state = state;
      if (event.type === 'ring-cancelled') this.#log.takenBack(event.call, event.reason);
      this.#log.moved(before, state, this.atMs);
      for (const effect of effects)
        if (effect.type === 'note-missed') this.#log.missed(effect.ring, effect.reason);
    }
    return this;
  }

  /** Meets the other in the room of the ring, and talks with them for a minute. */
  talks(letter: string): this {
    this.happens(
      { type: 'seated', seat: fakeSeat('x', [fakeMember(letter)]) },
      { type: 'call-settled', call },
      { type: 'path-found', atMs: 1000 },
    );
    this.atMs = 61_000;
    return this;
  }
}

let ann: End;
let ben: End;
beforeEach(() => {
  ann = new End();
  ben = new End();
});

const ring: Ring = {
  call,
  link,
  direction: 'out',
  peer: personOf('b'),
  media: 'video',
  fingerprint: null,
  room: null,
  ahead: false,
};
const rung = (change = {}): CallEvent => ({
  type: 'rung',
  link,
  from: personOf('a'),
  call,
  media: 'video',
  fingerprint: 'AA',
  signed: true,
  ahead: false,
  target: fakeTarget,
  wins: true,
  isQuiet: false,
  ...change,
});
const accepted: CallEvent = {
  type: 'ring-accepted',
  link,
  call,
  media: 'video',
  fingerprint: 'BB',
  signed: true,
  atMs: 1000,
  target: fakeTarget,
};
const declined = (reason: 'declined' | 'busy' | 'do-not-disturb' | 'no-answer'): CallEvent => ({
  type: 'ring-declined',
  link,
  call,
  reason,
});
const cancelled = (reason: CancelReason): CallEvent => ({
  type: 'ring-cancelled',
  link,
  call,
  reason,
  atMs: 45_000,
});
const lost: CallEvent = { type: 'ring-lost', link, call };
const timeUp: CallEvent = { type: 'time-up', timer: 'ring', atMs: 45_000 };
const hungUp: CallEvent = { type: 'hung-up', atMs: 61_000 };

describe('both sides of a ring remember the same,', () => {
  const begin = (): void => {
    ann.happens({ type: 'ring-asked', ring, atMs: 0 });
    ben.happens(rung());
  };

  const outcomes: [string, () => void, Partial<CallRecord>][] = [
    [
      'accepted',
      () => {
        ben
          .happens({ type: 'accepted', media: 'voice', atMs: 1000 })
          .talks('a')
          .happens({ type: 'bye', atMs: 61_000 });
        ann.happens(accepted).talks('b').happens(hungUp);
      },
      { reason: 'hung-up', lastedMs: 60_000, seen: true },
    ],
    [
      'declined',
      () => {
        ben.happens({ type: 'declined' });
        ann.happens(declined('declined'));
      },
      { reason: 'declined', seen: true },
    ],
    [
      'taken back',
      () => {
        ann.happens(hungUp);
        ben.happens(cancelled('cancelled'));
      },
      { reason: 'cancelled', seen: false },
    ],
    [
      'taken back as soon as it was accepted',
      () => {
        ben.happens({ type: 'accepted', media: 'video', atMs: 1000 }, { type: 'cancelled' });
        ann.happens(accepted, cancelled('cancelled'));
      },
      { reason: 'cancelled', seen: true },
    ],
    [
      'not answered',
      () => {
        ann.happens(timeUp);
        ben.happens(cancelled('no-answer'));
      },
      { reason: 'no-answer', seen: false },
    ],
    [
      'lost on the way',
      () => {
        ann.happens(lost);
        ben.happens(lost);
      },
      { reason: 'unreachable', seen: false },
    ],
    [
      'lost for who rang as it was accepted',
      () => {
        ben.happens({ type: 'accepted', media: 'video', atMs: 1000 }, cancelled('unreachable'));
        ann.happens(lost, accepted);
      },
      { reason: 'unreachable', by: 'network', seen: false },
    ],
    [
      'lost for who rang before it was accepted',
      () => {
        ben.happens(cancelled('unreachable'), { type: 'accepted', media: 'video', atMs: 1000 });
        ann.happens(lost);
      },
      { reason: 'unreachable', by: 'network', seen: false },
    ],
    [
      'accepted where the two never met',
      () => {
        ben.happens({ type: 'accepted', media: 'video', atMs: 1000 }, { type: 'refused', code: 'room-full' });
        ann.happens(accepted, { type: 'refused', code: 'room-full' });
      },
      { reason: 'no-response', seen: true },
    ],
    [
      'accepted, and one of them did not come',
      () => {
        ben.happens(
          { type: 'accepted', media: 'video', atMs: 1000 },
          { type: 'time-up', timer: 'connect', atMs: 31_000 },
        );
        ann.happens(accepted, cancelled('no-response'));
      },
      { reason: 'no-response', by: 'network', seen: true },
    ],
  ];
  test.each(outcomes)('when it was %s', (_how, end, expected) => {
    begin();
    end();
    const shared = { id: call, media: 'video', lastedMs: null, times: 1, ...expected };
    expect(ben.records).toMatchObject([{ ...shared, direction: 'in', key: 'key-a', name: 'Name a' }]);
    expect(ann.records).toMatchObject([
      { ...shared, seen: true, direction: 'out', key: 'key-b', name: 'Name b' },
    ]);
  });

  test('when it was refused here as it was taken back there', () => {
    begin();
    ben.happens({ type: 'declined' }, cancelled('no-answer'));
    ann.happens(timeUp, declined('declined'));
    const taken = { id: call, reason: 'no-answer', by: 'network', seen: true };
    expect(ann.records).toMatchObject([{ ...taken, direction: 'out' }]);
    // The later record takes the place of the first: both name the same call.
    expect(ben.records).toMatchObject([
      { id: call, reason: 'declined' },
      { ...taken, direction: 'in', startedAtMs: ben.records[0]?.startedAtMs },
    ]);
  });

  test('when nobody was there to see what a late word put right', () => {
    begin();
    ben.happens(timeUp, cancelled('cancelled'));
    expect(ben.records.map(({ reason, seen }) => [reason, seen])).toEqual([
      ['no-answer', false],
      ['cancelled', false],
    ]);
  });

  test.each(['busy', 'do-not-disturb'] as const)('when the other was %s', (reason) => {
    ann.happens({ type: 'ring-asked', ring, atMs: 0 }, declined(reason));
    if (reason === 'busy')
      ben.happens({
        type: 'ring-asked',
        ring: { ...ring, call: 'q'.repeat(22), peer: personOf('c') },
        atMs: 0,
      });
    ben.happens(rung({ isQuiet: true }));
    expect(ann.records).toMatchObject([{ id: call, direction: 'out', reason, by: 'peer', seen: true }]);
    expect(ben.records).toMatchObject([{ id: call, direction: 'in', reason, by: 'self', seen: false }]);
  });

  describe.each([
    ['busy', 'cancelled', hungUp],
    ['busy', 'unreachable', lost],
    ['do-not-disturb', 'no-answer', timeUp],
  ] as const)('when who was %s refused it as it was %s,', (refusal, reason, end) => {
    const asked = { ...ring, call: 'q'.repeat(22), peer: personOf('c') };
    const refuse = (): void => {
      if (refusal === 'busy') ben.happens({ type: 'ring-asked', ring: asked, atMs: 0 });
      ben.happens(rung({ isQuiet: true }));
    };
    beforeEach(() => {
      ann.happens({ type: 'ring-asked', ring, atMs: 0 });
      refuse();
      expect(ben.records).toMatchObject([{ id: call, reason: refusal, by: 'self', seen: false }]);
    });

    test('and each heard of it after that', () => {
      ann.happens(end, declined(refusal));
      ben.happens(cancelled(reason));
      expect(ann.records).toMatchObject([{ id: call, direction: 'out', reason }]);
      const [first] = ben.records;
      expect(ben.records.slice(1)).toMatchObject([
        { id: call, direction: 'in', reason, by: reason === 'cancelled' ? 'peer' : 'network', seen: false },
      ]);
      expect(ben.records[1]?.startedAtMs).toBe(first?.startedAtMs);
    });

    test('unless who rang heard of it first, and had nothing to take back', () => {
      ann.happens(declined(refusal), end);
      expect(ann.records).toMatchObject([{ id: call, direction: 'out', reason: refusal, by: 'peer' }]);
      expect(ben.records).toHaveLength(1);
    });
  });

  test('when both rang: one call, by the ring that counted', () => {
    ann.happens(
      { type: 'ring-asked', ring, atMs: 0 },
      rung({ wins: false, from: personOf('b'), call: 'q'.repeat(22) }),
    );
    ben.happens(
      { type: 'ring-asked', ring: { ...ring, call: 'q'.repeat(22), peer: personOf('a') }, atMs: 0 },
      rung(),
    );
    ann.happens(accepted).talks('b').happens(hungUp);
    ben.talks('a').happens({ type: 'bye', atMs: 61_000 });
    expect(ann.records).toMatchObject([{ id: call, direction: 'out', reason: 'hung-up', lastedMs: 60_000 }]);
    expect(ben.records).toMatchObject([{ id: call, direction: 'in', reason: 'hung-up', lastedMs: 60_000 }]);
  });
});

test('a ring that proves nothing leaves no key behind', () => {
  ben.happens(rung({ signed: false }), cancelled('cancelled'));
  expect(ben.records).toMatchObject([{ key: null, name: 'Name a', seen: false }]);
});

describe('a room', () => {
  const host = (): void => {
    ben.happens(
      { type: 'host-asked', room: null, door: 'open' },
      { type: 'seated', seat: fakeSeat('b', [], 'open') },
    );
  };

  test('remembers who came and whom one came to, by no key', () => {
    host();
    ben.happens({ type: 'member-joined', member: fakeMember('a') }, { type: 'call-settled', call });
    ben.happens({ type: 'path-found', atMs: 1000 }, hungUp);
    ann.camera = false;
    ann.happens({ type: 'join-asked', target: fakeTarget, confirmed: true });
    ann.talks('b').happens({ type: 'bye', atMs: 61_000 });
    const both = { key: null, reason: 'hung-up', lastedMs: 60_000, seen: true };
    expect(ben.records).toMatchObject([{ ...both, direction: 'in', media: 'video', by: 'self' }]);
    expect(ann.records).toMatchObject([{ ...both, direction: 'out', media: 'voice', by: 'peer' }]);
  });

  test('in which one was alone is not remembered, nor a plain page', () => {
    host();
    ben.happens({ type: 'cancelled' });
    host();
    ben.happens({ type: 'member-joined', member: fakeMember('p', { plain: true }) });
    ben.happens({ type: 'path-found', atMs: 1000 }, hungUp);
    expect(ben.records).toEqual([]);
  });

  test('in which one came after the other remembers both', () => {
    host();
    ben.happens({ type: 'member-joined', member: fakeMember('a') }, { type: 'path-found', atMs: 1000 });
    ben.happens({ type: 'path-lost', atMs: 2000 });
    ben.happens({ type: 'member-left', member: fakeMember('a').id, reason: 'grace-ended', atMs: 3000 });
    ben.atMs = 5000;
    ben.happens(
      { type: 'member-joined', member: fakeMember('c') },
      { type: 'path-found', atMs: 6000 },
      hungUp,
    );
    expect(ben.records).toMatchObject([
      { name: 'Name a', reason: 'left', lastedMs: 4000 },
      { name: 'Name c', reason: 'hung-up', lastedMs: 55_000 },
    ]);
  });

  test('of an ended call that is looked at again after a question is remembered once', () => {
    host();
    ben.happens(
      { type: 'member-joined', member: fakeMember('a') },
      { type: 'path-found', atMs: 1000 },
      hungUp,
    );
    ben.happens({ type: 'join-asked', target: fakeTarget, confirmed: false }, { type: 'cancelled' });
    expect(ben.state.phase).toBe('ended');
    expect(ben.records).toHaveLength(1);
  });
});
