/** What an operator can see of a running server, and what not. */
import { request } from 'node:http';
import { connect } from 'node:net';
import type { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS, type RingMessage } from '../../main/signaling/protocol';
import { HandwrittenSocket } from '../support/handwritten-socket';
import { joinAs, numbered, plainAs, RawMember, TestMember, typeOf } from '../support/signaling-clients';
import { buildEntries, startHeadless } from '../support/signaling-servers';
import { OPCODES, writeFrame } from '../support/websocket-frames';

let entries: Awaited<ReturnType<typeof buildEntries>>;
beforeAll(async () => {
  entries = await buildEntries();
});
afterAll(() => entries.remove());

/** A sample of the metrics, by its whole name with labels. */
async function readMetrics(port: number | undefined): Promise<(sample: string) => number | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  const lines = (await response.text()).split('\n');
  const samples = new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.split(' ').at(-1)]),
  );
  return (sample) => (samples.has(sample) ? Number(samples.get(sample)) : undefined);
}

it('counts who connects, joins, signals, goes away, comes back and leaves', async () => {
  const server = await startHeadless(entries.folder, ['--metrics-port', '0', '--grace-ms', '300']);
  const first = await joinAs(server.url, 'room');
  const second = await joinAs(server.url, 'room');
  const late = new TestMember({ servers: [server.url] });
  await late.client.connect();
  late.client.join('room');
  await late.next('closed');
  second.client.signal('room', first.id, numbered(1));
  await first.next('signal');

  const silent = await new RawMember(server.url).greet();
  silent.send({ type: 'join', seq: 1, room: 'other' });
  const watching = await joinAs(server.url, 'other');
  await silent.message('joined');
  silent.socket.terminate();
  expect(await watching.next('member-away')).toMatchObject({ reason: 'closed' });
  const again = new RawMember(server.url, { identity: silent.identity });
  await again.greet({ resume: { member: silent.id, lastSeq: null } });
  again.send({ type: 'join', seq: 1, room: 'other' });
  await watching.next('member-back');
  again.socket.terminate();
  await watching.next('member-left');
  const plain = await plainAs(server.url, '/default/plain');
  const another = await plainAs(server.url, '/default/plain');
  another.send({ type: 'chat' });
  await plain.next('chat');

  const sample = await readMetrics(server.metricsPort);
  expect(sample('parley_connections{dialect="parley.1"}')).toBe(3);
  expect(sample('parley_connections{dialect="plain"}')).toBe(2);
  expect(sample('parley_rooms')).toBe(3);
  expect(sample('parley_joins_total{outcome="room-full"}')).toBe(1);
  expect(sample('parley_joins_total{outcome="joined"}')).toBe(6);
  expect(sample('parley_relay_seconds_count')).toBe(2);
  expect(sample('parley_away_total{reason="closed"}')).toBe(2);
  expect(sample('parley_back_total')).toBe(1);
  expect(sample('parley_left_total{reason="grace-ended"}')).toBe(1);
  expect(sample('parley_resumes_total{outcome="forgotten"}')).toBe(1);
  expect(sample('parley_closed_total{reason="room-full"}')).toBe(1);
  expect(sample('parley_bytes_total{direction="in"}')).toBeGreaterThan(500);

  for (const member of [first, second, watching]) member.client.close();
  for (const { socket } of [plain, another]) socket.close();
  await server.stop();
});

const RING: RingMessage = {
  type: 'ring',
  call: 'c'.repeat(22),
  room: 'room',
  media: 'voice',
  fingerprint: Array(32).fill('AB').join(':'),
  nonce: 'n'.repeat(22),
  signature: 'AAAA',
};

it('counts as carried only what was taken, and what was refused by why', async () => {
  const server = await startHeadless(entries.folder, ['--metrics-port', '0']);
  const enter = async (): Promise<RawMember> => {
    const member = await new RawMember(server.url).greet();
    member.send({ type: 'join', seq: 1, room: 'room' });
    member.send({ type: 'present', seq: 2, status: 'free' });
    await member.message('people');
    return member;
  };
  // Acknowledges nothing: neither these two answers nor that the other came, to the room and among the people.
  const [full, other] = [await enter(), await enter()];
  const [sent, told] = [80, 4];
  for (let n = 0; n < sent; n += 1)
    other.send({ type: 'signal', seq: n + 3, room: 'room', to: full.id, signal: numbered(n) });
  other.send({ type: 'signal', seq: sent + 3, room: 'room', to: other.id, signal: numbered(0) });
  other.send({ type: 'tell', seq: sent + 4, to: full.id, message: RING });
  await other.frames.next((frame) => typeOf(frame) === 'error' && !Object.keys(frame ?? {}).includes('room'));

  const sample = await readMetrics(server.metricsPort);
  expect(sample('parley_relay_seconds_count')).toBe(LIMITS.unackedFrames - told);
  expect(sample('parley_signals_refused_total{reason="not-taken"}')).toBe(sent + told - LIMITS.unackedFrames);
  expect(sample('parley_signals_refused_total{reason="not-seated"}')).toBe(1);
  expect(sample('parley_rings_total{outcome="sent"}')).toBe(0);
  expect(sample('parley_rings_total{outcome="peer-unavailable"}')).toBe(1);
  for (const { socket } of [full, other]) socket.close();
  await server.stop();
});

it('counts the sockets that ws closes for what they said, by why', async () => {
  const server = await startHeadless(entries.folder, ['--metrics-port', '0']);
  const closed = async (offend: (socket: WebSocket) => void): Promise<number> => {
    const plain = await plainAs(server.url, '/default/offenders');
    offend(plain.socket);
    return (await plain.closed).code;
  };
  expect([
    await closed((socket) => {
      for (let n = 0; n < 65; n += 1) socket.send('x', { fin: false });
    }),
    await closed((socket) => {
      socket.send('x'.repeat(LIMITS.frameBytes + 1));
    }),
    await closed((socket) => {
      socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    }),
  ]).toEqual([1008, 1009, 1007]);
  const unmasked = await HandwrittenSocket.open(server.port, '/default/offenders');
  unmasked.write(writeFrame({ opcode: OPCODES.text, payload: Buffer.from('{}'), mask: null }));
  expect(await unmasked.ended()).toBe(1002);
  unmasked.destroy();

  const sample = await readMetrics(server.metricsPort);
  for (const reason of ['bad-frame', 'not-utf8', 'too-many-pieces', 'too-large'])
    expect([reason, sample(`parley_closed_total{reason="${reason}"}`)]).toEqual([reason, 1]);
  await server.stop();
});

it('counts every socket that does not come in, by why', async () => {
  const server = await startHeadless(entries.folder, [
    ...['--metrics-port', '0', '--host-name', 'calls.example', '--max-per-ip', '40'],
  ]);
  const stranger = new RawMember(server.url, { host: 'elsewhere.example' });
  await stranger.hello();
  expect(await stranger.closed).toEqual({ code: 4421, reason: 'wrong-address' });
  const liar = new RawMember(server.url);
  await liar.hello({ signature: 'AAAA' });
  await liar.closed;
  const upgrade = 'GET /ns/room HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  for (const rest of ['Sec-WebSocket-Version: 13\r\n\r\n', 'Sec-WebSocket-Version: 1\r\n\r\n']) {
    const socket = connect(server.port, '127.0.0.1');
    socket.resume().write(upgrade + rest);
    await new Promise((resolve) => socket.once('close', resolve));
  }
  const busy = await joinAs(server.url, '0');
  for (let room = 1; room <= 16; room += 1) busy.client.join(String(room));
  await busy.events.next((event) => event.type === 'error' && event.code === 'too-many');

  const idle = Array.from({ length: 80 }, () => connect(server.port, '127.0.0.1'));
  const ends = idle.map((socket) => {
    socket.on('error', () => undefined).resume();
    return new Promise((resolve) => socket.once('close', resolve));
  });
  await Promise.race(ends);
  for (const socket of idle) socket.destroy();
  await Promise.all(ends);

  const sample = await readMetrics(server.metricsPort);
  expect(sample('parley_refusals_total{reason="wrong-address"}')).toBe(1);
  expect(sample('parley_refusals_total{reason="unauthorized"}')).toBe(1);
  expect(sample('parley_refusals_total{reason="bad-request"}')).toBe(2);
  expect(sample('parley_refusals_total{reason="too-many-connections"}')).toBeGreaterThan(0);
  expect(sample('parley_joins_total{outcome="too-many"}')).toBe(1);
  busy.client.close();
  await server.stop();
});

it('shows metrics on their own port of this machine alone, and nothing else there', async () => {
  const server = await startHeadless(entries.folder, ['--metrics-port', '0', '--listen', '0.0.0.0']);
  expect((await fetch(`http://127.0.0.1:${server.metricsPort}/healthz`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(404);
  // All of 127.0.0.0/8 is this machine; the port listens on one address of it.
  await expect(fetch(`http://127.0.0.2:${server.metricsPort}/metrics`)).rejects.toThrow();
  expect((await fetch(`http://127.0.0.2:${server.port}/healthz`)).status).toBe(200);
  await server.stop();
});

describe('plain HTTP', () => {
  it.each([
    ['GET', '/healthz', 200, 'ok'],
    ['GET', '/readyz', 200, 'ready'],
    ['HEAD', '/healthz', 200, ''],
    ['GET', '/version', 200, '"name":"parley"'],
    ['GET', '/ns/room', 426, 'A Parley room lives here'],
    ['GET', '/ns/room?app', 426, 'A Parley room lives here'],
    ['GET', '/', 404, 'Nothing here'],
    ['GET', '/a/b/c', 404, 'Nothing here'],
    ['POST', '/healthz', 405, 'Only GET and HEAD'],
  ])(
    'answers %s %s with %i, and the same where another protocol is asked for',
    async (method, path, status, text) => {
      const server = await startHeadless(entries.folder, ['--metrics-port', '0']);
      const answerTo = (
        headers: Record<string, string>,
      ): Promise<{ status: number | undefined; body: string }> =>
        new Promise((resolve, reject) => {
          const asked = request(
            { host: '127.0.0.1', port: server.port, method, path, headers },
            (response) => {
              let body = '';
              response.setEncoding('utf8');
              response.on('data', (chunk: string) => (body += chunk));
              response.on('end', () => {
                resolve({ status: response.statusCode, body });
              });
            },
          );
          asked.on('error', reject).end();
        });
      const answer = await answerTo({});
      expect(answer.status).toBe(status);
      expect(answer.body).toContain(text);
      expect(await answerTo({ Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c' })).toEqual(answer);
      const sample = await readMetrics(server.metricsPort);
      expect(sample('parley_refusals_total{reason="bad-request"}')).toBe(0);
      await server.stop();
    },
  );
});

it('logs what happened, but neither what members say nor who they are', async () => {
  const server = await startHeadless(entries.folder, ['--log-level', 'info', '--max-connections', '3']);
  const first = await joinAs(server.url, 'a-room-nobody-should-read', { name: 'Nobody Should Read' });
  const second = await joinAs(server.url, 'a-room-nobody-should-read');
  const sdp = 'v=0 nobody-should-read';
  second.client.signal('a-room-nobody-should-read', first.id, {
    call: 'c',
    n: 0,
    description: { type: 'offer', sdp },
  });
  await first.next('signal');
  const junk = await plainAs(server.url, '/default/plain');
  const refused = await fetch(`http://127.0.0.1:${server.port}/healthz`);
  expect(refused.status).toBe(200);
  const fourth = await new RawMember(server.url).opened.catch((error: unknown) => error);
  expect(String(fourth)).toContain('503');
  await server.log.next((line) => line.includes('refused'));
  junk.send('nobody-should-read');
  await junk.next('error');
  first.client.close();
  second.client.close();
  await server.stop();
  const text = server.log.seen.join('\n');
  expect(text).toContain('"from":"127.0.0.0/24"');
  expect(text).not.toMatch(/nobody.should.read|127\.0\.0\.1/i);
  expect(text).not.toContain(first.id);
});
