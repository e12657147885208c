import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  peerHasSeat,
  transition,
  type CallEvent,
  type CallState,
  type CallTimer,
  type Effect,
  type Phase,
} from '../../../../renderer/call/call-state';
import type { Ring } from '../../../../renderer/call/ring';
import type { CancelReason, IceServer, Person, RingMedia } from '../../../../main/signaling/protocol';
import type { HostAddress } from '../../../../preload/bridge';
import { fakeMember, fakeSeat, fakeTarget } from '../../../support/fake-bridge';

const idle: CallState = { phase: 'idle', problem: null };
const guest = fakeMember('b');
const page = fakeMember('p', { plain: true });
const stranger = fakeMember('c');

/** Where events lead from a state. */
const after = (from: CallState, ...events: CallEvent[]): CallState =>
  events.reduce((state, event) => transition(state, event).state, from);
const effectsOf = (from: CallState, event: CallEvent): Effect['type'][] =>
  transition(from, event).effects.map(({ type }) => type);

const hosting = after(idle, { type: 'host-asked', room: null, door: 'open' });
const joining = after(idle, { type: 'join-asked', target: fakeTarget, confirmed: true });
const confirming = after(idle, { type: 'join-asked', target: fakeTarget, confirmed: false });
const waiting = after(hosting, { type: 'seated', seat: fakeSeat('a', [], 'open') });
const connecting = after(waiting, { type: 'member-joined', member: guest });
const connected = after(connecting, { type: 'call-settled', call: 'X' }, { type: 'path-found', atMs: 100 });
const reconnecting = after(connected, { type: 'path-lost', atMs: 5000 });
const ended = after(connected, { type: 'bye', atMs: 1100 });
const asked = after(ended, { type: 'join-asked', target: fakeTarget, confirmed: false });
const bo: Person = { id: 'b'.repeat(22), name: 'Bo', device: 'desktop', key: 'bo', status: 'free' };
const cy: Person = { id: 'c'.repeat(22), name: 'Cy', device: 'desktop', key: 'cy', status: 'free' };
const ring: Ring = {
  call: 'ring-1',
  direction: 'out',
  link: 'saved',
  peer: bo,
  media: 'video',
  fingerprint: null,
  room: null,
  ahead: true,
};
const calling = after(idle, { type: 'ring-asked', ring, atMs: 1 });
const rungBy = (from: Person, call: string, change = {}): CallEvent => ({
  type: 'rung',
  link: 'saved',
  from,
  call,
  media: 'video',
  fingerprint: 'AA',
  signed: true,
  ahead: false,
  target: fakeTarget,
  wins: false,
  isQuiet: false,
  ...change,
});
const ringing = after(idle, rungBy(bo, 'ring-1'));
const answered = after(ringing, { type: 'accepted', media: 'video', atMs: 1 });
const metAhead: CallEvent[] = [
  { type: 'seated', seat: fakeSeat('a', [guest]) },
  { type: 'path-found', atMs: 5 },
];
const shownAhead: CallEvent = {
  ...{ type: 'ringing', link: 'saved', call: 'ring-1', target: fakeTarget, ahead: true },
};
const inRungCall = after(
  answered,
  { type: 'seated', seat: fakeSeat('a', []) },
  { type: 'member-joined', member: guest },
);
const joined = after(joining, { type: 'seated', seat: fakeSeat('b', [fakeMember('a')]) });

const phases: CallState[] = [
  idle,
  confirming,
  hosting,
  joining,
  waiting,
  connecting,
  connected,
  reconnecting,
  ended,
  asked,
  calling,
  ringing,
  answered,
  inRungCall,
  after(calling, shownAhead, ...metAhead),
  after(idle, rungBy(bo, 'ring-1', { ahead: true }), ...metAhead),
];

const members = [guest, page, stranger];
const ids = members.map(({ id }) => id);
const atMs = fc.nat({ max: 1_000_000 });
const member = fc.constantFrom(...members);
const id = fc.constantFrom(...ids);
const door = fc.constantFrom('ask', 'open');
const iceServers = fc.array(fc.constant<IceServer>({ urls: ['stun:stun.example'] }), { maxLength: 1 });
const call = fc.constantFrom('ring-1', 'ring-2');
const ringMedia = fc.constantFrom<RingMedia>('voice', 'video');
const person = fc.constantFrom(bo, cy);
const ringRecord = {
  call,
  direction: fc.constant('out' as const),
  link: fc.constant('saved'),
  peer: person,
  media: ringMedia,
  fingerprint: fc.constant(null),
  room: fc.constantFrom(null, 'room'),
  ahead: fc.boolean(),
};
const event: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.record({ type: fc.constant('host-asked'), room: fc.constantFrom(null, 'room'), door }),
  fc.record({ type: fc.constant('join-asked'), target: fc.constant(fakeTarget), confirmed: fc.boolean() }),
  fc.record({
    type: fc.constantFrom(
      'confirmed',
      'cancelled',
      'done',
      'exchanged',
      'peer-restarted',
      'call-again',
      'declined',
      'silenced',
    ),
  }),
  fc.record({
    type: fc.constant('ring-asked'),
    ring: fc.record(ringRecord),
    atMs,
  }),
  fc.record({
    type: fc.constant('return-asked'),
    target: fc.constant(fakeTarget),
    ring: fc.record(ringRecord),
  }),
  fc.record({ type: fc.constant('accepted'), media: ringMedia, atMs }),
  fc.record({
    type: fc.constantFrom('ring-failed', 'ring-lost'),
    link: fc.constant('saved'),
    call,
  }),
  fc.record({
    type: fc.constant('ringing'),
    link: fc.constant('saved'),
    call,
    target: fc.constantFrom(null, fakeTarget),
    ahead: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('rung'),
    link: fc.constant('saved'),
    from: person,
    call,
    media: ringMedia,
    fingerprint: fc.constant('AA'),
    signed: fc.boolean(),
    ahead: fc.boolean(),
    target: fc.constant(fakeTarget),
    wins: fc.boolean(),
    isQuiet: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('ring-accepted'),
    link: fc.constant('saved'),
    call,
    media: ringMedia,
    fingerprint: fc.constant('AA'),
    signed: fc.boolean(),
    target: fc.constant(fakeTarget),
    atMs,
  }),
  fc.record({
    type: fc.constant('ring-declined'),
    link: fc.constant('saved'),
    call,
    reason: fc.constantFrom('declined', 'busy', 'do-not-disturb', 'no-answer', 'not-verified'),
  }),
  fc.record({
    type: fc.constant('ring-cancelled'),
    link: fc.constant('saved'),
    call,
    reason: fc.constantFrom('cancelled', 'no-answer', 'not-verified'),
    atMs,
  }),
  fc.record({ type: fc.constant('impostor'), atMs }),
  fc.record({ type: fc.constantFrom('let-in', 'turn-away', 'offered'), member: id }),
  fc.record({ type: fc.constant('door-set'), door }),
  fc.record({ type: fc.constantFrom('hung-up', 'path-found', 'path-lost', 'bye'), atMs }),
  fc.record({ type: fc.constant('bye'), reason: fc.constantFrom('no-response', 'peer-unreachable'), atMs }),
  fc.record({
    type: fc.constant('seated'),
    seat: fc.constantFrom(
      fakeSeat('a', [], 'open'),
      fakeSeat('a', [], 'ask'),
      fakeSeat('a', [guest]),
      fakeSeat('a', []),
    ),
  }),
  fc.record({ type: fc.constant('refused'), code: fc.constantFrom('room-full', 'cancelled') }),
  fc.record({ type: fc.constant('room-closed'), code: fc.constantFrom('signaling-lost', 'replaced'), atMs }),
  fc.record({ type: fc.constantFrom('member-joined', 'knock'), member }),
  fc.record({ type: fc.constant('member-away'), member: id, reason: fc.constantFrom('closed', 'silent') }),
  fc.record({ type: fc.constantFrom('member-back', 'knock-ended'), member: id }),
  fc.record({
    type: fc.constant('member-left'),
    member: id,
    reason: fc.constantFrom('left', 'grace-ended', 'replaced'),
    atMs,
  }),
  fc.record({ type: fc.constant('knocking'), hostName: fc.constant('Host') }),
  fc.record({
    type: fc.constant('signaling-up'),
    members: fc.subarray(members, { maxLength: 1 }),
    iceServers,
  }),
  fc.record({ type: fc.constant('ice-servers'), iceServers }),
  fc.record({
    type: fc.constant('hosting-changed'),
    hosted: fc.record({
      port: fc.constant(9239),
      addresses: fc.constant<HostAddress[]>([]),
      link: fc.constant('parley://x'),
      door,
    }),
  }),
  fc.record({ type: fc.constant('call-settled'), call: fc.constantFrom('X', 'Y') }),
  fc.record({
    type: fc.constant('time-up'),
    timer: fc.constantFrom<CallTimer>('connect', 'lost', 'ring'),
    atMs,
  }),
);

/** What the effects so far have left behind. */
interface World {
  capturing: boolean;
  connection: boolean;
  timer: CallTimer | null;
  inRoom: boolean;
}

function perform(world: World, effect: Effect): World {
  switch (effect.type) {
    case 'open-media':
      return { ...world, capturing: true };
    case 'release-media':
      return { ...world, capturing: false };
    case 'host-room':
    case 'join-room':
      return { ...world, inRoom: true };
    case 'leave-room':
      return { ...world, inRoom: false };
    case 'prepare-peer':
    case 'connect':
      return { ...world, connection: true };
    case 'use-ahead':
      expect(world.connection).toBe(true);
      return world;
    case 'end-peer':
      return { ...world, connection: false };
    case 'start-timer':
      return { ...world, timer: effect.timer };
    case 'stop-timer':
      return { ...world, timer: null };
    case 'unmute':
    case 'set-door':
    case 'answer-knock':
    case 'send-ring':
    case 'confirm-ringing':
    case 'accept-ring':
    case 'decline-ring':
    case 'cancel-ring':
    case 'note-missed':
      return world;
    default:
      return effect satisfies never;
  }
}

const TIMERS: Partial<Record<Phase, CallTimer>> = {
  calling: 'ring',
  ringing: 'ring',
  answered: 'connect',
  connecting: 'connect',
  reconnecting: 'lost',
};
const aheadOf = (state: CallState) => ('ahead' in state ? state.ahead : null);
const inACall: Phase[] = ['connecting', 'connected', 'reconnecting'];

describe('whatever happens, in whatever order,', () => {
  test('devices, connection, timer and room are exactly those of the phase', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        let state: CallState = idle;
        let world: World = { capturing: false, connection: false, timer: null, inRoom: false };
        for (const each of events) {
          const next = transition(state, each);
          // A refusal means that no seat was taken, and a closed room that it is gone.
          const entering = state.phase === 'joining' || state.phase === 'answered' || aheadOf(state);
          if (each.type === 'refused' && entering) world.inRoom = false;
          if (each.type === 'room-closed') world.inRoom = false;
          state = next.state;
          world = next.effects.reduce(perform, world);
          const busy = ['joining', 'waiting', 'answered', ...inACall].includes(state.phase);
          expect(world.capturing).toBe(busy || state.phase === 'calling');
          const ahead = aheadOf(state);
          const connects = busy || state.phase === 'calling' || (ahead?.peer ?? null) !== null;
          expect(world.connection).toBe(connects);
          expect(world.timer).toBe(TIMERS[state.phase] ?? null);
          if (state.phase === 'calling' || state.phase === 'ringing')
            expect(world.inRoom).toBe(ahead !== null);
          if (state.phase === 'idle') expect(world.inRoom).toBe(false);
          if (state.phase === 'confirming') expect(world.inRoom).toBe((state.from?.seat ?? null) !== null);
          if (state.phase === 'ended') expect(world.inRoom).toBe(state.seat !== null);
          if (state.phase === 'connected') expect(state).not.toHaveProperty('silentSinceMs');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each(phases.map((state) => [state.phase, state] as const))('%s takes every event', (_phase, state) => {
    fc.assert(
      fc.property(event, (each) => {
        const frozen = structuredClone(state);
        const { state: next, effects } = transition(state, each);
        expect(state).toEqual(frozen);
        if (effects.length === 0 && next.phase === state.phase) return;
        // The same again begins nothing a second time, except where a person or a peer asks for just that.
        const again = transition(next, each);
        if (
          ['call-again', 'door-set', 'let-in', 'turn-away', 'peer-restarted', 'exchanged'].includes(each.type)
        )
          return;
        // A ring that comes to somebody who is busy is declined, however often it comes.
        if (['ring-asked', 'rung'].includes(each.type)) return;
        if (['signaling-up', 'member-joined', 'member-left', 'join-asked'].includes(each.type)) return;
        expect(again.effects).toEqual([]);
      }),
    );
  });
});

describe('who offers', () => {
  const connects = (from: CallState, each: CallEvent) =>
    transition(from, each).effects.find((effect) => effect.type === 'connect');

  test('is who comes second', () => {
    expect(connects(joining, { type: 'seated', seat: fakeSeat('b', [guest]) })).toMatchObject({
      offers: true,
    });
    expect(connects(waiting, { type: 'member-joined', member: guest })).toMatchObject({ offers: false });
    expect(connects(waiting, { type: 'signaling-up', members: [guest], iceServers: [] })).toMatchObject({
      offers: false,
    });
  });

  test('to a plain page that stayed after a call is the host that calls again', () => {
    const over = after(waiting, { type: 'member-joined', member: page }, { type: 'hung-up', atMs: 1 });
    expect(connects(over, { type: 'call-again' })).toMatchObject({
      offers: true,
      peer: page,
    });
  });
});

test('renewed ICE servers are those of the seat from then on', () => {
  const iceServers: IceServer[] = [{ urls: ['turn:a'], username: '2:m', credential: 'new' }];
  for (const from of [waiting, connecting, connected, reconnecting, ended])
    expect(transition(from, { type: 'ice-servers', iceServers })).toEqual({
      state: { ...from, seat: { ...('seat' in from ? from.seat : null), iceServers } },
      effects: [],
    });
  expect(transition(idle, { type: 'ice-servers', iceServers })).toEqual({ state: idle, effects: [] });
});

describe('the end', () => {
  test('of a host keeps the seat, with the door shut until the next call', () => {
    expect(ended).toMatchObject({
      phase: 'ended',
      reason: 'hung-up',
      by: 'peer',
      lastedMs: 1000,
      door: 'open',
    });
    expect(transition(connected, { type: 'bye', atMs: 1 }).effects).toEqual([
      { type: 'release-media' },
      { type: 'stop-timer' },
      { type: 'end-peer', bye: false },
      { type: 'set-door', door: 'ask' },
    ]);
    expect(transition(ended, { type: 'call-again' }).effects).toContainEqual({
      type: 'set-door',
      door: 'open',
    });
    const wished = after(ended, { type: 'door-set', door: 'ask' });
    expect(effectsOf(ended, { type: 'door-set', door: 'ask' })).toEqual([]);
    expect(transition(wished, { type: 'call-again' }).effects).toContainEqual({
      type: 'set-door',
      door: 'ask',
    });
  });

  test('of a guest gives the seat up and remembers the way', () => {
    const over = after(joined, { type: 'hung-up', atMs: 1 });
    expect(over).toMatchObject({ seat: null, target: fakeTarget, knocks: [], lastedMs: null });
    expect(effectsOf(joined, { type: 'hung-up', atMs: 1 })).toEqual([
      'release-media',
      'stop-timer',
      'end-peer',
      'leave-room',
    ]);
    expect(after(over, { type: 'call-again' })).toMatchObject({
      phase: 'joining',
      target: fakeTarget,
    });
  });

  test('names the peer by its id, except a plain page, whose id is new each time', () => {
    expect(ended).toMatchObject({ peerName: guest.name, peerId: guest.id });
    const withPage = after(waiting, { type: 'member-joined', member: page }, { type: 'hung-up', atMs: 1 });
    expect(withPage).toMatchObject({ phase: 'ended', peerId: null });
  });

  test('for want of a path is said, and is the same for who hears of it', () => {
    const timeUp: CallEvent = { type: 'time-up', timer: 'connect', atMs: 20_000 };
    for (const [from, reason] of [
      [connecting, 'no-response'],
      [after(connecting, { type: 'exchanged' }), 'peer-unreachable'],
    ] as const) {
      const { state, effects } = transition(from, timeUp);
      expect(state).toMatchObject({ reason, by: 'network' });
      expect(effects).toContainEqual({ type: 'end-peer', bye: reason });
      const told = transition(connecting, { type: 'bye', reason, atMs: 20_001 });
      expect(told.state).toMatchObject({ reason, by: 'network' });
      expect(told.effects).toContainEqual({ type: 'end-peer', bye: false });
    }
  });

  test('of a silent path counts the time until it fell silent', () => {
    const over = after(reconnecting, { type: 'time-up', timer: 'lost', atMs: 605_000 });
    expect(over).toMatchObject({ reason: 'lost', by: 'network', lastedMs: 4900 });
  });

  test('is left for a link only once the person agrees', () => {
    expect(effectsOf(ended, { type: 'join-asked', target: fakeTarget, confirmed: false })).toEqual([]);
    expect(asked).toEqual({ phase: 'confirming', target: fakeTarget, from: ended });
    const goes: Effect['type'][] = ['leave-room', 'open-media', 'prepare-peer', 'join-room'];
    expect(effectsOf(asked, { type: 'confirmed' })).toEqual(goes);
    for (const from of [ended, asked])
      expect(effectsOf(from, { type: 'join-asked', target: fakeTarget, confirmed: true })).toEqual(goes);
  });

  test('is there again when a link opened on it is declined, however many links came', () => {
    expect(transition(asked, { type: 'cancelled' })).toEqual({ state: ended, effects: [] });
    const other = { ...fakeTarget, room: 'other' };
    const twice = after(asked, { type: 'join-asked', target: other, confirmed: false });
    expect(twice).toMatchObject({ phase: 'confirming', target: other });
    expect(after(twice, { type: 'cancelled' })).toEqual(ended);
    expect(after(confirming, { type: 'cancelled' })).toEqual(idle);
  });

  test('hears of its room while a link asks', () => {
    const knocked = after(asked, { type: 'knock', member: stranger });
    expect(knocked).toMatchObject({ phase: 'confirming', from: { knocks: [stranger] } });
    expect(after(knocked, { type: 'cancelled' })).toEqual({ ...ended, knocks: [stranger] });
    expect(after(knocked, { type: 'knock-ended', member: stranger.id }, { type: 'cancelled' })).toEqual(
      ended,
    );
    const gone: CallEvent = { type: 'member-left', member: guest.id, reason: 'left', atMs: 1 };
    expect(after(asked, gone)).toMatchObject({ from: { seat: { members: [] } } });

    const closed = after(asked, { type: 'room-closed', code: 'signaling-lost', atMs: 1 });
    expect(closed).toMatchObject({ phase: 'confirming', from: { phase: 'ended', seat: null } });
    expect(effectsOf(closed, { type: 'confirmed' })).not.toContain('leave-room');
  });

  test('gives way to a room that is hosted anew, leaving the kept one first', () => {
    const hostAsked: CallEvent = { type: 'host-asked', room: 'other', door: 'ask' };
    for (const from of [ended, asked]) {
      expect(after(from, hostAsked)).toEqual({ phase: 'joining', target: null, knockingAt: null });
      expect(effectsOf(from, hostAsked)).toEqual(['leave-room', 'open-media', 'prepare-peer', 'host-room']);
    }
    const guestOver = after(joined, { type: 'hung-up', atMs: 1 });
    expect(effectsOf(guestOver, hostAsked)).toEqual(['open-media', 'prepare-peer', 'host-room']);
  });

  test('of a room before the call was connected is told as that', () => {
    expect(after(connecting, { type: 'room-closed', code: 'signaling-lost', atMs: 1 })).toMatchObject({
      reason: 'room-closed',
      seat: null,
    });
  });
});

describe('a member who leaves', () => {
  const seatOfPeer = (state: CallState) => ('peer' in state ? peerHasSeat(state) : null);
  const leaves = (from: CallState, reason: 'left' | 'grace-ended' | 'replaced') =>
    after(from, { type: 'member-left', member: guest.id, reason, atMs: 6000 });

  test('while media flows ends the call only when it falls silent', () => {
    const left = leaves(connected, 'left');
    expect(left.phase).toBe('connected');
    expect(after(left, { type: 'path-lost', atMs: 7000 })).toMatchObject({ reason: 'left', by: 'peer' });
  });

  test('and closes the room by it has left all the same', () => {
    const closed = after(leaves(connected, 'left'), {
      type: 'room-closed',
      code: 'room-not-open',
      atMs: 6000,
    });
    expect(closed.phase).toBe('connected');
    expect(after(closed, { type: 'path-lost', atMs: 7000 })).toMatchObject({ reason: 'left', by: 'peer' });
  });

  test('while the path is silent ends it, and has lost it too where that was for nearly ten minutes', () => {
    expect(leaves(reconnecting, 'left')).toMatchObject({ phase: 'ended', reason: 'left', by: 'peer' });
    const later = (atMs: number) =>
      after(reconnecting, { type: 'member-left', member: guest.id, reason: 'left', atMs });
    expect(later(5000 + 585_000)).toMatchObject({ reason: 'left', by: 'peer' });
    expect(later(5000 + 585_001)).toMatchObject({ reason: 'lost', by: 'network', lastedMs: 4900 });
  });

  test('before both have said how to reach them has left, afterwards has found no path', () => {
    expect(leaves(connecting, 'left')).toMatchObject({ reason: 'left', by: 'peer' });
    const agreed = after(connecting, { type: 'call-settled', call: 'X' });
    expect(leaves(agreed, 'left')).toMatchObject({ reason: 'left', by: 'peer' });
    const exchanged = after(agreed, { type: 'exchanged' });
    expect(leaves(exchanged, 'left')).toMatchObject({ reason: 'peer-unreachable', by: 'network' });
  });

  test('because its grace ended is only away, without a seat until it takes one again', () => {
    for (const from of [connecting, connected, reconnecting]) {
      const gone = leaves(from, 'grace-ended');
      expect(gone).toMatchObject({ phase: from.phase, peer: { away: true } });
      expect(seatOfPeer(gone)).toBe(false);
      const back = after(gone, { type: 'member-joined', member: guest });
      expect(back).toMatchObject({ phase: from.phase, peer: { away: false } });
      expect(seatOfPeer(back)).toBe(true);
    }
  });

  test('and comes back after media flowed on is the same peer', () => {
    const back = after(leaves(connected, 'left'), { type: 'member-joined', member: guest });
    expect(after(back, { type: 'path-lost', atMs: 7000 }).phase).toBe('reconnecting');
  });

  test('makes room for another only once the path is silent too', () => {
    const other: CallEvent = { type: 'member-joined', member: stranger };
    expect(after(leaves(connected, 'grace-ended'), other).phase).toBe('connected');
    expect(after(leaves(reconnecting, 'grace-ended'), other)).toMatchObject({
      phase: 'connecting',
      peer: stranger,
    });
  });

  test('for another plain page gives way to it', () => {
    const called = after(waiting, { type: 'member-joined', member: page });
    const replaced = after(called, { type: 'member-left', member: page.id, reason: 'replaced', atMs: 1 });
    expect(replaced.phase).toBe('waiting');
    const next = fakeMember('q', { plain: true });
    expect(after(replaced, { type: 'member-joined', member: next })).toMatchObject({ peer: next });
  });
});

test('a newcomer may knock, be let in, be turned away or go, in every phase with a room', () => {
  for (const from of [waiting, connecting, connected, reconnecting, ended]) {
    const knocked = after(from, { type: 'knock', member: stranger }, { type: 'knock', member: stranger });
    expect(knocked).toMatchObject({ phase: from.phase, knocks: [stranger] });
    expect(after(knocked, { type: 'knock-ended', member: stranger.id })).toMatchObject({ knocks: [] });
    expect(effectsOf(knocked, { type: 'turn-away', member: stranger.id })).toEqual(['answer-knock']);
    expect(effectsOf(knocked, { type: 'let-in', member: stranger.id })).toContain('answer-knock');
  }
});

describe('a ring', () => {
  const endOf = (state: CallState) => (state.phase === 'ended' ? [state.reason, state.by] : state.phase);

  test('that is accepted leads into its room, with the certificate that was proved', () => {
    const both = after(answered, { type: 'seated', seat: fakeSeat('a', []) });
    expect(both.phase).toBe('answered');
    const { state, effects } = transition(both, { type: 'member-joined', member: guest });
    expect(state).toMatchObject({ phase: 'connecting', ring: { call: 'ring-1' } });
    expect(effects.find(({ type }) => type === 'connect')).toMatchObject({
      fingerprint: 'AA',
      offers: false,
    });
  });

  test.each(['declined', 'busy', 'do-not-disturb', 'no-answer'] as const)(
    'can be answered by %s',
    (reason) => {
      const event: CallEvent = { type: 'ring-declined', link: 'saved', call: 'ring-1', reason };
      expect(endOf(after(calling, event))).toEqual([reason, 'peer']);
    },
  );

  test('taken back ends for the other, also when it was accepted a moment ago', () => {
    const event: CallEvent = {
      type: 'ring-cancelled',
      link: 'saved',
      call: 'ring-1',
      reason: 'cancelled',
      atMs: 1,
    };
    expect(endOf(after(ringing, event))).toEqual(['cancelled', 'peer']);
    expect(endOf(after(answered, event))).toEqual(['cancelled', 'peer']);
  });

  test('taken back as it was declined was taken back, and no other end is for who rings to say', () => {
    const cancel = {
      type: 'ring-cancelled',
      link: 'saved',
      call: 'ring-1',
      reason: 'cancelled',
      atMs: 2,
    } as const;
    const declined = after(ringing, { type: 'declined' });
    expect(endOf(after(declined, cancel))).toEqual(['cancelled', 'peer']);
    expect(after(declined, { ...cancel, call: 'ring-2' })).toEqual(declined);
    const impostor = after(ringing, { type: 'impostor', atMs: 1 });
    expect(after(impostor, cancel)).toEqual(impostor);
    const own = after(calling, { type: 'ring-declined', link: 'saved', call: 'ring-1', reason: 'declined' });
    expect(after(own, cancel)).toEqual(own);
  });

  test('that another answered in its place is stopped before anything connects', () => {
    const event: CallEvent = {
      type: 'ring-accepted',
      link: 'saved',
      call: 'ring-1',
      media: 'video',
      fingerprint: 'BB',
      signed: false,
      target: fakeTarget,
      atMs: 1,
    };
    expect(endOf(after(calling, event))).toEqual(['not-verified', 'network']);
    expect(effectsOf(calling, event)).not.toContain('join-room');
  });

  test('of two who ring each other is one call: by the ring that wins, on both sides', () => {
    expect(after(calling, rungBy(bo, 'ring-2', { wins: false }))).toEqual(calling);
    const { state, effects } = transition(calling, rungBy(bo, 'ring-2', { wins: true }));
    expect(state).toMatchObject({ phase: 'answered', ring: { call: 'ring-2', fingerprint: 'AA' } });
    expect(effects).toContainEqual(expect.objectContaining({ type: 'accept-ring', media: 'video' }));
  });

  test('that proves nothing answers none, and takes the place of none', () => {
    const forged = rungBy(bo, 'ring-2', { signed: false, wins: true });
    expect(after(calling, forged)).toEqual(calling);
    expect(after(ringing, forged)).toEqual(ringing);
    expect(after(idle, forged)).toMatchObject({ phase: 'ringing', ring: { fingerprint: null } });
  });

  test('of a third is busy, and who rang is told', () => {
    // The last is a host whose room is open after a call.
    for (const state of [connected, calling, ringing, answered, waiting, ended]) {
      const { state: next, effects } = transition(state, rungBy(cy, 'ring-9'));
      expect(next).toEqual(state);
      expect(effects).toContainEqual({ type: 'decline-ring', link: 'saved', call: 'ring-9', reason: 'busy' });
      expect(effects.find(({ type }) => type === 'note-missed')).toMatchObject({
        reason: 'busy',
        ring: { peer: cy },
      });
    }
  });

  test('to who does not want to be disturbed is not shown', () => {
    const { state, effects } = transition(idle, rungBy(bo, 'ring-1', { isQuiet: true }));
    expect(state.phase).toBe('idle');
    expect(effects).toContainEqual(
      expect.objectContaining({ reason: 'do-not-disturb', type: 'decline-ring' }),
    );
  });

  test('opens the camera only for video, and not again for a second press', () => {
    const opened = (from: CallState, each: CallEvent) =>
      transition(from, each).effects.filter(({ type }) => type === 'open-media');
    expect(opened(idle, { type: 'ring-asked', ring, atMs: 1 })).toEqual([
      { type: 'open-media', start: 'video' },
    ]);
    expect(opened(ringing, { type: 'accepted', media: 'voice', atMs: 1 })).toEqual([
      { type: 'open-media', start: 'voice' },
    ]);
    expect(opened(calling, { type: 'ring-asked', ring: { ...ring, media: 'voice' }, atMs: 1 })).toEqual([]);
  });

  test('takes the mute of the last call away, unless the same person is called again', () => {
    const over = after(calling, { type: 'hung-up', atMs: 1 });
    const unmutes = (from: CallState, each: CallEvent) => effectsOf(from, each).includes('unmute');
    const ringTo = (peer: Person): CallEvent => ({ type: 'ring-asked', ring: { ...ring, peer }, atMs: 1 });
    for (const each of [ringTo(cy), rungBy(bo, 'ring-2'), rungBy(cy, 'ring-2')])
      expect(unmutes(over, each)).toBe(true);
    expect(unmutes(over, ringTo(bo))).toBe(false);
    // A call that began with a room was with nobody one could know.
    expect(unmutes(ended, ringTo(bo))).toBe(true);
    // From the first screen one starts as one is there.
    for (const each of [ringTo(cy), rungBy(cy, 'ring-2')]) expect(unmutes(idle, each)).toBe(false);
  });

  test('rung anew takes the place of the one before, which is answered', () => {
    const { state, effects } = transition(ringing, rungBy(bo, 'ring-2'));
    expect(state).toMatchObject({ phase: 'ringing', ring: { call: 'ring-2' } });
    expect(effects).toContainEqual(expect.objectContaining({ type: 'decline-ring', call: 'ring-1' }));
  });

  test('that became a call is taken back for both with one reason', () => {
    const event = (reason: CancelReason): CallEvent => ({
      type: 'ring-cancelled',
      link: 'saved',
      call: 'ring-1',
      reason,
      atMs: 1,
    });
    expect(endOf(after(inRungCall, event('not-verified')))).toEqual(['not-verified', 'network']);
    expect(endOf(after(inRungCall, event('cancelled')))).toEqual(['cancelled', 'peer']);
    expect(after(connecting, event('cancelled'))).toEqual(connecting);
    expect(effectsOf(inRungCall, { type: 'impostor', atMs: 1 })).toEqual([
      'cancel-ring',
      ...['release-media', 'stop-timer', 'end-peer', 'leave-room'],
    ]);
  });

  test('can be silenced, also where it is rung anew; the next is heard', () => {
    const silenced = after(ringing, { type: 'silenced' });
    expect(silenced).toEqual({ ...ringing, silenced: true });
    expect(after(silenced, rungBy(bo, 'ring-2'))).toMatchObject({ silenced: true });
    const declined = after(silenced, { type: 'declined' });
    expect(after(declined, rungBy(bo, 'ring-3'))).toMatchObject({ silenced: false });
    expect(after(idle, { type: 'silenced' })).toEqual(idle);
  });

  test('is answered by ringing who rings', () => {
    const back: Ring = { ...ring, call: 'ring-2', media: 'voice' };
    expect(after(ringing, { type: 'ring-asked', ring: back, atMs: 1 })).toMatchObject({
      phase: 'answered',
      ring: { call: 'ring-1' },
    });
    const unsigned = after(idle, rungBy(bo, 'ring-1', { signed: false }));
    expect(unsigned).toMatchObject({ phase: 'ringing', ring: { fingerprint: null } });
    expect(after(unsigned, { type: 'ring-asked', ring: back, atMs: 1 })).toEqual(unsigned);
  });
});

describe('an app that was started again in a call that was rung', () => {
  const lost: Ring = { ...ring, room: 'room' };
  const asksBack: CallEvent = { type: 'return-asked', target: fakeTarget, ring: lost };
  const backBy = (change = {}) => rungBy(bo, 'ring-1', { fingerprint: 'CC', ...change });

  test('rings to get back, once the person agrees', () => {
    const question = after(idle, asksBack);
    expect(question).toMatchObject({ phase: 'confirming', ring: lost });
    const { state, effects } = transition(question, { type: 'confirmed' });
    expect(state).toEqual({ phase: 'calling', ring: lost, shown: false, ahead: null });
    expect(effects).toContainEqual({ type: 'send-ring', ring: lost });
    expect(after(question, { type: 'cancelled' })).toEqual(idle);
  });

  test('is answered without a person, and connected with by its new certificate alone', () => {
    const talking = after(inRungCall, { type: 'path-found', atMs: 5 });
    for (const state of [inRungCall, talking, after(talking, { type: 'path-lost', atMs: 9 })]) {
      const { state: next, effects } = transition(state, backBy());
      expect(next).toMatchObject({ phase: 'connecting', call: '', ring: { fingerprint: 'CC' } });
      expect(effects[0]).toMatchObject({ type: 'accept-ring', ring: { call: 'ring-1' } });
      expect(effects).toContainEqual(expect.objectContaining({ type: 'connect', fingerprint: 'CC' }));
    }
    expect(after(answered, backBy())).toMatchObject({ phase: 'answered', ring: { fingerprint: 'CC' } });
    expect(effectsOf(answered, backBy())).toEqual(['accept-ring']);
  });

  test('is met in its room again where that had closed with its server', () => {
    const talking = after(inRungCall, { type: 'path-found', atMs: 5 });
    const alone = after(talking, { type: 'room-closed', code: 'room-not-open', atMs: 9 });
    const target = { ...fakeTarget, servers: ['ws://elsewhere:1'] };
    const { state, effects } = transition(alone, backBy({ target }));
    expect(state).toMatchObject({ phase: 'connecting', target });
    expect(state).not.toHaveProperty('roomClosed');
    expect(effects.map(({ type }) => type)).toEqual(['accept-ring', 'join-room', 'connect', 'start-timer']);
    // Who rings offers.
    expect(effects).toContainEqual(expect.objectContaining({ type: 'connect', offers: false }));
    const seat = fakeSeat('g', []);
    expect(transition(state, { type: 'seated', seat })).toEqual({ state: { ...state, seat }, effects: [] });
  });

  test('goes on with the call: what was talked counts, and a new try that fails has lost the other', () => {
    const talking = after(inRungCall, { type: 'path-found', atMs: 5 });
    const silent = after(talking, { type: 'path-lost', atMs: 9 });
    const timeUp: CallEvent = { type: 'time-up', timer: 'connect', atMs: 50 };
    const gone: CallEvent = { type: 'member-left', member: guest.id, reason: 'left', atMs: 50 };
    for (const again of [backBy(), { type: 'peer-restarted' } as const]) {
      // Once more while it connects is the same again.
      const begun = after(silent, again, again);
      expect(after(begun, { type: 'path-found', atMs: 90 })).toMatchObject({
        phase: 'connected',
        sinceMs: 5,
      });
      for (const failure of [
        [timeUp],
        [{ type: 'exchanged' }, timeUp],
        [{ type: 'exchanged' }, gone],
      ] as const)
        expect(after(begun, ...failure)).toMatchObject({ reason: 'lost', by: 'network', lastedMs: 4 });
      expect(after(begun, gone)).toMatchObject({ reason: 'left', by: 'peer', lastedMs: 4 });
      expect(after(talking, again, timeUp)).toMatchObject({ reason: 'lost', lastedMs: 45 });
    }
    // Who never talked has lost nobody, and the next in a room begins at nothing.
    expect(after(inRungCall, backBy(), timeUp)).toMatchObject({ reason: 'no-response', lastedMs: null });
    const left = { type: 'member-left', member: guest.id, reason: 'grace-ended', atMs: 50 } as const;
    const other = after(silent, left, { type: 'member-joined', member: stranger });
    expect(after(other, { type: 'path-found', atMs: 90 })).toMatchObject({ peer: stranger, sinceMs: 90 });
  });

  test.each<[string, CallEvent]>([
    ['somebody who proves nothing', backBy({ signed: false })],
    ['another person', rungBy(cy, 'ring-1')],
    ['the same person with another call', rungBy(bo, 'ring-2')],
    ['the same person in another room', backBy({ target: { ...fakeTarget, room: 'other' } })],
  ])('is not %s', (_who, event) => {
    const { state, effects } = transition(inRungCall, event);
    expect(state).toEqual(inRungCall);
    expect(effects).toContainEqual(expect.objectContaining({ type: 'decline-ring', reason: 'busy' }));
  });
});
