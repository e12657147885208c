/** What a server refuses to more sockets, rooms, frames or tries than it should have to bear. */
import { connect } from 'node:net';
import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { generateIdentity } from '../../main/signaling/identity';
import { ManualClock } from '../support/signaling-clock';
import { startServer } from '../support/signaling-servers';
import {
  joinAs,
  numbered,
  plainAs,
  RawMember,
  RawSocket,
  TestMember,
  typeOf,
} from '../support/signaling-clients';

type Server = Awaited<ReturnType<typeof startServer>>;

const running: Server[] = [];
async function serve(options: Parameters<typeof startServer>[0]): Promise<Server> {
  const server = await startServer(options);
  running.push(server);
  return server;
}
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

/** How an upgrade is answered; 101 where it is let in. */
async function upgrade(
  { port }: Server,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; retryAfter: string | undefined }> {
  const request = get({
    port,
    host: '127.0.0.1',
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, retryAfter: undefined });
    });
    request.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode, retryAfter: response.headers['retry-after'] });
    });
    request.on('error', reject);
  });
}

/** Whether a connection from an address of this machine is answered, or ended at once. */
async function isAnswered({ port }: Server, localAddress: string): Promise<boolean> {
  const request = get({ port, host: '127.0.0.1', path: '/healthz', localAddress, agent: false });
  return new Promise((resolve) => {
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => {
      resolve(false);
    });
  });
}

describe('sockets', () => {
  it('are refused with 429 past those of an address, which a trusted proxy names', async () => {
    const server = await serve({ maxPerAddress: 1, trustProxies: ['127.0.0.1'] });
    const member = await plainAs(server.url, '/ns/room');
    expect(await upgrade(server)).toEqual({ status: 429, retryAfter: '5' });
    expect(await upgrade(server, { 'X-Forwarded-For': '198.51.100.1' })).toMatchObject({ status: 101 });
    member.socket.close();
  });

  it('are refused with 429 whatever they claim, unless the proxy is trusted', async () => {
    const server = await serve({ maxPerAddress: 1 });
    const member = await plainAs(server.url, '/ns/room');
    expect(await upgrade(server, { 'X-Forwarded-For': '198.51.100.1' })).toMatchObject({ status: 429 });
    member.socket.close();
  });

  it('are refused with 503 past all there may be, and welcome again when one has gone', async () => {
    const server = await serve({ maxConnections: 1 });
    const member = await plainAs(server.url, '/ns/room');
    expect(await upgrade(server)).toEqual({ status: 503, retryAfter: '5' });
    member.socket.close();
    await member.closed;
    expect(await upgrade(server)).toMatchObject({ status: 101 });
  });

  it('are dropped when they do not say what they want, long before a greeting runs out', async () => {
    const server = await serve({});
    const greeting = new RawMember(server.url);
    await greeting.opened;
    const silent = connect(server.port, '127.0.0.1');
    const dribbling = connect(server.port, '127.0.0.1');
    dribbling.write('GET /ns/room HTTP/1.1\r\nHost: x\r\n');
    // Listens to the end: a socket that nobody reads never hears of it.
    for (const socket of [silent, dribbling]) socket.resume().on('error', () => undefined);
    await Promise.all(
      [silent, dribbling].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    );
    expect(greeting.socket.readyState).toBe(greeting.socket.OPEN);
    greeting.socket.close();
  }, 20_000);
});

describe('TCP connections', () => {
  it('of one address that never ask for a socket do not shut others out', async () => {
    const server = await serve({ maxPerAddress: 4 });
    const idle = Array.from({ length: 100 }, () =>
      connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.2' }),
    );
    const ends = idle.map(
      (socket) => new Promise((resolve) => socket.resume().once('error', resolve).once('close', resolve)),
    );
    // 36 may stay for their five seconds; the others are ended at once.
    await Promise.race(ends);
    expect(await upgrade(server)).toMatchObject({ status: 101 });
    for (const socket of idle) socket.destroy();
    await Promise.all(ends);
  });

  it('that one address makes one after the other are ended past twice its sockets, and others come in', async () => {
    const clock = new ManualClock();
    const server = await serve({ clock, maxPerAddress: 4, trustProxies: ['127.0.0.3'] });
    const answered = async (localAddress: string, tries: number): Promise<number> => {
      let count = 0;
      for (let nth = 0; nth < tries; nth += 1) if (await isAnswered(server, localAddress)) count += 1;
      return count;
    };
    expect(await answered('127.0.0.2', 30)).toBe(8);
    expect(server.renderMetrics()).toContain('parley_refusals_total{reason="too-many-connections"} 22\n');
    expect(await upgrade(server)).toMatchObject({ status: 101 });
    expect(await answered('127.0.0.3', 30)).toBe(30);
    clock.advance(1000);
    expect(await answered('127.0.0.2', 30)).toBe(4);
  });

  it('do not stay for a second request', async () => {
    const server = await serve({});
    const response = await fetch(`http://127.0.0.1:${server.port}/healthz`);
    expect(response.headers.get('connection')).toBe('close');
  });
});

describe('a page behind a trusted proxy', () => {
  it('may call the server by a name that only the proxy knows', async () => {
    const server = await serve({ allowOrigins: ['https://calls.test'], trustProxies: ['127.0.0.1'] });
    const headers = { Origin: 'https://calls.test', Host: 'signaling.test' };
    expect(await upgrade(server, headers)).toMatchObject({ status: 101 });
    const other = await serve({ allowOrigins: ['https://calls.test'] });
    expect(await upgrade(other, headers)).toMatchObject({ status: 403 });
  });
});

it('opens no more rooms than it may, and tells who asks for one more', async () => {
  const server = await serve({ maxRooms: 1 });
  const first = await joinAs(server.url, 'one');
  const second = new TestMember({ servers: [server.url] });
  await second.client.connect();
  second.client.join('two');
  expect(await second.next('closed')).toMatchObject({ code: 'too-many' });
  const third = await joinAs(server.url, 'one');
  const plain = await plainAs(server.url, '/default/two');
  expect((await plain.closed).code).toBe(4429);
  first.client.close();
  third.client.close();
});

describe('seats', () => {
  it('of one address are bounded, those of members that are away too, and nobody else goes short', async () => {
    const server = await serve({ maxPerAddress: 1, trustProxies: ['127.0.0.1'], graceMs: 3000 });
    const first = await new RawMember(server.url).greet();
    const rooms = ['1', '2', '3', '4', '5'];
    for (const [at, room] of rooms.entries()) first.send({ seq: at + 1, type: 'join', room });
    expect(await first.message('error')).toMatchObject({ code: 'too-many', room: '5' });
    const [second] = await Promise.all([
      new RawMember(server.url, { forwardedFor: '198.51.100.1' }).greet(),
      (async () => {
        first.socket.terminate();
        await first.closed;
      })(),
    ]);
    second.send({ seq: 1, type: 'join', room: '5' });
    expect(await second.message('joined')).toMatchObject({ room: '5' });

    const stranger = await new RawMember(server.url).greet();
    stranger.send({ seq: 1, type: 'join', room: '6' });
    expect(await stranger.message('error')).toMatchObject({ code: 'too-many', room: '6' });
    second.send({ seq: 2, type: 'join', room: '1' });
    await second.frames.next((frame) => isLeft(frame));
    stranger.send({ seq: 2, type: 'join', room: '7' });
    expect(await stranger.message('joined')).toMatchObject({ room: '7' });
  });
});

describe('seats of a member that comes back from another address', () => {
  it('are held there from then on, also where that has as many as it may', async () => {
    const server = await serve({ maxPerAddress: 2, trustProxies: ['127.0.0.1'] });
    const elsewhere = { forwardedFor: '198.51.100.1' };
    const rooms = (name: string): string[] => Array.from({ length: 8 }, (_, n) => `${name}${n}`);
    const fill = async (member: RawMember, name: string): Promise<void> => {
      for (const [at, room] of rooms(name).entries()) member.send({ seq: at + 1, type: 'join', room });
      for (const room of rooms(name)) expect(await member.message('joined')).toMatchObject({ room });
    };
    const identity = generateIdentity();
    const moving = await new RawMember(server.url, { identity }).greet();
    const other = await new RawMember(server.url, elsewhere).greet();
    await Promise.all([fill(moving, 'a'), fill(other, 'b')]);

    const before = moving.id;
    moving.socket.terminate();
    const moved = await new RawMember(server.url, { identity, ...elsewhere }).greet({
      resume: { member: before, lastSeq: 8 },
    });
    // All that it had, and nothing more there.
    moved.send({ seq: 9, type: 'join', room: 'c' });
    expect(await moved.message('error')).toMatchObject({ code: 'too-many', room: 'c' });
    const newcomer = await new RawMember(server.url).greet();
    await fill(newcomer, 'd');
    const third = await new RawMember(server.url, { forwardedFor: '198.51.100.2' }).greet();
    third.send({ seq: 1, type: 'join', room: 'a0' });
    expect((await third.message('joined')).members).toMatchObject([{ id: before }]);
  });
});

/** Whether a member of somebody's room is gone for good. */
const isLeft = (frame: unknown): boolean => typeOf(frame) === 'member-left';

describe('coming and going', () => {
  it('costs more than a word, for others hear of it', async () => {
    const server = await serve({ frameRate: { burst: 100, perSecond: 1000 } });
    const honest = await joinAs(server.url, 'room');
    const restless = await new RawMember(server.url).greet();
    const startedAt = performance.now();
    for (let seq = 1; seq < 60; seq += 2) {
      restless.send({ seq, type: 'join', room: 'room' });
      await honest.next('member-joined');
      restless.send({ seq: seq + 1, type: 'leave', room: 'room' });
      await honest.next('member-left');
    }
    // A word costs one, to come or go eight more: 60 of them 540, of which 100 at once.
    expect(performance.now() - startedAt).toBeGreaterThan(420);
    expect(honest.heard('down')).toEqual([]);
    honest.client.close();
    restless.socket.close();
  });

  it('of people costs the more, the more of them hear of it', async () => {
    const server = await serve({ frameRate: { burst: 60, perSecond: 400 } });
    const others = Array.from({ length: 48 }, () => new TestMember({ servers: [server.url] }));
    await Promise.all(
      others.map(async ({ client, events }) => {
        client.present('free');
        await client.connect();
        await events.next(({ type }) => type === 'people');
      }),
    );
    const restless = await new RawMember(server.url).greet();
    const startedAt = performance.now();
    const statuses = ['free', 'in-call'];
    for (let seq = 1; seq <= 40; seq += 1) {
      restless.send({ seq, type: 'present', status: statuses[seq % 2] });
      await others[0]?.events.next((event) => event.type === 'person' && event.person.id === restless.id);
    }
    // A word costs one, to appear eight more, and for 48 others three: before the last one 468, of which 60 at once.
    expect(performance.now() - startedAt).toBeGreaterThan(1000);
    restless.socket.close();
    for (const { client } of others) client.close();
  });
});

describe('three who come and go at once, faster than anybody can acknowledge', () => {
  const CHANGES = 48;
  /** Some of it is said once there was an acknowledgement, which takes its time. */
  const SOON = { timeout: 15_000 };

  it('end no conversation among the people, and everybody knows in the end who is there', async () => {
    const server = await serve({});
    const honest = Array.from({ length: 4 }, () => new TestMember({ servers: [server.url] }));
    for (const member of honest) {
      member.client.present('free');
      await member.client.connect();
    }
    const restless = await Promise.all([1, 2, 3].map(() => new RawMember(server.url).greet()));
    const statuses = ['invisible', 'in-call'];
    const last = [
      { type: 'present', status: 'free' },
      { type: 'present', status: 'invisible' },
      { type: 'absent' },
    ];
    for (const [at, member] of restless.entries()) {
      for (let seq = 1; seq < CHANGES; seq += 1)
        member.send({ seq, type: 'present', status: statuses[seq % 2] });
      member.send({ seq: CHANGES, ...last[at] });
    }
    await Promise.all(restless.map((member) => member.frames.next((frame) => isAckOf(frame, CHANGES))));

    const ids = [...honest, ...restless.slice(0, 1)].map(({ id }) => id);
    for (const member of honest) {
      const others = ids.filter((id) => id !== member.id);
      await expect.poll(() => peopleOf(member), SOON).toEqual(new Map(others.map((id) => [id, 'free'])));
    }
    expect(honest.flatMap((member) => member.heard('down'))).toEqual([]);
    // They say and hear as before.
    const [ann, ben] = honest;
    ann?.client.join('room');
    await ann?.next('joined');
    ben?.client.join('room');
    expect((await ann?.next('member-joined'))?.member.id).toBe(ben?.id);
    for (const { client } of honest) client.close();
    for (const { socket } of restless) socket.close();
  });

  it('end no conversation in a room, and who sits there knows in the end who else does', async () => {
    const server = await serve({});
    const honest = await joinAs(server.url, 'room');
    const restless = await Promise.all([1, 2, 3].map(() => new RawMember(server.url).greet()));
    for (const member of restless)
      for (let seq = 1; seq <= CHANGES; seq += 1)
        member.send({ seq, type: seq % 2 === 1 ? 'join' : 'leave', room: 'room' });
    const [staying] = restless;
    await Promise.all(restless.map((member) => member.frames.next((frame) => isAckOf(frame, CHANGES))));
    staying?.send({ seq: CHANGES + 1, type: 'join', room: 'room' });
    await expect.poll(() => [...membersOf(honest, 'room')], SOON).toEqual([staying?.id]);
    expect(honest.heard('down')).toEqual([]);
    honest.client.close();
    for (const { socket } of restless) socket.close();
  });
});

/** Who is present, and how, as a member has been told. */
function peopleOf({ events }: TestMember): Map<string, string> {
  const people = new Map<string, string>();
  for (const event of events.seen) {
    if (event.type === 'people' && event.offset === 0) people.clear();
    if (event.type === 'people') for (const { id, status } of event.people) people.set(id, status);
    if (event.type === 'person') people.set(event.person.id, event.person.status);
    if (event.type === 'person-gone') people.delete(event.member);
  }
  return people;
}

/** Who else sits in a room, as a member has been told. */
function membersOf({ events }: TestMember, room: string): Set<string> {
  let members = new Set<string>();
  for (const event of events.seen) {
    if (!('room' in event) || event.room !== room) continue;
    if (event.type === 'joined') members = new Set(event.members.map(({ id }) => id));
    if (event.type === 'member-joined') members.add(event.member.id);
    if (event.type === 'member-left') members.delete(event.member);
  }
  return members;
}

const isAckOf = (frame: unknown, seq: number): boolean =>
  JSON.stringify(frame) === JSON.stringify({ type: 'ack', seq });

describe('frames', () => {
  it('that come a little too fast all arrive, a little later', async () => {
    const server = await serve({ frameRate: { burst: 5, perSecond: 200 } });
    const first = await joinAs(server.url, 'room');
    const second = await joinAs(server.url, 'room');
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    for (const n of numbers) second.client.signal('room', first.id, numbered(n));
    await first.events.next((event) => event.type === 'signal' && event.signal.n === 39);
    expect(first.numbers()).toEqual(numbers);
    expect(server.renderMetrics()).not.toContain('parley_throttled_total 0');
    expect([first.heard('closed'), second.heard('closed')]).toEqual([[], []]);
    first.client.close();
    second.client.close();
  });

  it('that flood close the socket with 4429, and nobody else hears of the rest', async () => {
    const server = await serve({ frameRate: { burst: 20, perSecond: 20 } });
    const other = await plainAs(server.url, '/ns/room');
    const flooding = await plainAs(server.url, '/ns/room');
    for (let n = 0; n < 1000; n += 1) flooding.send({ n });
    expect(await flooding.closed).toEqual({ code: 4429, reason: 'too-many' });
    expect(flooding.frames.seen.at(-1)).toEqual({ type: 'error', code: 'too-many' });
    other.send({ type: 'keepAlive' });
    expect(other.frames.seen.length).toBeLessThan(100);
    other.socket.close();
  });

  it('that are pongs nobody asked for count like any other', async () => {
    const server = await serve({ frameRate: { burst: 20, perSecond: 20 } });
    const flooding = await plainAs(server.url, '/ns/room');
    for (let n = 0; n < 1000; n += 1) flooding.socket.pong();
    expect(await flooding.closed).toEqual({ code: 4429, reason: 'too-many' });
  });

  it('of a flooding neighbour slow an honest socket of the same address down, and no more', async () => {
    const server = await serve({ frameRate: { burst: 20, perSecond: 20 }, maxPerAddress: 8 });
    const [first, second] = [await plainAs(server.url, '/ns/room'), await plainAs(server.url, '/ns/room')];
    const flooding = await plainAs(server.url, '/ns/other');
    for (let n = 0; n < 1000; n += 1) flooding.send({ n });
    expect((await flooding.closed).code).toBe(4429);
    first.send({ type: 'honest' });
    await second.next('honest');
    first.socket.close();
    second.socket.close();
  });
});

describe('a wrong join secret', () => {
  it('counts as a failed join: after a few the address has to wait', async () => {
    const server = await serve({ joinSecret: 'open sesame', maxPerAddress: 8 });
    for (let tries = 0; tries < 5; tries += 1) {
      const member = new RawMember(server.url);
      await member.hello({ proof: 'AAAA' });
      expect(await member.closed).toMatchObject({ code: 4401 });
    }
    expect(await upgrade(server)).toMatchObject({ status: 429 });
  });

  it('is not judged past these few on sockets that were open before, and neither is the right one', async () => {
    const clock = new ManualClock();
    const server = await serve({ clock, joinSecret: 'open sesame', maxPerAddress: 64 });
    const open = async (count: number, joinSecret: string): Promise<RawMember[]> => {
      const members = Array.from({ length: count }, () => new RawMember(server.url, { joinSecret }));
      await Promise.all(members.map(({ opened }) => opened));
      return members;
    };
    const [wrong, right, later] = [
      await open(62, 'open barley'),
      await open(1, 'open sesame'),
      await open(1, 'open sesame'),
    ];
    const answers: string[] = [];
    for (const member of [...wrong, ...right]) {
      await member.hello();
      const outcome = await Promise.race([member.closed, member.next('welcome')]);
      answers.push(JSON.stringify([outcome, member.frames.seen.slice(1)]));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('4401');
    // Eight at once, and as many a minute: what was not judged does not lengthen the wait.
    clock.advance(7500);
    for (const member of later) await member.greet();
  });

  it('is answered as an unknown room, a full room and no secret at all are', async () => {
    const server = await serve({ joinSecret: 'open sesame' });
    const seated = await Promise.all(
      [1, 2].map(() => joinAs(server.url, 'full', { joinSecret: 'open sesame' })),
    );
    const answers = await Promise.all(
      ['/default/full', '/default/unknown', '/default/', '/elsewhere/full'].flatMap((path) =>
        [{ proof: 'AAAA' }, {}].map(async (changes) => {
          const namespace = path.startsWith('/elsewhere') ? 'elsewhere' : 'default';
          const member = new RawMember(server.url, { path, namespace });
          await member.hello(changes);
          const close = await member.closed;
          return JSON.stringify([close, member.frames.seen.slice(1)]);
        }),
      ),
    );
    expect(new Set(answers)).toEqual(
      new Set([
        JSON.stringify([{ code: 4401, reason: 'unauthorized' }, [{ type: 'error', code: 'unauthorized' }]]),
      ]),
    );
    const plain = await Promise.all(
      ['/default/full', '/default/unknown'].map(async (path) => {
        const socket = new RawSocket(new URL(path, server.url).href);
        return [await socket.closed, socket.frames.seen];
      }),
    );
    expect(plain[0]).toEqual(plain[1]);
    for (const member of seated) member.client.close();
  });

  it('does not count where the room is only full', async () => {
    const server = await serve({ joinSecret: 'open sesame', maxPerAddress: 32 });
    const seated = [1, 2].map(() => joinAs(server.url, 'full', { joinSecret: 'open sesame' }));
    const members = await Promise.all(seated);
    for (let tries = 0; tries < 10; tries += 1) {
      const late = new TestMember({ servers: [server.url], joinSecret: 'open sesame' });
      await late.client.connect();
      late.client.join('full');
      expect(await late.next('closed')).toMatchObject({ code: 'room-full' });
    }
    expect(await upgrade(server)).toMatchObject({ status: 101 });
    for (const member of members) member.client.close();
  });
});
