import { describe, expect, it } from 'vitest';
import { SignalingClient, type ClientEvent } from '../../../../main/signaling/client';
import { generateIdentity, helloBytes, isHelloSignature } from '../../../../main/signaling/identity';
import { numbered } from '../../../support/signaling-clients';
import { ManualClock } from '../../../support/signaling-clock';
import { fakeSockets } from '../../../support/signaling-fake-socket';

const peer = 'p'.repeat(22);
const identity = generateIdentity();

function start(servers = ['ws://192.0.2.1:9238']) {
  const clock = new ManualClock();
  const sockets = fakeSockets();
  const events: ClientEvent[] = [];
  const client = new SignalingClient({
    servers,
    namespace: 'my ns',
    identity,
    name: 'Ada',
    clock,
    random: () => 0.5,
    openSocket: sockets.open,
  });
  client.subscribe((event) => events.push(event));
  const outcome = client.connect().then(
    () => 'connected',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
  const types = (): string[] => events.map(({ type }) => type);
  const comeUp = (welcome: object = {}): void => {
    sockets.last().challenge();
    sockets.last().welcome(welcome);
  };
  return { clock, sockets, events, types, client, outcome, comeUp };
}

describe('connecting', () => {
  it('dials every server at once and keeps the first that sends a challenge', async () => {
    const { sockets, outcome, types } = start(['ws://192.0.2.1', 'wss://b.test', 'ws://[2001:db8::1]:9238']);
    expect(sockets.all.map(({ url }) => url)).toEqual([
      'ws://192.0.2.1/my%20ns/',
      'wss://b.test/my%20ns/',
      'ws://[2001:db8::1]:9238/my%20ns/',
    ]);
    const [slow, quick, other] = sockets.all;
    quick?.challenge();
    expect([slow?.state, quick?.state, other?.state]).toEqual(['terminated', 'open', 'terminated']);
    slow?.challenge();
    expect(slow?.sent).toEqual([]);
    quick?.welcome();
    expect(await outcome).toBe('connected');
    expect(types()).toEqual(['welcome', 'up']);
  });

  it('proves its key for the host it dialled', () => {
    const { sockets } = start();
    sockets.last().challenge();
    const hello = sockets.last().said('hello')[0];
    expect(hello).toMatchObject({ name: 'Ada', device: 'desktop', publicKey: identity.publicKey });
    const claim = { nonce: 'nonce', namespace: 'my ns', host: '192.0.2.1:9238' };
    expect(isHelloSignature(claim, identity.publicKey, String(hello?.['signature']))).toBe(true);
    expect(helloBytes(claim)).toBeInstanceOf(Uint8Array);
  });

  it('fails with server-unreachable when nobody answers', async () => {
    const { sockets, outcome, events, clock } = start(['ws://a.test', 'ws://b.test']);
    sockets.all[0]?.end(1006, 'server-unreachable');
    expect(events).toEqual([]);
    sockets.all[1]?.end(1006, 'server-unreachable');
    expect(await outcome).toBe('server-unreachable');
    expect(events).toEqual([{ type: 'closed', code: 'server-unreachable' }]);
    expect(clock.pending).toBe(0);
  });

  it('fails after five seconds of silence', async () => {
    const { outcome, clock, sockets } = start();
    clock.advance(5000);
    expect(await outcome).toBe('server-unreachable');
    expect(sockets.last().state).toBe('terminated');
  });

  it.each(['hello there', '{"type":"offer"}', '[]'])(
    'fails with not-parley when %j comes first',
    async (greeting) => {
      const { outcome, sockets } = start();
      sockets.last().say(greeting);
      sockets.last().end();
      expect(await outcome).toBe('not-parley');
    },
  );

  it('fails with not-parley when the server refuses the subprotocol or hangs up at once', async () => {
    const refused = start();
    refused.sockets.last().end(1006, 'not-parley');
    expect(await refused.outcome).toBe('not-parley');
    const hungUp = start();
    hungUp.sockets.last().end(1000, null);
    expect(await hungUp.outcome).toBe('not-parley');
  });

  it('fails with the reason of the close code', async () => {
    const { outcome, sockets, events } = start();
    sockets.last().challenge();
    sockets.last().say({ type: 'error', code: 'unauthorized' });
    sockets.last().end(4401);
    expect(await outcome).toBe('unauthorized');
    expect(events.at(-1)).toEqual({ type: 'closed', code: 'unauthorized' });
  });

  it('fails when the welcome does not come', async () => {
    const { outcome, sockets, clock } = start();
    sockets.last().challenge(60_000);
    clock.advance(5000);
    expect(await outcome).toBe('server-unreachable');
  });
});

describe('requests', () => {
  it('are numbered, and those made before follow the first hello at once', () => {
    const { client, sockets } = start();
    client.join('room');
    sockets.last().challenge();
    client.signal('room', peer, numbered(0));
    expect(sockets.last().sent.map(({ type }) => type)).toEqual(['hello', 'join', 'signal']);
    sockets.last().welcome();
    client.admit('room', peer);
    client.turnAway('room', peer);
    client.setDoor('room', 'open');
    expect(sockets.last().sent.slice(1)).toEqual([
      { seq: 1, type: 'join', room: 'room' },
      { seq: 2, type: 'signal', room: 'room', to: peer, signal: numbered(0) },
      { seq: 3, type: 'admit', room: 'room', member: peer },
      { seq: 4, type: 'turn-away', room: 'room', member: peer },
      { seq: 5, type: 'door', room: 'room', door: 'open' },
    ]);
  });

  it('are refused when too much waits for the server', () => {
    const { client, comeUp, sockets } = start();
    comeUp();
    const taken = Array.from({ length: 70 }, (_, n) => client.signal('room', peer, numbered(n)));
    expect(taken.filter(Boolean)).toHaveLength(64);
    sockets.last().say({ type: 'ack', seq: 10 });
    expect(client.signal('room', peer, numbered(99))).toBe(true);
  });
});

describe('leaving', () => {
  it('resolves when the server has it', async () => {
    const { client, comeUp, sockets, clock } = start();
    comeUp();
    client.join('room');
    let isLeft = false;
    const left = client.leave('room').then(() => (isLeft = true));
    await Promise.resolve();
    expect(isLeft).toBe(false);
    sockets.last().say({ type: 'ack', seq: 2 });
    await left;
    clock.advance(500);
  });

  it('resolves when the server cannot have it any more, after half a second at the latest', async () => {
    const { client, comeUp, sockets, clock } = start();
    comeUp();
    const dead = client.leave('room');
    sockets.last().end();
    await dead;
    await client.leave('room');
    clock.advance(50);
    comeUp();
    const silent = client.leave('room');
    clock.advance(500);
    await silent;
  });
});

describe('losing the server', () => {
  it('comes back almost at once, then more slowly, for as long as it takes', () => {
    const { sockets, comeUp, clock, events } = start();
    comeUp();
    sockets.last().end();
    for (let attempt = 1; attempt < 20; attempt += 1) {
      const down = events.at(-1);
      if (down?.type !== 'down') throw new Error(`not down but ${String(down?.type)}`);
      expect(down.attempt).toBe(attempt);
      clock.advance(down.retryInMs);
      sockets.last().end(1006, 'server-unreachable');
    }
    expect(events.filter(({ type }) => type === 'closed')).toEqual([]);
    expect(
      events
        .filter((event) => event.type === 'down')
        .map(({ retryInMs }) => retryInMs)
        .slice(0, 7),
    ).toEqual([50, 375, 750, 1500, 3000, 6000, 7500]);
  });

  it('sends again what the server had not handled, and drops what it hears twice', () => {
    const { sockets, comeUp, clock, client, events } = start();
    client.join('room');
    comeUp();
    client.signal('room', peer, numbered(0));
    client.signal('room', peer, numbered(1));
    const event = (seq: number) => ({ type: 'signal', seq, room: 'room', from: peer, signal: numbered(seq) });
    sockets.last().say(event(1));
    sockets.last().say(event(2));
    sockets.last().end();
    client.signal('room', peer, numbered(2));
    clock.advance(50);
    sockets.last().challenge();
    expect(sockets.last().said('hello')[0]?.['resume']).toEqual({ member: 'x'.repeat(22), lastSeq: 2 });
    sockets.last().welcome({ resumed: true, lastSeq: 2 });
    expect(
      sockets
        .last()
        .sent.slice(1)
        .map(({ seq, type }) => [seq, type]),
    ).toEqual([
      [3, 'signal'],
      [4, 'signal'],
    ]);
    sockets.last().say(event(2));
    sockets.last().say(event(3));
    expect(events.filter((one) => one.type === 'signal').map(({ signal }) => signal.n)).toEqual([1, 2, 3]);
    expect(events.filter((one) => one.type === 'up').map(({ resumed }) => resumed)).toEqual([false, true]);
  });

  it('waits for the welcome of a resume: until then nobody knows what the server has', () => {
    const { sockets, comeUp, clock, client } = start();
    comeUp();
    sockets.last().end();
    client.join('room');
    clock.advance(50);
    sockets.last().challenge();
    client.signal('room', peer, numbered(0));
    expect(sockets.last().sent.map(({ type }) => type)).toEqual(['hello']);
    sockets.last().welcome({ resumed: true });
    expect(sockets.last().sent.map(({ type }) => type)).toEqual(['hello', 'join', 'signal']);
  });

  it('joins its rooms again when the server has forgotten, before anything else', () => {
    const { sockets, comeUp, clock, client } = start();
    client.join('one');
    client.join('two');
    comeUp();
    sockets.last().say({ type: 'ack', seq: 2 });
    void client.leave('two');
    sockets.last().end();
    client.signal('one', peer, numbered(0));
    clock.advance(50);
    comeUp();
    expect(sockets.last().sent.slice(1)).toEqual([
      { seq: 1, type: 'join', room: 'one' },
      { seq: 2, type: 'signal', room: 'one', to: peer, signal: numbered(0) },
    ]);
    // Counting began anew, so the server's first frame is number 1 again.
    sockets.last().say({ type: 'joined', seq: 1, room: 'one', members: [], host: null });
    clock.advance(1000);
    expect(sockets.last().said('ack')).toEqual([{ type: 'ack', seq: 1 }]);
  });

  it('says of a ring to a server that has forgotten only that it was answered or taken back', () => {
    const { sockets, comeUp, clock, client } = start();
    comeUp();
    client.present('free');
    const call = 'c'.repeat(22);
    const accept = { type: 'accept', call, media: 'voice', fingerprint: 'AA', signature: 'AAAA' } as const;
    client.tell(peer, { type: 'hail', call });
    client.tell(peer, accept);
    sockets.last().end();
    client.tell(peer, { type: 'ringing', call });
    client.tell(peer, { type: 'cancel', call, reason: 'cancelled' });
    clock.advance(50);
    comeUp();
    expect(sockets.last().sent.slice(1)).toEqual([
      { seq: 1, type: 'present', status: 'free' },
      { seq: 2, type: 'tell', to: peer, message: accept },
      { seq: 3, type: 'tell', to: peer, message: { type: 'cancel', call, reason: 'cancelled' } },
    ]);
  });

  it('takes silence longer than the time-out for a lost server, and any sign of life for none', () => {
    const { sockets, comeUp, clock, types } = start();
    comeUp();
    for (let beat = 0; beat < 10; beat += 1) {
      clock.advance(4000);
      sockets.last().heard();
    }
    expect(types()).toEqual(['welcome', 'up']);
    clock.advance(5000);
    expect(types().at(-1)).toBe('down');
    expect(sockets.all[0]?.state).toBe('terminated');
  });

  it('takes a gap in the numbers for a lost socket, which a resume mends', () => {
    const { sockets, comeUp, types, clock } = start();
    comeUp();
    sockets.last().say({ type: 'member-back', seq: 2, room: 'room', member: peer });
    expect(types()).toEqual(['welcome', 'up', 'down']);
    clock.advance(50);
    sockets.last().challenge();
    expect(sockets.last().said('hello')[0]).toMatchObject({ resume: { lastSeq: 0 } });
  });

  it('leaves a server that is full alone for as long as it asks', () => {
    const { sockets, comeUp, events, clock } = start();
    comeUp();
    sockets.last().end();
    clock.advance(50);
    sockets.last().end(1006, 'server-unreachable', 5000);
    expect(events.at(-1)).toMatchObject({ type: 'down', attempt: 2 });
    clock.advance(4999);
    expect(sockets.all).toHaveLength(2);
    clock.advance(2501);
    expect(sockets.all).toHaveLength(3);
    // It asked once.
    sockets.last().end(1006, 'server-unreachable');
    clock.advance(1000);
    expect(sockets.all).toHaveLength(4);
  });

  it('hears nothing from a socket it gave up', () => {
    const { sockets, comeUp, events, clock } = start();
    comeUp();
    const old = sockets.last();
    clock.advance(5000);
    const before = events.length;
    old.say({ type: 'member-back', seq: 1, room: 'room', member: peer });
    old.end(4410);
    expect(events).toHaveLength(before);
    clock.advance(50);
    comeUp({ resumed: true });
    old.end(4410);
    expect(events.at(-1)).toEqual({ type: 'up', resumed: true });
  });

  it.each([
    [4409, 'room-full'],
    [4403, 'turned-away'],
    [4404, 'room-not-open'],
    [4401, 'unauthorized'],
    [4421, 'wrong-address'],
    [4410, 'replaced'],
    [4429, 'too-many'],
    [4400, 'bad-message'],
    [1009, 'bad-message'],
  ] as const)('stays away after %i', (code, reason) => {
    const { sockets, comeUp, events, clock } = start();
    comeUp();
    sockets.last().end(code);
    expect(events.at(-1)).toEqual({ type: 'closed', code: reason });
    clock.advance(60_000);
    expect(sockets.all).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it.each([1001, 1006, 1011])('comes back after %i', (code) => {
    const { sockets, comeUp, types, clock } = start();
    comeUp();
    sockets.last().end(code);
    expect(types().at(-1)).toBe('down');
    clock.advance(100);
    expect(sockets.all).toHaveLength(2);
  });
});

describe('being refused', () => {
  it('closes when its only room will not have it', () => {
    const { sockets, comeUp, client, events } = start();
    client.join('room');
    comeUp();
    sockets.last().say({ type: 'error', seq: 1, code: 'turned-away', room: 'room' });
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['error', 'closed']);
    expect(sockets.last().state).toBe('closed');
  });

  it('goes on when it has another room', () => {
    const { sockets, comeUp, client, types } = start();
    client.join('one');
    client.join('two');
    comeUp();
    sockets.last().say({ type: 'error', seq: 1, code: 'room-full', room: 'two' });
    expect(types().at(-1)).toBe('error');
    expect(sockets.last().state).toBe('open');
  });
});

describe('reconnectNow', () => {
  it('does not wait for the next try', () => {
    const { sockets, comeUp, client } = start();
    comeUp();
    sockets.last().end();
    client.reconnectNow();
    expect(sockets.all).toHaveLength(2);
    client.reconnectNow();
    expect(sockets.all).toHaveLength(2);
  });

  it('asks a server that seems to be there for a sign of life within a second', () => {
    const { sockets, comeUp, client, clock, types } = start();
    comeUp();
    client.reconnectNow();
    expect(sockets.last().pings).toBe(1);
    sockets.last().heard();
    clock.advance(1500);
    expect(types().at(-1)).toBe('up');
    client.reconnectNow();
    clock.advance(1000);
    expect(types().at(-1)).toBe('down');
  });
});

it('counts what a newer server says and it does not know', () => {
  const { sockets, comeUp, types } = start();
  comeUp();
  sockets.last().say({ type: 'something-new', seq: 1, room: 'room' });
  sockets.last().say('not even json');
  sockets.last().say({ type: 'member-back', seq: 2, room: 'room', member: peer });
  expect(types()).toEqual(['welcome', 'up', 'member-back']);
});

describe('ICE servers', () => {
  const served = (credential: string) => [{ urls: ['turn:a'], username: '1:m', credential }];

  it('are those of the newest welcome or renewal', () => {
    const { sockets, comeUp, client, events } = start();
    comeUp({ iceServers: served('first'), iceTtlMs: 60_000 });
    expect(client.iceServers).toEqual(served('first'));
    sockets.last().say({ type: 'ice-servers', seq: 1, iceServers: served('second'), iceTtlMs: 60_000 });
    expect(client.iceServers).toEqual(served('second'));
    expect(events.at(-1)).toMatchObject({ type: 'ice-servers', iceServers: served('second') });
  });

  it('are asked for when old, but never of a server that is not there or does not know that they run out', async () => {
    const { sockets, comeUp, client, clock } = start();
    comeUp({ iceServers: served('first') });
    clock.advance(4000);
    await client.freshIceServers();
    expect(sockets.last().said('ice-servers')).toEqual([]);

    sockets.last().end();
    clock.advance(10_000);
    comeUp({ iceServers: served('second'), iceTtlMs: 6000 });
    clock.advance(3000);
    const fresh = client.freshIceServers();
    expect(sockets.last().said('ice-servers')).toMatchObject([{ seq: 1 }]);
    // The socket dies under the question.
    sockets.last().end();
    expect(await fresh).toEqual(served('second'));
    expect(await client.freshIceServers()).toEqual(served('second'));
    clock.advance(10_000);
    comeUp({ iceServers: served('third'), iceTtlMs: 6000 });
    // A welcome has answered what was asked before.
    expect(sockets.last().said('ice-servers')).toEqual([]);
    expect(await client.freshIceServers()).toEqual(served('third'));
  });
});

it('hears only one type with on(), until it is stopped', () => {
  const { client, comeUp, sockets } = start();
  const heard: boolean[] = [];
  const stop = client.on('up', ({ resumed }) => heard.push(resumed));
  comeUp();
  stop();
  sockets.last().end();
  expect(heard).toEqual([false]);
});

it('stops everything when it is closed, in any state, and tells nothing', async () => {
  for (const prepare of [
    () => undefined,
    (one: ReturnType<typeof start>) => {
      one.sockets.last().challenge();
    },
    (one: ReturnType<typeof start>) => {
      one.comeUp();
    },
    (one: ReturnType<typeof start>) => {
      one.comeUp();
      one.sockets.last().end();
    },
  ]) {
    const one = start();
    prepare(one);
    const before = one.events.length;
    one.client.close();
    one.client.close();
    one.clock.advance(60_000);
    expect(one.clock.pending).toBe(0);
    expect(one.events).toHaveLength(before);
    expect(one.sockets.all.every(({ state }) => state !== 'open') || before > 2).toBe(true);
    await one.outcome;
  }
});
