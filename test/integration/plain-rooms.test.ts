import { afterEach, beforeEach, expect, it } from 'vitest';
import { joinAs, numbered, plainAs, RawSocket } from '../support/signaling-clients';
import { startServer } from '../support/signaling-servers';

let server: Awaited<ReturnType<typeof startServer>>;
beforeEach(async () => {
  server = await startServer({ graceMs: 2000 });
});
afterEach(() => server.close());

const offer = (sdp: string) => ({ type: 'offer', sdp });
const candidate = (n: number) => ({
  type: 'candidate',
  id: 'audio',
  mlineindex: 0,
  candidate: `candidate:${n}`,
});

it('carries any object between two plain members as it is', async () => {
  const first = await plainAs(server.url, '/ns/room?pc');
  const second = await plainAs(server.url, '/ns/room?app');
  const text = '{"type" : "anything",  "nested": {"a": [1, null, "ü"]}, "__proto__": 1}';
  let heard = '';
  second.socket.on('message', (data) => {
    heard = Buffer.isBuffer(data) ? data.toString() : '';
  });
  first.send(text);
  first.send({ no: 'type' });
  await second.frames.next((frame) => JSON.stringify(frame) === '{"no":"type"}');
  expect(second.frames.seen).toHaveLength(2);
  expect(heard).toBe('{"no":"type"}');
  second.send(offer('back'));
  expect(await first.next('offer')).toEqual(offer('back'));
});

it('keeps the bytes of a frame untouched', async () => {
  const first = await plainAs(server.url, '/ns/bytes');
  const second = await plainAs(server.url, '/ns/bytes');
  const raw: string[] = [];
  second.socket.on('message', (data) => raw.push(Buffer.isBuffer(data) ? data.toString() : ''));
  const text = '{ "type":"x",\t"b":1.0, "a":"\\u0041" }';
  first.send(text);
  await second.next('x');
  expect(raw).toEqual([text]);
});

it('swallows keepAlive', async () => {
  const first = await plainAs(server.url, '/ns/room');
  const second = await plainAs(server.url, '/ns/room');
  first.send({ type: 'keepAlive' });
  first.send(offer('after'));
  await second.next('offer');
  expect(second.frames.seen).toHaveLength(1);
});

it('keeps the last offer and its candidates of a lone member for whoever comes next', async () => {
  const first = await plainAs(server.url, '/ns/room');
  first.send(candidate(0));
  first.send(offer('old'));
  first.send(candidate(1));
  first.send(offer('new'));
  first.send(candidate(2));
  first.send({ type: 'chat', text: 'nobody hears this' });
  first.send(candidate(3));
  const second = await plainAs(server.url, '/ns/room');
  await second.frames.next((frame) => JSON.stringify(frame) === JSON.stringify(candidate(3)));
  expect(second.frames.seen).toEqual([offer('new'), candidate(2), candidate(3)]);
  second.socket.close();
  await second.closed;

  const third = await joinAs(server.url, 'room', { namespace: 'ns' });
  first.send(offer('again'));
  expect((await third.next('signal')).signal).toMatchObject({ description: { type: 'offer', sdp: 'again' } });
  third.client.close();
});

it('keeps at most 256 KiB, whatever else is in the frames', async () => {
  const first = await plainAs(server.url, '/ns/heavy');
  first.send(offer('v=0'));
  for (let n = 0; n < 20; n += 1) first.send({ ...candidate(n), padding: 'x'.repeat(30_000) });
  first.send({ type: 'keepAlive' });
  const third = await plainAs(server.url, '/ns/elsewhere');
  third.socket.close();
  const second = await plainAs(server.url, '/ns/heavy');
  first.send({ type: 'last' });
  await second.next('last');
  expect(second.frames.seen.length).toBe(1 + Math.floor(262_144 / 30_100) + 1);
  first.socket.close();
  second.socket.close();
});

it('keeps at most 64 frames', async () => {
  const first = await plainAs(server.url, '/ns/room');
  first.send(offer('o'));
  for (let n = 0; n < 100; n += 1) first.send(candidate(n));
  const second = await plainAs(server.url, '/ns/room');
  first.send({ type: 'last' });
  await second.next('last');
  expect(second.frames.seen).toHaveLength(65);
});

it('gives the kept offer to a member with a key, as signals of one call', async () => {
  const plain = await plainAs(server.url, '/ns/room');
  plain.send(offer('early'));
  plain.send(candidate(1));
  const member = await joinAs(server.url, 'room', { namespace: 'ns' });
  const id = member.heard('joined')[0]?.members[0]?.id;
  expect((await member.next('signal')).signal).toEqual({
    call: id,
    n: 0,
    description: { type: 'offer', sdp: 'early' },
  });
  expect((await member.next('signal')).signal).toEqual({
    call: id,
    n: 1,
    candidate: { candidate: 'candidate:1', sdpMid: 'audio', sdpMLineIndex: 0 },
  });
  member.client.close();
});

it('sends a plain member nothing but descriptions and candidates', async () => {
  const plain = await plainAs(server.url, '/ns/room');
  const member = await joinAs(server.url, 'room', { namespace: 'ns' });
  const id = member.heard('joined')[0]?.members[0]?.id ?? '';
  member.client.signal('room', id, numbered(0));
  member.client.signal('room', id, {
    call: 'c',
    n: 1,
    candidate: { candidate: 'candidate:7', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'frag' },
  });
  member.client.signal('room', id, { call: 'c', n: 2, bye: true });
  member.client.signal('room', id, { call: 'c', n: 3, description: { type: 'answer', sdp: 'v=0' } });
  await plain.next('answer');
  expect(plain.frames.seen).toEqual([
    { type: 'candidate', id: '0', mlineindex: 0, candidate: 'candidate:7' },
    { type: 'answer', sdp: 'v=0' },
  ]);
  member.client.close();
});

it('drops what a member with a key would not understand', async () => {
  const plain = await plainAs(server.url, '/ns/room');
  const member = await joinAs(server.url, 'room', { namespace: 'ns' });
  plain.send({ type: 'chat', text: 'hello' });
  plain.send({ type: 'offer' });
  plain.send({ type: 'candidate', candidate: 'candidate:1' });
  expect((await member.next('signal')).signal).toMatchObject({
    n: 0,
    candidate: { candidate: 'candidate:1', sdpMid: null, sdpMLineIndex: null },
  });
  member.client.close();
});

it('gives a ?app member the place of the former one, which is told and closed', async () => {
  const pc = await plainAs(server.url, '/ns/room?pc');
  const former = await plainAs(server.url, '/ns/room?app');
  const app = await plainAs(server.url, '/ns/room?app');
  expect(await former.next('error')).toEqual({ type: 'error', code: 'replaced' });
  expect(await former.closed).toEqual({ code: 4410, reason: 'replaced' });
  former.socket.terminate();
  app.send(offer('from the app'));
  expect(await pc.next('offer')).toEqual(offer('from the app'));
  pc.send({ type: 'answer', sdp: 'to the app' });
  expect(await app.next('answer')).toEqual({ type: 'answer', sdp: 'to the app' });
});

it('gives a ?app member the place of any plain member in a full room', async () => {
  const first = await plainAs(server.url, '/ns/room');
  const second = await plainAs(server.url, '/ns/room');
  const app = await plainAs(server.url, '/ns/room?app');
  expect(await first.closed).toMatchObject({ code: 4410 });
  app.send(offer('hello'));
  await second.next('offer');
});

it('never gives a ?app member the place of a member with a key, also not of one that is away', async () => {
  const member = await joinAs(server.url, 'room', { namespace: 'ns' });
  const other = await joinAs(server.url, 'room', { namespace: 'ns' });
  other.client.close();
  await member.next('member-away');
  const app = new RawSocket(`${server.url}/ns/room?app`);
  expect(await app.closed).toMatchObject({ code: 4409 });
  member.client.close();
});

it('puts a socket without a path into default/default', async () => {
  const first = await plainAs(server.url, '/');
  const second = await plainAs(server.url, '/default/default?x=y&app=');
  second.send(offer('hello'));
  await first.next('offer');
});

it('refuses a third plain member', async () => {
  await plainAs(server.url, '/ns/room');
  await plainAs(server.url, '/ns/room');
  const third = new RawSocket(`${server.url}/ns/room`);
  expect(await third.next('error')).toEqual({ type: 'error', code: 'room-full' });
  expect(await third.closed).toEqual({ code: 4409, reason: 'room-full' });
});

it('judges a member that never says anything by its pongs alone', async () => {
  const quick = await startServer({ heartbeatMs: 50, timeoutMs: 400 });
  const quiet = new RawSocket(new URL('/ns/room?pc', quick.url).href);
  const deaf = new RawSocket(new URL('/ns/other?app', quick.url).href, [], { autoPong: false });
  await Promise.all([quiet.opened, deaf.opened]);
  // Three times the time-out in pings; whoever answers them is there, and whoever does not is dropped.
  for (let pings = 0; pings < 24; pings += 1)
    await new Promise((resolve) => quiet.socket.once('ping', resolve));
  expect(quiet.socket.readyState).toBe(quiet.socket.OPEN);
  expect((await deaf.closed).code).toBe(1006);
  quiet.socket.close();
  await quick.close();
});
