import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateIdentity } from '../../main/signaling/identity';
import { joinAs, numbered, plainAs, RawMember, TestMember } from '../support/signaling-clients';
import { startFreezingProxy, type FreezingProxy } from '../support/signaling-proxy';
import { startServer } from '../support/signaling-servers';

let server: Awaited<ReturnType<typeof startServer>>;
let proxy: FreezingProxy;
beforeEach(async () => {
  server = await startServer({ heartbeatMs: 50, timeoutMs: 300, graceMs: 400 });
  proxy = await startFreezingProxy(server.port);
});
afterEach(async () => {
  await proxy.close();
  await server.close();
});

it('keeps the seat of a member that is away: a third finds the room full until the grace ends', async () => {
  const first = await joinAs(server.url, 'room');
  const second = await joinAs(server.url, 'room');
  second.client.close();
  await first.next('member-away');
  const third = new TestMember({ servers: [server.url] });
  await third.client.connect();
  third.client.join('room');
  expect(await third.next('closed')).toMatchObject({ code: 'room-full' });
  expect(await first.next('member-left')).toMatchObject({ member: second.id, reason: 'grace-ended' });
  const fourth = await joinAs(server.url, 'room');
  first.client.close();
  fourth.client.close();
});

it('gives a restarted app its own seat, and no frame of before', async () => {
  const identity = generateIdentity();
  const first = await joinAs(server.url, 'room');
  const second = await joinAs(server.url, 'room', { identity });
  second.client.close();
  await first.next('member-away');
  first.client.signal('room', second.id, numbered(1));
  const restarted = new TestMember({ servers: [server.url], identity });
  expect(await restarted.client.connect()).toMatchObject({ resumed: false, self: second.id });
  restarted.client.join('room');
  expect((await restarted.next('joined')).members).toMatchObject([{ id: first.id, away: false }]);
  await first.next('member-back');
  first.client.signal('room', second.id, numbered(2));
  await restarted.next('signal');
  expect(restarted.numbers()).toEqual([2]);
  first.client.close();
  restarted.client.close();
});

it('frees the seat of a room that a restarted app does not ask for again', async () => {
  const identity = generateIdentity();
  const first = await joinAs(server.url, 'old');
  const second = await joinAs(server.url, 'old', { identity });
  const restarted = await joinAs(server.url, 'new', { identity });
  expect(await second.next('closed')).toMatchObject({ code: 'replaced' });
  expect(await first.next('member-left')).toMatchObject({ member: second.id, reason: 'grace-ended' });
  // Nothing of the old room reached the app that had forgotten it.
  expect(restarted.events.seen.filter((event) => 'room' in event && event.room === 'old')).toEqual([]);
  first.client.close();
  restarted.client.close();
});

it('tells a restarted app that its signal did not arrive, also in a room that it has not asked for again', async () => {
  const members = [generateIdentity(), generateIdentity()].map((identity) => ({ identity }));
  for (const { identity } of members) {
    const before = await new RawMember(server.url, { identity }).greet();
    before.send({ type: 'join', seq: 1, room: 'room' });
    await before.message('joined');
  }
  // Both apps start again: their seats are kept, but neither knows of the room yet.
  const [first, second] = await Promise.all(
    members.map(({ identity }) => new RawMember(server.url, { identity }).greet()),
  );
  first?.send({ type: 'signal', seq: 1, room: 'room', to: second?.id, signal: numbered(1) });
  expect(await first?.message('error')).toMatchObject({ code: 'peer-unavailable', to: second?.id });
  first?.socket.close();
  second?.socket.close();
});

it('joins again by itself when the server has forgotten, as after a restart of the server', async () => {
  const first = await joinAs(server.url, 'room');
  const second = await joinAs(server.url, 'room');
  await first.next('member-joined');
  const { port } = server;
  await server.close();
  await Promise.all([first.next('down'), second.next('down')]);
  server = await startServer({}, { port });
  await Promise.all([first.next('joined'), second.next('joined')]);
  first.client.signal('room', second.id, numbered(3));
  expect((await second.next('signal')).signal).toEqual(numbered(3));
  first.client.close();
  second.client.close();
});

it('says away of a member that is away to one that joins meanwhile', async () => {
  const first = await joinAs(server.url, 'room');
  const second = await joinAs(server.url, 'room');
  await second.client.leave('room');
  first.client.close();
  const third = new RawMember(server.url);
  await third.greet();
  await expect.poll(() => server.connectionCount).toBe(2);
  third.send({ type: 'join', seq: 1, room: 'room' });
  expect((await third.message('joined')).members).toMatchObject([{ id: first.id, away: true }]);
  third.socket.close();
  second.client.close();
});

it('answers a second join of the same room with the members of now, and announces nobody twice', async () => {
  const first = await joinAs(server.url, 'room');
  const second = await joinAs(server.url, 'room');
  second.client.join('room');
  expect((await second.next('joined')).members).toMatchObject([{ id: first.id }]);
  first.client.signal('room', second.id, numbered(1));
  await second.next('signal');
  expect(first.heard('member-joined')).toHaveLength(1);
  expect(first.heard('member-back')).toEqual([]);
  first.client.close();
  second.client.close();
});

it('takes a room in the path for a first join', async () => {
  const first = await joinAs(server.url, 'room');
  const second = new RawMember(server.url, { path: '/default/room' });
  await second.greet();
  expect((await second.message('joined')).members).toMatchObject([{ id: first.id }]);
  expect((await first.next('member-joined')).member.id).toBe(second.id);
  second.socket.close();
  first.client.close();
});

it('lets members of different namespaces never hear of each other', async () => {
  const first = await joinAs(server.url, 'room', { namespace: 'one' });
  const second = await joinAs(server.url, 'room', { namespace: 'two' });
  expect(second.heard('joined')[0]?.members).toEqual([]);
  second.client.signal('room', first.id, numbered(1));
  expect(await second.next('error')).toMatchObject({ code: 'peer-unavailable', to: first.id });
  expect(first.heard('member-joined')).toEqual([]);
  expect(first.heard('signal')).toEqual([]);
  first.client.close();
  second.client.close();
});

it('tells nobody of a lost socket when the seat is taken over before anyone noticed', async () => {
  const first = await joinAs(server.url, 'room');
  const second = await joinAs(proxy.url, 'room');
  await first.next('member-joined');
  proxy.freeze('client');
  // The machine woke up; the probe finds the connection dead long before its time-out.
  second.client.reconnectNow();
  await second.events.next((event) => event.type === 'up' && event.resumed);
  second.client.signal('room', first.id, numbered(1));
  await first.next('signal');
  expect(first.numbers()).toEqual([1]);
  first.client.close();
  second.client.close();
});

it('terminates a reader that lets a mebibyte pile up', async () => {
  const slow = await plainAs(server.url, '/default/flood');
  const fast = await plainAs(server.url, '/default/flood');
  slow.socket.pause();
  const frame = JSON.stringify({ type: 'flood', text: 'x'.repeat(60_000) });
  // What the kernel buffers on the way is its own business; the flood ends with the reader's seat.
  while (server.connectionCount === 2) {
    await new Promise<void>((resolve) => {
      fast.socket.send(frame, () => {
        resolve();
      });
    });
  }
  expect(fast.socket.readyState).toBe(fast.socket.OPEN);
  slow.socket.terminate();
  fast.socket.close();
});
