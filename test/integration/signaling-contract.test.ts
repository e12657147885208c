import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateIdentity, memberIdOf } from '../../main/signaling/identity';
import { joinAs, numbered, plainAs, RawSocket, TestMember } from '../support/signaling-clients';
import { buildEntries, startEmbedded, startHeadless, type ServerProcess } from '../support/signaling-servers';

/** Whoever hosts the rooms, where rooms must be hosted. */
const host = generateIdentity();
const hostId = memberIdOf('default', host.publicKey);
const rooms = ['talk', 'full', 'mixed', 'leaving', 'restless', 'silent'];
const HEARTBEAT = { heartbeatMs: 50, timeoutMs: 400, graceMs: 300 };

let entries: Awaited<ReturnType<typeof buildEntries>>;
beforeAll(async () => {
  entries = await buildEntries();
});
afterAll(() => entries.remove());

const lives: Record<string, () => Promise<ServerProcess>> = {
  headless: () =>
    startHeadless(entries.folder, ['--heartbeat-ms=50', '--heartbeat-timeout-ms=400', '--grace-ms=300']),
  embedded: () =>
    startEmbedded(entries.folder, {
      listen: '127.0.0.1',
      ...HEARTBEAT,
      rooms: rooms.map((room) => ({ namespace: 'default', room, host: hostId, door: 'open', admitted: [] })),
    }),
};

describe.each(Object.entries(lives))('the %s server', (life, start) => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('lets two members exchange signals in both directions', async () => {
    const first = await joinAs(server.url, 'talk', { identity: host, name: 'Ada' });
    const second = await joinAs(server.url, 'talk', { name: 'Bo' });
    expect(second.heard('joined')[0]?.members).toMatchObject([
      { id: hostId, name: 'Ada', device: 'desktop', away: false, plain: false },
    ]);
    expect(second.heard('joined')[0]?.host).toBe(life === 'embedded' ? hostId : null);
    expect((await first.next('member-joined')).member).toMatchObject({ id: second.id, name: 'Bo' });

    first.client.signal('talk', second.id, numbered(0));
    second.client.signal('talk', first.id, numbered(7));
    expect(await second.next('signal')).toMatchObject({ from: first.id, signal: numbered(0) });
    expect(await first.next('signal')).toMatchObject({ from: second.id, signal: numbered(7) });
    first.client.close();
    second.client.close();
  });

  it('frees the seat of a member that leaves at once', async () => {
    const first = await joinAs(server.url, 'leaving', { identity: host });
    const second = await joinAs(server.url, 'leaving');
    await second.client.leave('leaving');
    expect(await first.next('member-left')).toMatchObject({ member: second.id, reason: 'left' });
    const third = await joinAs(server.url, 'leaving');
    for (const member of [first, second, third]) member.client.close();
  });

  it('answers a third member with room-full and closes it with 4409', async () => {
    const first = await joinAs(server.url, 'full', { identity: host });
    const second = await joinAs(server.url, 'full');
    const third = new TestMember({ servers: [server.url] });
    third.client.join('full');
    await third.client.connect();
    expect(await third.next('error')).toMatchObject({ code: 'room-full', room: 'full' });
    expect(await third.next('closed')).toMatchObject({ code: 'room-full' });

    const plain = new RawSocket(`${server.url}/default/full`);
    expect(await plain.next('error')).toEqual({ type: 'error', code: 'room-full' });
    expect(await plain.closed).toEqual({ code: 4409, reason: 'room-full' });
    expect(first.heard('member-joined')).toHaveLength(1);
    first.client.close();
    second.client.close();
  });

  it('translates between a plain member and one with a key', async () => {
    const member = await joinAs(server.url, 'mixed', { identity: host });
    const plain = await plainAs(server.url, '/default/mixed?anything=1');
    const { id, plain: isPlain } = (await member.next('member-joined')).member;
    expect(isPlain).toBe(true);

    plain.send({ type: 'offer', sdp: 'v=0 plain' });
    expect((await member.next('signal')).signal).toEqual({
      call: id,
      n: 0,
      description: { type: 'offer', sdp: 'v=0 plain' },
    });
    member.client.signal('mixed', id, { call: id, n: 0, description: { type: 'answer', sdp: 'v=0 keyed' } });
    expect(await plain.next('answer')).toEqual({ type: 'answer', sdp: 'v=0 keyed' });
    plain.socket.close();
    expect(await member.next('member-left')).toMatchObject({ member: id, reason: 'left' });
    member.client.close();
  });

  it('says away when a socket breaks, back when it returns and left when the grace ends', async () => {
    const first = await joinAs(server.url, 'restless', { identity: host });
    const second = await joinAs(server.url, 'restless');
    const third = new TestMember({ servers: [server.url] });
    await third.client.connect();
    await first.next('member-joined');
    // Not a clean leave: the client only hangs up.
    second.client.close();
    expect(await first.next('member-away')).toMatchObject({ member: second.id, reason: 'closed' });
    expect(await first.next('member-left')).toMatchObject({ member: second.id, reason: 'grace-ended' });
    third.client.join('restless');
    await third.next('joined');
    first.client.close();
    third.client.close();
  });

  it('says away to the other when a member falls silent, though its socket stays open', async () => {
    const first = await joinAs(server.url, 'silent', { identity: host });
    const second = await plainAs(server.url, '/default/silent');
    const { id } = (await first.next('member-joined')).member;
    // A paused socket answers no ping, as a machine that sleeps.
    second.socket.pause();
    expect(await first.next('member-left')).toMatchObject({ member: id });
    second.socket.terminate();
    first.client.close();
  });

  it('answers health checks, says its version, and explains what lives on a room path', async () => {
    const get = async (path: string) => {
      const response = await fetch(new URL(path, server.url.replace('ws:', 'http:')));
      return { status: response.status, text: await response.text() };
    };
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(JSON.parse((await get('/version')).text)).toMatchObject({ name: 'parley' });
    expect((await get('/default/talk')).text).toMatch(/^A Parley room .*\n$/);
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('/a/b/c')).status).toBe(404);
  });

  it('refuses upgrades that name no room address', async () => {
    const refused = request({
      port: server.port,
      host: '127.0.0.1',
      path: '/a/b/c',
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': 13,
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      },
    });
    refused.end();
    const [response] = (await once(refused, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(400);
  });

  it('survives what is no HTTP at all', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.end('\u0000\u0001 nonsense\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    await expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).resolves.toMatchObject({ status: 200 });
  });
});

describe('stopping', () => {
  it.each(Object.keys(lives))('says 1001 to everybody (%s)', async (life) => {
    const server = await lives[life]?.();
    if (!server) throw new Error('no such life');
    const member = new TestMember({ servers: [server.url] });
    await member.client.connect();
    const socket = new RawSocket(`${server.url}/`, ['parley.1']);
    await socket.next('challenge');
    expect(await server.stop()).toBe(0);
    expect(await socket.closed).toMatchObject({ code: 1001 });
    await member.next('down');
    member.client.close();
  });
});
