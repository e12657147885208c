import { describe, expect, test } from 'vitest';
import type { Person } from '../../../../main/signaling/protocol';
import {
  transition,
  type CallEvent,
  type CallState,
  type Effect,
} from '../../../../renderer/call/call-state';
import type { Ring } from '../../../../renderer/call/ring';
import { fakeMember, fakeSeat, fakeTarget } from '../../../support/fake-bridge';

const bo: Person = { id: 'b'.repeat(22), name: 'Bo', device: 'desktop', key: 'bo', status: 'free' };
const member = fakeMember('b');
const stranger = fakeMember('c');
const ring: Ring = {
  ...{ call: 'ring-1', link: 'saved', peer: bo, media: 'video' },
  ...{ direction: 'out', fingerprint: null, room: null, ahead: true },
};
const shown = {
  ...{ type: 'ringing', link: 'saved', call: 'ring-1', target: fakeTarget, ahead: true },
} satisfies CallEvent;
const rung: CallEvent = {
  ...{ type: 'rung', link: 'saved', from: bo, call: 'ring-1', media: 'video', fingerprint: 'AA' },
  ...{ signed: true, ahead: true, target: fakeTarget, wins: false, isQuiet: false },
};
const acceptedBy = (fingerprint: string, signed = true): CallEvent => ({
  ...{ type: 'ring-accepted', link: 'saved', call: 'ring-1', media: 'video' },
  ...{ fingerprint, signed, target: fakeTarget, atMs: 70 },
});

/** Where events lead, and all that they ask for on the way. */
function run(from: CallState, ...events: CallEvent[]): { state: CallState; effects: Effect[] } {
  let state = from;
  const effects: Effect[] = [];
  for (const event of events) {
    const next = transition(state, event);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}
const after = (from: CallState, ...events: CallEvent[]): CallState => run(from, ...events).state;
const types = ({ effects }: { effects: Effect[] }): Effect['type'][] => effects.map(({ type }) => type);

const idle: CallState = { phase: 'idle', problem: null };
const calling = after(idle, { type: 'ring-asked', ring, atMs: 1 });
/** Of who does not want to connect before it is answered. */
const reserved = after(idle, { type: 'ring-asked', ring: { ...ring, ahead: false }, atMs: 1 });
const seated: CallEvent = { type: 'seated', seat: fakeSeat('a', []) };
const joined: CallEvent = { type: 'member-joined', member };
const settled: CallEvent[] = [
  { type: 'call-settled', call: 'X' },
  { type: 'exchanged' },
  { type: 'path-found', atMs: 50 },
];
/** Both sides, connected and unanswered. */
const caller = after(calling, shown, seated, joined, ...settled);
const callee = after(idle, rung, seated, joined, ...settled);

describe('while it rings', () => {
  test('the two meet in the room of the ring and connect, and nothing is captured on the callee’s side', () => {
    for (const { state, effects } of [
      run(calling, shown, seated, joined, ...settled),
      run(idle, rung, seated, joined, ...settled),
    ]) {
      expect(effects.filter(({ type }) => type === 'join-room')).toHaveLength(1);
      expect(effects.filter(({ type }) => type === 'connect')).toHaveLength(1);
      expect(effects.map(({ type }) => type)).not.toContain('open-media');
      expect(state).toMatchObject({ ahead: { peer: member, call: 'X', alive: true } });
    }
    expect([caller.phase, callee.phase]).toEqual(['calling', 'ringing']);
  });

  test('who rings is held to the certificate it proved, who is rung has proved none yet', () => {
    const connectOf = (from: CallState, ...events: CallEvent[]) =>
      run(from, ...events).effects.find(({ type }) => type === 'connect');
    expect(connectOf(idle, rung, seated, joined)).toMatchObject({ fingerprint: 'AA', offers: false });
    const second: CallEvent = { type: 'seated', seat: fakeSeat('a', [member]) };
    expect(connectOf(calling, shown, second)).toMatchObject({ fingerprint: null, offers: true });
  });

  test('who is rung goes nowhere where they do not want to connect, or the ring proves nothing', () => {
    for (const each of [run(idle, { ...rung, ahead: false }), run(idle, { ...rung, signed: false })]) {
      expect(types(each)).not.toContain('join-room');
      expect(types(each)).not.toContain('connect');
      expect(each.state).toMatchObject({ ahead: null });
    }
    const told = run(idle, { ...rung, ahead: false }).effects[0];
    expect(told).toMatchObject({ type: 'confirm-ringing', ahead: false });
  });

  test('who rings waits in the room, and connects to nobody there, where one side does not want that yet', () => {
    for (const [from, event] of [
      [calling, { ...shown, ahead: false }],
      [reserved, shown],
    ] as const) {
      const waiting = run(from, event, seated, joined, {
        type: 'signaling-up',
        members: [member],
        iceServers: [],
      });
      expect(types(waiting)).toEqual(['join-room']);
      expect(waiting.state).toMatchObject({
        ahead: { connects: false, peer: null, seat: { members: [member] } },
      });
      const left = run(waiting.state, { type: 'member-left', member: bo.id, reason: 'left', atMs: 60 });
      expect(left.effects).toEqual([]);
    }
    expect(types(run(calling, { ...shown, target: null, ahead: false }))).toEqual([]);
  });

  test('somebody else in the room is not let near', () => {
    for (const from of [after(calling, shown, seated), after(idle, rung, seated)]) {
      const next = run(from, { type: 'member-joined', member: stranger });
      expect(next.effects).toEqual([]);
      expect(next.state).toMatchObject({ ahead: { peer: null } });
    }
  });

  test('who leaves the room and comes again is connected to again', () => {
    for (const [from, gone] of [
      [caller, ['end-peer', 'prepare-peer']],
      [callee, ['end-peer']],
    ] as const) {
      const left = run(from, { type: 'member-left', member: bo.id, reason: 'left', atMs: 60 });
      expect(types(left)).toEqual(gone);
      expect(left.state).toMatchObject({ phase: from.phase, ahead: { peer: null, alive: false } });
      expect(types(run(left.state, joined))).toEqual(['connect']);
      expect(types(run(from, { type: 'peer-restarted' }))).toEqual(['connect']);
    }
  });

  test('a room that cannot be entered, or closes, costs only what was made ready', () => {
    const refused = run(after(calling, shown), { type: 'refused', code: 'room-full' });
    expect(refused.state).toMatchObject({ phase: 'calling', ahead: null });
    const closed = run(callee, { type: 'room-closed', code: 'signaling-lost', atMs: 60 });
    expect(closed.state).toMatchObject({ phase: 'ringing', ahead: null });
    expect(types(closed)).toEqual(['end-peer', 'leave-room']);
    expect(types(run(closed.state, { type: 'accepted', media: 'voice', atMs: 70 }))).toContain('join-room');
  });
});

describe('accepted,', () => {
  const accept: CallEvent = { type: 'accepted', media: 'video', atMs: 70 };

  test('what was connected is the call at once', () => {
    const answered = run(callee, accept);
    expect(answered.state).toMatchObject({ phase: 'connected', sinceMs: 70, call: 'X', peer: member });
    expect(types(answered)).toEqual(['accept-ring', 'use-ahead', 'stop-timer', 'open-media']);
    const heard = run(caller, acceptedBy('BB'));
    expect(heard.state).toMatchObject({ phase: 'connected', ring: { fingerprint: 'BB' } });
    expect(heard.effects[0]).toEqual({ type: 'use-ahead', fingerprint: 'BB' });
  });

  test('and fallen silent before that, it has lasted for no time at all', () => {
    const silent = after(callee, accept, { type: 'path-lost', atMs: 60 });
    expect(after(silent, { type: 'hung-up', atMs: 90 })).toMatchObject({ lastedMs: 0 });
  });

  test('what is not connected yet goes on from where it is', () => {
    const begun = run(after(idle, rung, seated, joined), accept);
    expect(begun.state).toMatchObject({ phase: 'connecting', peer: member });
    expect(types(begun)).not.toContain('join-room');
    const alone = run(after(calling, shown, seated), acceptedBy('BB'));
    expect(alone.state).toMatchObject({ phase: 'answered', seat: { members: [] } });
    expect(types(run(alone.state, joined))).toContain('connect');
    const outside = run(after(calling, shown), acceptedBy('BB'));
    expect(outside.state).toMatchObject({ phase: 'answered', seat: null });
    expect(types(outside)).not.toContain('join-room');
    expect(types(run(outside.state, { type: 'seated', seat: fakeSeat('a', [member]) }))).toContain('connect');
  });

  test('who waited in the room offers as soon as both the answer and the other are there', () => {
    const waits = after(reserved, { ...shown, ahead: false }, seated);
    for (const events of [
      [acceptedBy('BB'), joined],
      [joined, acceptedBy('BB')],
    ]) {
      const { state, effects } = run(waits, ...events);
      expect(state).toMatchObject({ phase: 'connecting', peer: member, ring: { fingerprint: 'BB' } });
      expect(effects.filter(({ type }) => type === 'connect')).toMatchObject([
        { offers: true, fingerprint: 'BB', peer: { id: bo.id } },
      ]);
      expect(effects.map(({ type }) => type)).not.toContain('join-room');
    }
    const strange = run(waits, { type: 'member-joined', member: stranger }, acceptedBy('BB'));
    expect(types(strange)).not.toContain('connect');
  });

  test('an answer that proves nothing ends it before anything is sent', () => {
    const next = run(caller, acceptedBy('BB', false));
    expect(next.state).toMatchObject({ phase: 'ended', reason: 'not-verified' });
    expect(types(next)).not.toContain('use-ahead');
    expect(next.effects).toContainEqual(
      expect.objectContaining({ type: 'cancel-ring', reason: 'not-verified' }),
    );
  });

  test('and taken back at that moment, it has one reason on both sides', () => {
    const taken: CallEvent = {
      ...{ type: 'ring-cancelled', link: 'saved', call: 'ring-1', reason: 'cancelled', atMs: 71 },
    };
    const lost: CallEvent = { type: 'path-lost', atMs: 71 };
    for (const events of [[taken], [lost, taken]])
      expect(after(callee, accept, ...events)).toMatchObject({ reason: 'cancelled', by: 'peer' });
  });
});

test('every end takes away what was made ready, and leaves the room', () => {
  const link = 'saved';
  const call = 'ring-1';
  const ends: [CallState, CallEvent][] = [
    [callee, { type: 'declined' }],
    [callee, { type: 'ring-cancelled', link, call, reason: 'cancelled', atMs: 60 }],
    [callee, { type: 'ring-lost', link, call }],
    [callee, { type: 'time-up', timer: 'ring', atMs: 60 }],
    [callee, { type: 'impostor', atMs: 60 }],
    [caller, { type: 'hung-up', atMs: 60 }],
    [caller, { type: 'ring-declined', link, call, reason: 'busy' }],
    [caller, { type: 'ring-lost', link, call }],
    [caller, { type: 'time-up', timer: 'ring', atMs: 60 }],
    [caller, acceptedBy('BB', false)],
    [after(reserved, shown, seated), { type: 'hung-up', atMs: 60 }],
    [after(reserved, shown), { type: 'ring-declined', link, call, reason: 'declined' }],
  ];
  for (const [from, event] of ends) {
    const { state, effects } = run(from, event);
    expect(state.phase).toBe('ended');
    expect(effects.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['release-media', 'stop-timer', 'end-peer', 'leave-room']),
    );
  }
});

test('whoever connects by another certificate than they proved is refused, and told so', () => {
  const { state, effects } = run(callee, { type: 'impostor', atMs: 60 });
  expect(state).toMatchObject({ phase: 'ended', reason: 'not-verified', by: 'network' });
  expect(effects).toContainEqual(expect.objectContaining({ type: 'decline-ring', reason: 'not-verified' }));
  expect(
    after(caller, { type: 'ring-declined', link: 'saved', call: 'ring-1', reason: 'not-verified' }),
  ).toMatchObject({ reason: 'not-verified', by: 'network' });
});

test('of two who ring each other the winning ring begins afresh, whatever the other had made ready', () => {
  const { state, effects } = run(caller, { ...rung, call: 'ring-2', wins: true });
  expect(state).toMatchObject({ phase: 'answered', ring: { call: 'ring-2' } });
  const order = effects.map(({ type }) => type);
  expect(order.indexOf('leave-room')).toBeLessThan(order.indexOf('join-room'));
  expect(order.filter((type) => type === 'join-room')).toHaveLength(1);
});

test('a ring in the place of another takes the other’s connection away', () => {
  const { state, effects } = run(callee, { ...rung, call: 'ring-2' });
  expect(state).toMatchObject({ phase: 'ringing', ring: { call: 'ring-2' }, ahead: { peer: null } });
  expect(effects.slice(0, 2).map(({ type }) => type)).toEqual(['end-peer', 'leave-room']);
});
