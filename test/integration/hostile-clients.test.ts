/** Clients that mean harm: they do not read, do not acknowledge, do not say who they are, or do not go. */
import { afterEach, describe, expect, it } from 'vitest';
import { LIMITS, SUBPROTOCOL } from '../../main/signaling/protocol';
import { HandwrittenSocket } from '../support/handwritten-socket';
import { HostileMember } from '../support/hostile-member';
import { numbered, plainAs } from '../support/signaling-clients';
import { ManualClock } from '../support/signaling-clock';
import { startServer } from '../support/signaling-servers';
import { OPCODES, writeFrame } from '../support/websocket-frames';

type Server = Awaited<ReturnType<typeof startServer>>;

const running: Server[] = [];
async function serve(options: Parameters<typeof startServer>[0] = {}): Promise<Server> {
  const server = await startServer(options);
  running.push(server);
  return server;
}
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function join(server: Server): Promise<HostileMember> {
  const member = new HostileMember(server.port);
  await member.connect();
  if (!(await member.isUnderstood())) throw new Error('not welcomed');
  member.request({ type: 'join', room: 'room' });
  await member.heard();
  return member;
}

/** Somebody hostile in a room with somebody honest. */
async function meet(server: Server): Promise<{ hostile: HostileMember; honest: HostileMember }> {
  return { honest: await join(server), hostile: await join(server) };
}

/** Does something again and again until the other is told that this one is away. @returns why. */
async function untilAway(honest: HostileMember, again: () => Promise<void> | void): Promise<string> {
  for (;;) {
    await again();
    for (const message of await honest.heard()) if (message.type === 'member-away') return message.reason;
    honest.acknowledge();
  }
}

it('terminates a reader that lets a mebibyte pile up while it acknowledges what it never read', async () => {
  const { hostile, honest } = await meet(await serve());
  hostile.socket.tcp.pause();
  // Numbers are easily guessed: its own `joined` was the first.
  let seq = 1;
  const signal = { call: 'call', n: 1, description: { type: 'offer', sdp: 'x'.repeat(60_000) } };
  const reason = await untilAway(honest, async () => {
    honest.request({ type: 'signal', room: 'room', to: hostile.id, signal });
    await honest.socket.settled();
    seq += 1;
    hostile.acknowledge(seq);
  });
  expect(reason).toBe('backlog');
  hostile.socket.destroy();
});

it('drops a socket that asks for pongs and does not read them', async () => {
  const { hostile, honest } = await meet(await serve());
  hostile.socket.tcp.pause();
  const ping = writeFrame({ opcode: OPCODES.ping, payload: Buffer.alloc(125) });
  const pings = Buffer.concat(Array.from({ length: 500 }, () => ping));
  // ws itself gives up on a socket that takes no more pongs, long before a mebibyte of them.
  const reason = await untilAway(honest, () => {
    hostile.socket.write(pings);
  });
  expect(reason).toBe('closed');
  hostile.socket.destroy();
});

it('gives up a member that asks again and again and never acknowledges an answer, and tells the others', async () => {
  const { hostile, honest } = await meet(await serve());
  let requests = 0;
  // What others say is refused long before; what it asks for itself has to be answered.
  const reason = await untilAway(honest, async () => {
    requests += 1;
    hostile.request({ type: 'ice-servers' });
    await hostile.socket.settled();
  });
  expect(reason).toBe('backlog');
  expect(requests).toBeGreaterThanOrEqual(LIMITS.unackedFrames);
  expect(await hostile.socket.ended()).toBe(1006);
});

it('keeps a member that acknowledges nothing of who comes and goes, and says who is there once it does', async () => {
  const server = await serve({ roomCapacity: 3 });
  const { hostile, honest } = await meet(server);
  const first = await hostile.heard();
  for (let visits = 0; visits < LIMITS.unackedFrames; visits += 1) {
    const visitor = await plainAs(server.url, '/default/room');
    visitor.socket.close();
    await visitor.closed;
    await honest.heard();
    honest.acknowledge();
  }
  const news = await hostile.heard();
  expect(first.length + news.length).toBeLessThanOrEqual(LIMITS.unackedFrames);
  hostile.acknowledge();
  expect(await hostile.heard()).toMatchObject([
    { type: 'joined', members: [{ id: honest.id, away: false }] },
  ]);
  for (const { socket } of [hostile, honest]) socket.destroy();
});

describe('who does not say hello in time', () => {
  it.each([
    ['says nothing', (): void => undefined],
    [
      'dribbles',
      (socket: HandwrittenSocket): void => {
        socket.write(
          writeFrame({ opcode: OPCODES.text, payload: Buffer.from('{"type":"hel') }).subarray(0, 9),
        );
      },
    ],
    [
      'says hello in fragments without end',
      (socket: HandwrittenSocket): void => {
        socket.write(
          writeFrame({ opcode: OPCODES.text, fin: false, payload: Buffer.from('{"type":"hello"') }),
        );
      },
    ],
  ])('is closed with 4401: one that %s', async (_what, stall) => {
    const clock = new ManualClock();
    const server = await serve({ clock, timeoutMs: 60_000 });
    const socket = await HandwrittenSocket.open(server.port, '/default/room', SUBPROTOCOL);
    await socket.nextText();
    stall(socket);
    clock.advance(LIMITS.helloMs - 1);
    expect(socket.ending).toBeNull();
    clock.advance(1);
    expect(await socket.ended()).toBe(4401);
    expect(socket.texts()).toEqual(['{"type":"error","code":"unauthorized"}']);
    socket.destroy();
  });
});

it('drops a socket that does not answer its close, and hears nothing of what it still says', async () => {
  const { hostile, honest } = await meet(await serve());
  for (let n = 0; n <= LIMITS.junkReplies; n += 1) hostile.socket.say('junk');
  expect(await hostile.socket.ended()).toBe(4400);
  hostile.request({ type: 'signal', room: 'room', to: honest.id, signal: numbered(1) });
  await hostile.socket.gone();
  const events = (await honest.heard()).filter(({ type }) => type !== 'ack');
  expect(events.map(({ type }) => type)).toEqual(['member-joined', 'member-away']);
}, 30_000);

describe('who floods after it was told why it is closed', () => {
  it.each([
    ['its place was taken', 4410, '/default/room?app', {}],
    ['the room was full', 4409, '/default/full', {}],
    ['it said something binary', 4400, '/default/other', {}],
    ['it cannot know the join secret', 4401, '/default/other', { joinSecret: 'open sesame' }],
  ] as const)('is dropped before who is quiet then: %s', async (_why, code, path, options) => {
    const server = await serve({ frameRate: { burst: 100, perSecond: 100 }, ...options });
    const open = (): Promise<HandwrittenSocket> => HandwrittenSocket.open(server.port, path);
    const seated = code === 4409 ? [await open(), await open()] : [];
    const closed = async (): Promise<HandwrittenSocket> => {
      const socket = await open();
      if (code === 4400) socket.write(writeFrame({ opcode: OPCODES.binary, payload: Buffer.alloc(0) }));
      if (code === 4410) seated.push(await open());
      expect(await socket.ended()).toBe(code);
      return socket;
    };
    const [quiet, flooding] = [await closed(), await closed()];
    for (let n = 0; n < 1000; n += 1) flooding.say('{}');
    await flooding.gone();
    expect(quiet.tcp.closed).toBe(false);
    for (const socket of [...seated, quiet]) socket.destroy();
  });
});
