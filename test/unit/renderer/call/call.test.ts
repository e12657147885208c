import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Member, RingMedia, Signal } from '../../../../main/signaling/protocol';
import type { BridgeEvent, CallRecord, HostedRoom } from '../../../../preload/bridge';
import { CallConnection } from '../../../../renderer/call/call-connection.svelte';
import { Call, type CallOptions } from '../../../../renderer/call/call.svelte';
import type { CallState, Phase } from '../../../../renderer/call/call-state';
import { LocalMedia } from '../../../../renderer/call/local-media.svelte';
import { fakeMember, fakeSeat, FakeBridge, fakeTarget } from '../../../support/fake-bridge';
import { FakeClock, settled } from '../../../support/fake-clock';
import { FakeAudioContext, FakeMediaDevices, newFakeStream } from '../../../support/fake-media-devices';
import { FakeNetwork } from '../../../support/fake-peer-connection';
import { hashed, watchHashing } from '../../../support/hashing';

watchHashing();

let clock: FakeClock;
let network: FakeNetwork;
let post: Person[];
/** How long the machines have slept: the clock stood still, and the time of day went on. */
let sleptMs: number;

/** A person with an app: a call, its devices and a bridge that reaches the others. */
class Person {
  readonly bridge = new FakeBridge();
  readonly devices = new FakeMediaDevices();
  readonly page = new EventTarget();
  readonly member: Member;
  readonly media: LocalMedia;
  readonly call: Call;
  /** What is remembered of its calls. */
  readonly records: CallRecord[] = [];
  /** Whether it connects while it rings. */
  connectsAhead = false;
  /** How the other is reached now. */
  wayToOther: ReturnType<CallOptions['wayTo']> = null;
  /** What its calls are encrypted with, once it is made. */
  certificate: Promise<RTCCertificate>;
  /** Signals to and from this one are lost. */
  offline = false;

  constructor(letter: string, change: Partial<Member> = {}) {
    this.member = fakeMember(letter, change);
    this.certificate = Promise.resolve(fakeCertificate(letter));
    this.media = new LocalMedia({
      devices: this.devices.like,
      newStream: newFakeStream,
      newAudioContext: FakeAudioContext.make,
      clock,
      camera: null,
      microphone: null,
      voiceOnly: false,
      audioProcessing: true,
    });
    this.call = new Call({
      bridge: this.bridge,
      media: this.media,
      connection: network.Connection,
      loadConnection: () => Promise.resolve(CallConnection),
      newStream: () => newFakeStream(),
      newCertificate: () => this.certificate,
      videoCodecs: () => CODECS,
      key: letter,
      isQuiet: () => false,
      mayConnectAhead: () => this.connectsAhead,
      wayTo: () => this.wayToOther,
      clock,
      wallClock: () => 1_700_000_000_000 + sleptMs + clock.now(),
      note: (record) => this.records.push(record),
      iceServers: [],
      alwaysRelay: false,
      page: this.page,
    });
    this.bridge.onSignal = (to, signal) => {
      const receiver = post.find(({ member }) => member.id === to);
      if (!receiver || this.offline || receiver.offline) return;
      clock.after(1, () => receiver.bridge.emit({ type: 'signal', from: this.member.id, signal }));
    };
    this.bridge.onLeave = () => {
      for (const { bridge } of post.filter((each) => each !== this && !each.offline && !this.offline))
        clock.after(1, () => bridge.emit({ type: 'member-left', member: this.member.id, reason: 'left' }));
    };
    post.push(this);
  }

  get phase(): Phase {
    return this.call.state.phase;
  }

  get ended(): Extract<CallState, { phase: 'ended' }> {
    const { state } = this.call;
    if (state.phase !== 'ended') throw new Error(`${state.phase}, not ended`);
    return state;
  }

  /** Hosts a room and waits in it. */
  async waits(): Promise<void> {
    await this.call.host({ room: null, door: 'open' });
    this.bridge.answer.resolve({ ok: true, value: { ...fakeSeat('x', [], 'open'), self: this.member.id } });
    await settled();
  }

  /** Joins a room somebody is in. */
  async joins(...others: Person[]): Promise<void> {
    await this.call.join(fakeTarget, true);
    this.sits(...others);
    await settled();
  }

  sits(...others: Person[]): void {
    const seat = fakeSeat(
      'x',
      others.map(({ member }) => member),
    );
    this.bridge.answer.resolve({ ok: true, value: { ...seat, self: this.member.id } });
    for (const other of others) other.bridge.emit({ type: 'member-joined', member: this.member });
  }
}

/** What a browser can receive: the one that two Parleys use, and one more. */
const CODECS = ['video/VP8', 'video/H264'].map((mimeType) => ({ mimeType, clockRate: 90_000 }));

/** Something like a certificate, told apart by a letter. */
function fakeCertificate(letter: string): RTCCertificate {
  const value = Array(32).fill(letter.charCodeAt(0).toString(16)).join(':');
  return { expires: Infinity, getFingerprints: () => [{ algorithm: 'sha-256', value }] };
}

const ringId = 'r'.repeat(22);
/** Somebody else rings. */
const ringFrom = (letter: string, call = ringId): BridgeEvent => ({
  type: 'ring',
  link: 'saved',
  from: { id: letter.repeat(22), name: `Name ${letter}`, device: 'desktop', key: letter, status: 'free' },
  call,
  media: 'video',
  fingerprint: 'AA',
  signed: true,
  ahead: false,
  target: fakeTarget,
});

let host: Person;
let guest: Person;

beforeEach(async () => {
  clock = new FakeClock();
  network = new FakeNetwork(clock);
  post = [];
  sleptMs = 0;
  host = new Person('a');
  guest = new Person('b');
  await Promise.all(post.map(({ call }) => call.ready()));
});

afterEach(async () => {
  for (const person of post) person.call.close();
  await clock.advance(1000);
  expect(network.open).toEqual([]);
  expect(post.flatMap(({ devices }) => devices.live)).toEqual([]);
});

test('what is asked for before its code is loaded is done then', async () => {
  const early = new Person('c');
  const asked = early.call.host({ room: null, door: 'open' });
  expect(early.phase).toBe('idle');
  await asked;
  expect(early.phase).toBe('joining');
});

const both = (phase: Phase) => () => host.phase === phase && guest.phase === phase;
/** The host, who looks at the screen after a call, has heard of it. */
const guestLeft = () => host.ended.seat?.members.length === 0;

async function connected(): Promise<void> {
  await host.waits();
  await guest.joins(host);
  await clock.until(both('connected'));
}

/** The connection of the newest call of each. */
const ends = () => network.open.slice(-2);

test('two people are connected, see each other and know what the other sends', async () => {
  await connected();
  const offered = network.connections.map((pc) => pc.getTransceivers().map(({ codecs }) => codecs));
  expect(offered).toContainEqual([[], CODECS.slice(0, 1), CODECS.slice(0, 1)]);
  await clock.until(() => host.call.remoteVideo && guest.call.remoteVideo);
  for (const { call } of [host, guest]) {
    expect(call.remoteSound?.getTracks().map(({ kind }) => kind)).toEqual(['audio']);
    expect(call.remotePicture?.getTracks().map(({ kind }) => kind)).toEqual(['video']);
    expect(call.peerMedia).toEqual({ muted: false, cameraOff: false });
    expect(call.quality).toEqual({ path: 'lan', roundTripMs: 2, level: 'good' });
    call.noteFirstFrame();
    expect(call.timing.firstFrameMs).toBeGreaterThan(call.timing.startedMs ?? Infinity);
  }
  await guest.media.setMuted(true);
  await guest.media.setCameraOn(false);
  await clock.until(() => host.call.peerMedia.muted && host.call.peerMedia.cameraOff);
  expect(host.call.remoteVideo).toBe(false);
});

test('both have one safety code, which goes with the call', async () => {
  await connected();
  for (let step = 0; step < 5; step += 1) {
    await hashed();
    await clock.advance(5);
  }
  expect(host.call.safetyCode.state).toBe('ready');
  expect(host.call.safetyCode).toEqual(guest.call.safetyCode);
  await clock.run(host.call.hangUp());
  await clock.until(both('ended'));
  for (const { call } of [host, guest]) expect(call.safetyCode).toEqual({ state: 'none' });
});

test('hanging up ends both with the same reason and opens the way to call again', async () => {
  await connected();
  await clock.advance(3000);
  const stream = guest.call.remotePicture;
  const away = host.call.hangUp();
  expect(host.devices.live).toEqual([]);
  await clock.run(away);
  await clock.until(both('ended'));
  expect(host.ended).toMatchObject({ reason: 'hung-up', by: 'self', target: null, peerName: 'Name b' });
  expect(guest.ended).toMatchObject({ reason: 'hung-up', by: 'peer', seat: null, target: fakeTarget });
  expect(host.ended.lastedMs).toBeGreaterThanOrEqual(3000);
  expect(guest.bridge.asked('leaveRoom')).toHaveLength(1);
  expect(host.bridge.asked('leaveRoom')).toHaveLength(0);
  expect(host.bridge.asked('setDoor')).toEqual([['ask']]);
  await clock.until(guestLeft);

  await host.call.callAgain();
  expect(host.bridge.asked('setDoor')).toEqual([['ask'], ['open']]);
  expect(host.phase).toBe('waiting');
  await guest.call.callAgain();
  guest.sits(host);
  await clock.until(both('connected'));
  expect(guest.call.remotePicture).not.toBe(stream);
});

test('whose room is kept open after a call is seen to be in one until they are done', async () => {
  await connected();
  await clock.run(host.call.hangUp());
  await clock.until(both('ended'));
  expect(host.bridge.asked('setInCall')).toEqual([[true]]);
  expect(guest.bridge.asked('setInCall')).toEqual([[true], [false]]);
  await host.call.done();
  expect(host.bridge.asked('setInCall')).toEqual([[true], [false]]);
});

test('the goodbye goes to the server before the seat is given up, and hanging up waits for neither', async () => {
  await connected();
  await clock.advance(1000);
  const before = clock.now();
  const away = guest.call.hangUp();
  expect(guest.bridge.calls.slice(-3)).toMatchObject([
    { method: 'sendSignal', args: [host.member.id, { bye: true }] },
    { method: 'leaveRoom' },
    { method: 'setInCall' },
  ]);
  await clock.run(away);
  expect(clock.now() - before).toBeLessThan(100);
});

test.each([
  ['looks at the ended screen', () => Promise.resolve()],
  ['has called again', () => host.call.callAgain()],
])('a goodbye that got lost is said again to who looks for a path, by who %s', async (_where, then) => {
  await connected();
  network.cut(...ends());
  host.offline = true;
  await clock.run(host.call.hangUp());
  await then();
  host.offline = false;
  network.heal();
  const said = host.bridge.signals.length;
  await clock.until(() => guest.phase === 'ended', 5000);
  expect(guest.ended).toMatchObject({ reason: 'hung-up', by: 'peer' });
  expect(guest.devices.live).toEqual([]);
  await clock.advance(10_000);
  expect(host.bridge.signals.slice(said)).toMatchObject([{ to: guest.member.id, signal: { bye: true } }]);
});

test('who is only rung is not seen to be in a call', async () => {
  for (const end of ['cancelled', 'no-answer'] as const) {
    host.bridge.emit(ringFrom('c'));
    await settled();
    expect(host.phase).toBe('ringing');
    host.bridge.emit({ type: 'ring-cancelled', link: 'saved', call: ringId, reason: end });
  }
  expect(host.bridge.asked('setInCall')).toEqual([]);
  host.bridge.emit(ringFrom('c'));
  await settled();
  await host.call.accept('voice');
  expect(host.bridge.asked('setInCall')).toEqual([[true]]);
});

test('hanging up takes no longer than its goodbye when nothing gets through', async () => {
  await connected();
  network.cut(...ends());
  const before = clock.now();
  await clock.run(guest.call.hangUp());
  expect(clock.now() - before).toBeLessThanOrEqual(200);
  expect(guest.phase).toBe('ended');
});

test('pressing everything twice does no harm', async () => {
  await Promise.all([
    host.call.host({ room: null, door: 'open' }),
    host.call.host({ room: null, door: 'ask' }),
  ]);
  host.bridge.answer.resolve({ ok: true, value: { ...fakeSeat('a', [], 'open') } });
  await settled();
  expect(host.bridge.asked('hostRoom')).toHaveLength(1);
  await guest.joins(host);
  await clock.until(both('connected'));
  await clock.run(Promise.all([host.call.hangUp(), host.call.hangUp()]));
  expect(host.ended.by).toBe('self');
  await Promise.all([host.call.callAgain(), host.call.callAgain()]);
  expect(host.phase).toBe('waiting');
  await Promise.all([host.call.cancel(), host.call.cancel()]);
  expect(host.bridge.asked('leaveRoom')).toHaveLength(1);
});

test('a bye overtaken by the news that the other left is still a hang-up', async () => {
  await connected();
  guest.bridge.emit({ type: 'member-left', member: host.member.id, reason: 'left' });
  await clock.advance(100);
  expect(guest.phase).toBe('connected');
  await clock.run(host.call.hangUp());
  await clock.until(() => guest.phase === 'ended');
  expect(guest.ended).toMatchObject({ reason: 'hung-up', by: 'peer' });
});

describe('getting in', () => {
  test('captures and connects nothing while a link is being confirmed', async () => {
    await guest.call.join(fakeTarget, false);
    expect(guest.phase).toBe('confirming');
    expect([guest.devices.requests, guest.bridge.calls, network.connections]).toEqual([[], [], []]);
    await guest.call.confirm();
    expect(guest.phase).toBe('joining');
    await settled();
    expect(guest.devices.live).toHaveLength(2);
  });

  test('shows whom it knocks at, and goes back to idle with the reason when turned away', async () => {
    await guest.call.join(fakeTarget, true);
    guest.bridge.emit({ type: 'knocking', hostName: 'Host' });
    expect(guest.call.state).toMatchObject({ phase: 'joining', knockingAt: 'Host' });
    guest.bridge.answer.resolve({ ok: false, code: 'turned-away' });
    await settled();
    expect(guest.call.state).toEqual({ phase: 'idle', problem: { code: 'turned-away', at: 'join' } });
    expect(guest.devices.live).toEqual([]);
  });

  test('forgets an answer that comes after cancelling', async () => {
    await guest.call.join(fakeTarget, true);
    const { answer } = guest.bridge;
    await guest.call.cancel();
    await guest.call.join(fakeTarget, true);
    answer.resolve({ ok: false, code: 'room-full' });
    await settled();
    expect(guest.phase).toBe('joining');
  });

  test('stops devices that open after everything was cancelled', async () => {
    guest.devices.hold();
    await guest.call.join(fakeTarget, true);
    await settled();
    await guest.call.cancel();
    guest.devices.answer();
    await settled();
    expect(guest.devices.opened).toHaveLength(2);
    expect(guest.devices.live).toEqual([]);
  });

  test('offers before the devices are open, and sends them once they are', async () => {
    guest.devices.hold();
    await host.waits();
    await guest.joins(host);
    await clock.until(both('connected'));
    await clock.until(() => host.call.peerMedia.cameraOff);
    guest.devices.answer();
    await clock.until(() => !host.call.peerMedia.cameraOff && host.call.remoteVideo);
  });

  test('calls without any device', async () => {
    guest.devices.cameras = [];
    guest.devices.microphones = [];
    await connected();
    expect(guest.media.cameraProblem).toBe('no-camera');
    expect(guest.media.microphoneProblem).toBe('no-microphone');
    await clock.until(() => host.call.peerMedia.muted && guest.call.remoteVideo);
  });

  test('a signal that comes before its sender is known begins the call all the same', async () => {
    await host.waits();
    const emit = host.bridge.emit.bind(host.bridge);
    host.bridge.emit = (event) =>
      void clock.after(event.type === 'member-joined' ? 300 : 0, () => emit(event));
    await guest.joins(host);
    await clock.until(both('connected'));
  });
});

describe('what happens in the room before the answer that there is a seat', () => {
  const seatOf = (person: Person, ...members: Member[]) => ({
    ...fakeSeat('x', members),
    self: person.member.id,
  });

  test('is not lost: two who join at once, each hearing of the other first, are connected', async () => {
    await Promise.all([host.call.join(fakeTarget, true), guest.call.join(fakeTarget, true)]);
    const [first, second] = [host.bridge.answer, guest.bridge.answer];
    host.bridge.emit({ type: 'member-joined', member: guest.member });
    guest.bridge.emit({ type: 'member-joined', member: host.member });
    second.resolve({ ok: true, value: seatOf(guest, host.member) });
    await clock.advance(500);
    expect([host.phase, guest.phase]).toEqual(['joining', 'connecting']);
    // By now the offer of the second is here too, of somebody who is in no list of members.
    first.resolve({ ok: true, value: seatOf(host) });
    await clock.until(both('connected'), 1000);
  });

  test('is not lost where each is told of an empty room', async () => {
    await Promise.all([host.call.join(fakeTarget, true), guest.call.join(fakeTarget, true)]);
    for (const [person, other] of [
      [host, guest],
      [guest, host],
    ] as const) {
      person.bridge.emit({ type: 'member-joined', member: other.member });
      person.bridge.answer.resolve({ ok: true, value: seatOf(person) });
    }
    await settled();
    expect(both('connecting')()).toBe(true);
    await clock.until(both('connected'));
  });

  test('counts in its order: who came, offered and left is gone', async () => {
    await guest.joins(host);
    await clock.advance(100);
    const offer = [...guest.bridge.signals];
    await host.call.join(fakeTarget, true);
    host.bridge.emit({ type: 'member-joined', member: guest.member });
    for (const { signal } of offer) host.bridge.emit({ type: 'signal', from: guest.member.id, signal });
    host.bridge.emit({ type: 'member-left', member: guest.member.id, reason: 'left' });
    host.bridge.answer.resolve({ ok: true, value: seatOf(host) });
    await settled();
    expect(host.ended).toMatchObject({ reason: 'left', by: 'peer', peerId: guest.member.id });
  });

  test('is a knock: the host sees it once the room is there', async () => {
    const [one, two] = [fakeMember('c'), fakeMember('d')];
    await host.call.host({ room: null, door: 'ask' });
    host.bridge.emit({ type: 'knock', member: one });
    host.bridge.emit({ type: 'knock', member: two });
    host.bridge.emit({ type: 'knock-ended', member: one.id });
    expect(host.call.state).toEqual({ phase: 'joining', target: null, knockingAt: null });
    host.bridge.answer.resolve({ ok: true, value: fakeSeat('a', [], 'ask') });
    await settled();
    expect(host.call.state).toMatchObject({ phase: 'waiting', knocks: [two] });
  });

  test('is that the other is away, or that the server hosted here has moved', async () => {
    await guest.call.join(fakeTarget, true);
    guest.bridge.emit({ type: 'member-away', member: host.member.id, reason: 'closed' });
    guest.bridge.answer.resolve({ ok: true, value: seatOf(guest, host.member) });
    await settled();
    expect(guest.call.state).toMatchObject({ phase: 'connecting', peer: { away: true } });

    const hosted: HostedRoom = { port: 9240, addresses: [], link: 'parley://moved', door: 'open' };
    await host.call.host({ room: null, door: 'open' });
    host.bridge.emit({ type: 'hosting-changed', hosted });
    host.bridge.answer.resolve({ ok: true, value: fakeSeat('a', [], 'open') });
    await settled();
    expect(host.call.state).toMatchObject({ phase: 'waiting', seat: { hosted } });
  });

  test('is the end of the room: the seat is given back, and nothing after it counts', async () => {
    await guest.call.join(fakeTarget, true);
    guest.bridge.emit({ type: 'room-closed', code: 'signaling-lost' });
    guest.bridge.emit({ type: 'member-joined', member: host.member });
    expect(guest.phase).toBe('joining');
    guest.bridge.answer.resolve({ ok: true, value: seatOf(guest) });
    await settled();
    expect(guest.call.state).toEqual({ phase: 'idle', problem: { code: 'signaling-lost', at: 'join' } });
    expect(guest.bridge.asked('leaveRoom')).toHaveLength(1);
    expect(guest.devices.live).toEqual([]);
  });

  test('is forgotten when the attempt is cancelled or refused', async () => {
    const member = fakeMember('c');
    await host.call.host({ room: null, door: 'ask' });
    host.bridge.emit({ type: 'knock', member });
    await host.call.cancel();
    await host.call.host({ room: null, door: 'ask' });
    host.bridge.emit({ type: 'knock', member });
    host.bridge.answer.resolve({ ok: false, code: 'port-taken' });
    await settled();
    await host.waits();
    expect(host.call.state).toMatchObject({ phase: 'waiting', knocks: [] });
  });

  test('is not what was still on its way from the room before', async () => {
    await connected();
    await clock.run(host.call.hangUp());
    const next = host.call.host({ room: 'other', door: 'ask' });
    host.bridge.emit({ type: 'knock', member: fakeMember('c') });
    await next;
    host.bridge.emit({ type: 'knock', member: fakeMember('d') });
    host.bridge.answer.resolve({ ok: true, value: fakeSeat('a', [], 'ask') });
    await settled();
    expect(host.call.state).toMatchObject({ phase: 'waiting', knocks: [fakeMember('d')] });
    const rooms = host.bridge.calls.map(({ method }) => method).filter((method) => /Room$/.test(method));
    expect(rooms.slice(-2)).toEqual(['leaveRoom', 'hostRoom']);
  });
});

describe('the path', () => {
  test('is looked for again when it falls silent, and found', async () => {
    await connected();
    network.cut(...ends());
    await clock.until(both('reconnecting'), 3000);
    await clock.advance(20_000);
    network.heal();
    await clock.until(both('connected'), 15_000);
  });

  test.each([0, 1])('is lost after ten minutes, on both sides, whichever notices first (%s)', async (nth) => {
    await connected();
    const carry = network.carry.bind(network);
    network.carry = (from, id, data) => {
      if (from !== ends()[nth]) carry(from, id, data);
    };
    await clock.until(() => host.phase !== guest.phase);
    await clock.advance(7000);
    network.cut(...ends());
    await clock.until(both('ended'), 610_000);
    for (const { ended } of [host, guest]) expect(ended).toMatchObject({ reason: 'lost', by: 'network' });
  });

  test.each<Phase>(['connected', 'reconnecting'])(
    'is lost at once where the machine slept for longer than that while %s',
    async (phase) => {
      await connected();
      await clock.advance(60_000);
      network.cut(...ends());
      await clock.until(both(phase));
      sleptMs = 8 * 3_600_000;
      await clock.until(both('ended'), 6000);
      for (const { ended, devices } of [host, guest]) {
        expect(ended).toMatchObject({ reason: 'lost', by: 'network' });
        expect(ended.lastedMs).toBeLessThan(61_000);
        expect(devices.live).toEqual([]);
      }
    },
  );

  test('outlives a nap, and a time of day that is put right', async () => {
    await connected();
    sleptMs = 8 * 3_600_000;
    await clock.advance(10_000);
    expect(both('connected')()).toBe(true);
    network.cut(...ends());
    sleptMs += 9 * 60_000;
    await clock.until(both('reconnecting'));
    await clock.advance(20_000);
    expect(both('reconnecting')()).toBe(true);
    network.heal();
    await clock.until(both('connected'), 15_000);
  });

  test('that never comes about ends both calls as that', async () => {
    await host.waits();
    network.evaluate = () => {};
    await guest.joins(host);
    await clock.until(both('ended'), 31_000);
    for (const { ended } of [host, guest])
      expect(ended).toMatchObject({ reason: 'peer-unreachable', by: 'network', lastedMs: null });
  });

  test('that never comes about ends both calls as that also where only one of them got an answer', async () => {
    const post = host.bridge.onSignal;
    host.bridge.onSignal = (to, signal) => {
      const isAnswer = 'description' in signal && signal.description.type === 'answer';
      if (!isAnswer) post(to, signal);
    };
    await host.waits();
    await guest.joins(host);
    await clock.until(both('ended'), 21_000);
    for (const { ended } of [host, guest])
      expect(ended).toMatchObject({ reason: 'peer-unreachable', by: 'network', lastedMs: null });
  });

  test('is given up after half a minute without an answer', async () => {
    await guest.joins(host);
    await clock.advance(29_000);
    expect(guest.phase).toBe('connecting');
    await clock.until(() => guest.phase === 'ended', 1001);
    expect(guest.ended.reason).toBe('no-response');
  });

  test('outlives the signaling: socket, seat and room', async () => {
    await connected();
    guest.bridge.emit({ type: 'signaling-down' });
    host.bridge.emit({ type: 'member-away', member: guest.member.id, reason: 'closed' });
    expect(guest.call.signalingUp).toBe(false);
    expect(host.call.state).toMatchObject({ phase: 'connected', peer: { away: true } });
    host.bridge.emit({ type: 'member-left', member: guest.member.id, reason: 'grace-ended' });
    guest.bridge.emit({ type: 'room-closed', code: 'signaling-lost' });
    await clock.advance(10_000);
    expect(both('connected')()).toBe(true);
    guest.bridge.emit({ type: 'signaling-up', members: [host.member], iceServers: [] });
    host.bridge.emit({ type: 'member-joined', member: guest.member });
    await clock.advance(10_000);
    expect(both('connected')()).toBe(true);
    expect(host.call.state).toMatchObject({ peer: { away: false } });
  });

  test('uses renewed ICE servers beside the person’s own, and asks for fresh ones to mend the path', async () => {
    const own = [{ urls: ['stun:own.example'] }];
    const served = (n: number) => [{ urls: ['turn:a'], username: `${n}:m`, credential: 'x' }];
    guest.call.setIceServers(own);
    await connected();
    guest.bridge.emit({ type: 'ice-servers', iceServers: served(1) });
    const used = () => ends().map(({ configuration }) => configuration.iceServers);
    expect(used()).toContainEqual([...served(1), ...own]);
    expect(guest.call.state).toMatchObject({ seat: { iceServers: served(1) } });

    guest.bridge.emit({ type: 'signaling-up', members: [host.member], iceServers: served(2) });
    expect(used()).toContainEqual([...served(2), ...own]);

    guest.bridge.iceServers = served(3);
    network.cut(...ends());
    await clock.until(() => guest.bridge.asked('freshIceServers').length > 0);
    await settled();
    expect(used()).toContainEqual([...served(3), ...own]);
  });

  test('goes through relays only from when that is chosen', async () => {
    await host.waits();
    expect(network.open.at(-1)?.configuration.iceTransportPolicy).toBe('all');
    host.call.setAlwaysRelay(true);
    expect(network.open.map(({ configuration }) => configuration.iceTransportPolicy)).toEqual(['relay']);
    await guest.joins(host);
    await clock.until(both('connected'));
    expect(
      ends()
        .map(({ configuration }) => configuration.iceTransportPolicy)
        .sort(),
    ).toEqual(['all', 'relay']);
  });

  test('of one who left is not looked for again', async () => {
    await connected();
    host.bridge.emit({ type: 'member-left', member: guest.member.id, reason: 'left' });
    network.cut(...ends());
    await clock.until(() => host.phase === 'ended', 3000);
    expect(host.ended).toMatchObject({ reason: 'left', by: 'peer' });
  });

  test('signals lost with the socket are said again when it is back', async () => {
    await host.waits();
    guest.offline = true;
    await guest.joins(host);
    await clock.advance(1000);
    guest.offline = false;
    guest.bridge.emit({ type: 'signaling-up', members: [host.member], iceServers: [] });
    await clock.until(both('connected'), 1000);
  });
});

describe('a peer that comes again', () => {
  test('with a new app and the same seat is connected with anew, in the same call', async () => {
    await connected();
    await clock.advance(600_000);
    post = post.filter((person) => person !== guest);
    guest.offline = true;
    network.cut(...ends());
    await clock.until(() => host.phase === 'reconnecting');
    const again = new Person('b');
    again.media.setMuted(true).catch(() => undefined);
    host.bridge.emit({ type: 'member-left', member: guest.member.id, reason: 'grace-ended' });
    await again.joins(host);
    await clock.until(() => host.phase === 'connected' && again.phase === 'connected', 5000);
    await clock.until(() => host.call.peerMedia.muted);
    await clock.run(host.call.hangUp());
    expect(host.records).toMatchObject([{ reason: 'hung-up', lastedMs: host.ended.lastedMs }]);
    expect(host.ended.lastedMs).toBeGreaterThan(600_000);
    post.push(guest);
  });

  test('with a new app that does not come through is lost, after what was talked', async () => {
    await connected();
    await clock.advance(600_000);
    post = post.filter((person) => person !== guest);
    guest.offline = true;
    network.cut(...ends());
    await clock.until(() => host.phase === 'reconnecting');
    network.evaluate = () => {};
    await new Person('b').joins(host);
    await clock.until(() => host.phase === 'ended');
    expect(host.records).toMatchObject([{ reason: 'lost', by: 'network' }]);
    expect(host.ended.lastedMs).toBeGreaterThan(599_000);
    expect(host.ended.lastedMs).toBeLessThan(601_000);
    post.push(guest);
  });

  test('so fast that nobody noticed is connected with anew', async () => {
    await connected();
    guest.offline = true;
    post = post.filter((person) => person !== guest);
    network.cut(...ends());
    const again = new Person('b');
    await again.joins(host);
    await clock.until(() => again.phase === 'connected' && host.phase === 'connected', 8000);
    post.push(guest);
  });

  test('while the ended screen is shown knocks there, and letting it in begins the next call', async () => {
    await connected();
    await clock.run(guest.call.hangUp());
    await clock.until(both('ended'));
    await clock.until(guestLeft);
    await guest.call.callAgain();
    guest.bridge.emit({ type: 'knocking', hostName: 'Name a' });
    host.bridge.emit({ type: 'knock', member: guest.member });
    expect(host.ended.knocks).toEqual([guest.member]);
    await host.call.letIn(guest.member.id);
    expect(host.bridge.asked('answerKnock')).toEqual([[guest.member.id, 'let-in']]);
    guest.sits(host);
    await clock.until(both('connected'));
  });

  test('after declining finds no trace of the offer that was on its way', async () => {
    await host.waits();
    await guest.joins(host);
    await clock.run(host.call.hangUp());
    await clock.until(both('ended'));
    await clock.until(guestLeft);
    await host.call.callAgain();
    await guest.call.callAgain();
    guest.sits(host);
    await clock.until(both('connected'), 1000);
  });

  test('what is left over of a call that is over begins nothing', async () => {
    await connected();
    const { signals } = guest.bridge;
    await clock.run(guest.call.hangUp());
    await clock.until(both('ended'));
    await host.call.callAgain();
    for (const { signal } of [...signals])
      host.bridge.emit({ type: 'signal', from: guest.member.id, signal });
    await clock.advance(1000);
    expect(host.phase).toBe('waiting');
  });
});

describe('the way out', () => {
  test('of a page that closes ends the call for both and stops every device', async () => {
    await connected();
    guest.page.dispatchEvent(new Event('pagehide'));
    expect(guest.devices.live).toEqual([]);
    expect(guest.bridge.asked('leaveRoom')).toHaveLength(1);
    expect(guest.bridge.listeners).toBe(0);
    await clock.until(() => host.phase === 'ended');
    expect(host.ended).toMatchObject({ reason: 'hung-up', by: 'peer' });
  });

  test('of a host that is done gives the seat back', async () => {
    await connected();
    await clock.run(host.call.hangUp());
    await clock.run(host.call.done());
    expect(host.bridge.asked('leaveRoom')).toHaveLength(1);
    expect(host.call.state).toEqual({ phase: 'idle', problem: null });
  });

  test('of a page that closes while a link asks gives the kept seat back', async () => {
    await connected();
    await clock.run(host.call.hangUp());
    await host.call.join(fakeTarget, false);
    expect(host.phase).toBe('confirming');
    expect(host.bridge.asked('leaveRoom')).toHaveLength(0);
    host.page.dispatchEvent(new Event('pagehide'));
    expect(host.bridge.asked('leaveRoom')).toHaveLength(1);
  });

  test('of a waiting host closes the connection made ready', async () => {
    await host.waits();
    expect(network.open).toHaveLength(1);
    await clock.run(host.call.cancel());
    expect(network.open).toHaveLength(0);
    expect(host.devices.live).toEqual([]);
  });

  test('while still connecting tells the other by signal', async () => {
    await host.waits();
    network.evaluate = () => {};
    await guest.joins(host);
    await clock.advance(100);
    await clock.run(guest.call.hangUp());
    await clock.until(() => host.phase === 'ended');
    expect(host.ended).toMatchObject({ reason: 'hung-up', by: 'peer', lastedMs: null });
  });

  test('of a room that closes while waiting says so on the form', async () => {
    await host.waits();
    host.bridge.emit({ type: 'room-closed', code: 'signaling-lost' });
    expect(host.call.state).toEqual({ phase: 'idle', problem: { code: 'signaling-lost', at: 'host' } });
    expect(host.devices.live).toEqual([]);
  });
});

describe('connecting while it rings', () => {
  const link = 'saved';
  let call: string;

  const as = ({ member: { id, name, device, key } }: Person) =>
    ({ id, name, device, key: key ?? '', status: 'free' }) as const;
  const sentTracks = () =>
    network.connections.flatMap((pc) => pc.getTransceivers().flatMap(({ sender }) => sender.track ?? []));
  /** Both are connected, and nobody has answered. */
  const connectedAhead = () => {
    const [one, other] = [host.call.state, guest.call.state];
    return 'ahead' in one && one.ahead?.alive === true && 'ahead' in other && other.ahead?.alive === true;
  };

  /** The ring of the host comes to the guest. @param fingerprint where it is not as it was sent */
  async function isRung(fingerprint?: string): Promise<void> {
    const offer = host.bridge.asked('ring').at(-1)?.[2];
    if (!offer) throw new Error('nobody rang');
    call = offer.call;
    guest.bridge.emit({
      ...{ type: 'ring', link, from: as(host), media: offer.media, signed: true, target: fakeTarget },
      ...{ call, ahead: offer.ahead, fingerprint: fingerprint ?? offer.fingerprint },
    });
    await settled();
  }

  /** The host rings the guest. */
  async function ring(media: RingMedia = 'video', fingerprint?: string): Promise<void> {
    await host.call.ring(link, as(guest), media);
    await settled();
    await isRung(fingerprint);
    const ahead = guest.bridge.asked('confirmRinging').at(-1)?.[2] ?? false;
    host.bridge.emit({
      ...{ type: 'ringing', link, call, target: fakeTarget },
      ahead: ahead && host.connectsAhead,
    });
    if (ahead) guest.sits();
    await settled();
    host.sits(...(ahead ? [guest] : []));
  }

  const accepts = (fingerprint?: string) => {
    const answer = guest.bridge.asked('answerRing').at(-1)?.[2];
    const own = answer?.answer === 'accept' ? answer.fingerprint : '';
    host.bridge.emit({
      ...{ type: 'ring-accepted', link, call, media: 'video', signed: true, target: fakeTarget },
      fingerprint: fingerprint ?? own,
    });
  };

  async function talk(media: RingMedia): Promise<void> {
    await guest.call.accept(media);
    accepts();
    await clock.until(both('connected'));
  }

  beforeEach(() => {
    host.connectsAhead = guest.connectsAhead = true;
  });

  test('is offered again over another way where the one of before has gone', async () => {
    host.connectsAhead = false;
    await ring();
    host.bridge.emit({ type: 'ring-lost', link, call });
    expect(host.ended).toMatchObject({ reason: 'unreachable' });
    const other = { ...as(guest), id: 'another' };
    host.wayToOther = { link: 'nearby-1', person: other };
    await host.call.callAgain();
    await settled();
    const former = call;
    const [way, id, offer] = host.bridge.asked('ring').at(-1) ?? [];
    expect([way, id]).toEqual(['nearby-1', 'another']);
    expect(offer).toMatchObject({ room: null });
    expect(offer?.call).not.toBe(former);
  });

  test.each<[string, RingMedia, () => Promise<void>]>([
    [
      'who answered without a camera',
      'voice',
      async () => {
        await ring();
        await talk('voice');
      },
    ],
    [
      'who turned the camera off',
      'voice',
      async () => {
        await ring();
        await talk('video');
        await guest.media.setCameraOn(false);
      },
    ],
    [
      'who turned the camera on',
      'video',
      async () => {
        await ring('voice');
        await talk('voice');
        await guest.media.setCameraOn(true);
      },
    ],
    [
      'who was rung by voice and did not answer',
      'voice',
      async () => {
        await ring('voice');
        await guest.call.decline();
      },
    ],
  ])('is offered again by %s with %s', async (_who, media, happens) => {
    await happens();
    await clock.run(guest.call.hangUp());
    await guest.call.callAgain();
    await settled();
    expect(guest.bridge.asked('ring').at(-1)?.[2]).toMatchObject({ media });
    expect(guest.devices.live.some(({ kind }) => kind === 'video')).toBe(media === 'video');
  });

  test('answers who calls them again at the same moment', async () => {
    await ring();
    await talk('voice');
    await clock.run(guest.call.hangUp());
    await clock.until(both('ended'));
    await host.call.callAgain();
    await settled();
    let certify = () => {};
    guest.certificate = new Promise((resolve) => (certify = () => resolve(fakeCertificate('b'))));
    const again = guest.call.callAgain();
    guest.certificate = Promise.resolve(fakeCertificate('b'));
    await isRung();
    expect(guest.phase).toBe('ringing');
    certify();
    await again;
    expect(guest.bridge.asked('answerRing').at(-1)).toMatchObject([
      link,
      call,
      { answer: 'accept', media: 'voice' },
    ]);
    expect(guest.bridge.asked('ring')).toEqual([]);
    expect(guest.phase).toBe('answered');
  });

  test('is not muted because the last call was', async () => {
    await ring();
    await talk('video');
    await guest.media.setMuted(true);
    await clock.run(guest.call.hangUp());
    await clock.until(both('ended'));
    await ring();
    expect([guest.phase, guest.media.muted]).toEqual(['ringing', false]);
  });

  test('is answered to an app that was started again as the camera is by then', async () => {
    guest.connectsAhead = false;
    await ring();
    await guest.call.accept('voice');
    await isRung();
    guest.sits(host);
    accepts();
    await clock.until(both('connected'));
    await isRung();
    await guest.media.setCameraOn(true);
    await isRung();
    expect(guest.bridge.asked('answerRing')).toMatchObject(
      ['voice', 'voice', 'voice', 'video'].map((media) => [link, call, { answer: 'accept', media }]),
    );
  });

  test('sends nothing and shows nothing before it is accepted, and is the call from then on', async () => {
    await ring();
    await clock.until(connectedAhead);
    await clock.advance(1000);
    expect([host.phase, guest.phase]).toEqual(['calling', 'ringing']);
    expect(sentTracks()).toEqual([]);
    expect(guest.devices.requests).toEqual([]);
    for (const { call: each } of [host, guest])
      expect([each.remotePicture, each.remoteSound, each.quality]).toEqual([null, null, null]);

    await guest.call.accept('video');
    expect(guest.phase).toBe('connected');
    expect(guest.call.remoteSound?.getTracks()).toHaveLength(1);
    await settled();
    // Not before the answer has proved itself.
    expect(sentTracks().every((track) => guest.devices.live.some(({ id }) => id === track.id))).toBe(true);
    accepts();
    await clock.until(() => host.call.remoteVideo && guest.call.remoteVideo);
    expect(both('connected')()).toBe(true);
    expect(sentTracks()).toHaveLength(4);
    expect(network.connections.filter(({ linked }) => linked)).toHaveLength(2);
    await clock.run(guest.call.hangUp());
    await clock.until(both('ended'));
  });

  test('ends the same on both sides where no path is found between two who have answered', async () => {
    network.evaluate = () => {};
    await ring();
    await clock.advance(1000);
    await guest.call.accept('video');
    accepts();
    expect(both('connecting')()).toBe(true);
    await clock.until(() => host.phase === 'ended' || guest.phase === 'ended', 21_000);
    const [first, second] = host.phase === 'ended' ? [host, guest] : [guest, host];
    const [, , reason] = first.bridge.asked('cancelRing').at(-1) ?? [];
    expect(reason).toBe('peer-unreachable');
    if (second.phase !== 'ended')
      second.bridge.emit({ type: 'ring-cancelled', link, call, reason: 'peer-unreachable' });
    for (const { ended } of [host, guest])
      expect(ended).toMatchObject({ reason: 'peer-unreachable', by: 'network' });
  });

  test('is stopped where the answer proves another certificate than the connection has', async () => {
    await ring();
    await clock.until(connectedAhead);
    await guest.call.accept('voice');
    accepts(Array(32).fill('EE').join(':'));
    expect(host.ended).toMatchObject({ reason: 'not-verified', by: 'network' });
    expect(host.bridge.asked('cancelRing')).toEqual([[link, call, 'not-verified']]);
    const hosts = host.devices.opened.map(({ id }) => id);
    expect(sentTracks().filter(({ id }) => hosts.includes(id))).toEqual([]);
  });

  test('is stopped where who rings has another certificate than the ring proved', async () => {
    await ring('video', Array(32).fill('EE').join(':'));
    await clock.until(() => guest.phase === 'ended');
    expect(guest.ended).toMatchObject({ reason: 'not-verified', by: 'network' });
    expect(guest.bridge.asked('answerRing')).toEqual([
      [link, call, { answer: 'decline', reason: 'not-verified' }],
    ]);
  });

  test.each([
    ['who rings', () => (host.connectsAhead = false)],
    ['who is rung', () => (guest.connectsAhead = false)],
  ])(
    'is not done where %s does not want it: who rings waits in the room, and offers once it is answered',
    async (_who, unwanted) => {
      unwanted();
      await ring();
      await clock.advance(2000);
      expect([host.phase, guest.phase]).toEqual(['calling', 'ringing']);
      expect(network.connections).toHaveLength(1);
      expect(host.bridge.asked('sendSignal')).toEqual([]);
      expect(host.bridge.asked('joinRoom')).toEqual([[fakeTarget]]);
      expect(guest.bridge.asked('joinRoom')).toEqual([]);

      await guest.call.accept('video');
      accepts();
      guest.sits(host);
      await clock.until(both('connected'));
      expect(host.bridge.asked('joinRoom')).toHaveLength(1);
      expect(network.connections).toHaveLength(2);
      await clock.run(guest.call.hangUp());
      await clock.until(both('ended'));
    },
  );

  test('leaves nothing behind when it is declined', async () => {
    await ring();
    await clock.until(connectedAhead);
    await guest.call.decline();
    host.bridge.emit({ type: 'ring-declined', link, call, reason: 'declined' });
    expect(network.open).toEqual([]);
    for (const { bridge } of [host, guest]) expect(bridge.asked('leaveRoom')).toHaveLength(1);
  });

  test('accepted before there is a path, goes on to one', async () => {
    await ring();
    await guest.call.accept('video');
    accepts();
    await clock.until(() => host.call.remoteVideo && guest.call.remoteVideo);
    expect(both('connected')()).toBe(true);
  });
});

describe('a ring does not ring on', () => {
  test.each([
    [{ type: 'ring-cancelled', reason: 'cancelled' }, 'cancelled'],
    [{ type: 'ring-lost' }, 'unreachable'],
  ] as const)('when %j comes while it is being made ready', async (end, reason) => {
    let make = (): void => {};
    host.certificate = new Promise((resolve) => (make = () => resolve(fakeCertificate('a'))));
    host.bridge.emit(ringFrom('c'));
    host.bridge.emit({ ...end, link: 'saved', call: ringId });
    await settled();
    expect(host.phase).toBe('idle');
    make();
    await settled();
    expect(host.ended).toMatchObject({ reason });
  });

  test('nor into a call when it is no longer open as it is accepted', async () => {
    host.bridge.emit(ringFrom('c'));
    await settled();
    host.bridge.isRingOpen = false;
    await host.call.accept('voice');
    await settled();
    expect(host.ended).toMatchObject({ reason: 'unreachable', by: 'network' });
    expect(host.bridge.asked('leaveRoom')).toHaveLength(1);
  });
});

test('a ring that is refused by the app as it is taken back is remembered as taken back', async () => {
  await host.waits();
  host.bridge.emit(ringFrom('c'));
  await settled();
  host.bridge.emit({ type: 'ring-cancelled', link: 'saved', call: ringId, reason: 'cancelled' });
  expect(host.records.map(({ id, reason }) => [id, reason])).toEqual([
    [ringId, 'busy'],
    [ringId, 'cancelled'],
  ]);
});

test('a plain newcomer that does not offer within a second is offered to', async () => {
  const page = fakeMember('p', { plain: true });
  await host.waits();
  host.bridge.emit({ type: 'member-joined', member: page });
  await clock.advance(900);
  expect(host.bridge.signals).toEqual([]);
  await clock.advance(200);
  const signals = host.bridge.signals.map(({ signal }): Signal => signal);
  expect(signals.some((signal) => 'description' in signal && signal.description.type === 'offer')).toBe(true);
});

describe('a ring that is answered outside the page', () => {
  async function rung(): Promise<void> {
    host.bridge.emit(ringFrom('c'));
    await settled();
    expect(host.phase).toBe('ringing');
  }

  test.each([
    ['voice', 'answered'],
    ['decline', 'ended'],
    ['silence', 'ringing'],
  ] as const)('by %s is %s', async (answer, phase) => {
    await rung();
    host.bridge.emit({ type: 'answered-outside', call: ringId, answer });
    expect(host.call.state).toMatchObject({ phase, ...(answer === 'silence' && { silenced: true }) });
  });

  test('is not answered by what was meant for another', async () => {
    await rung();
    host.bridge.emit({ type: 'answered-outside', call: 'o'.repeat(22), answer: 'video' });
    expect(host.phase).toBe('ringing');
  });
});
