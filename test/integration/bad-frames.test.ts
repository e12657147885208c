import { connect } from 'node:net';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { joinAs, numbered, plainAs, RawMember, type TestMember } from '../support/signaling-clients';
import { startServer } from '../support/signaling-servers';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** An honest pair beside every offender, in the same process. */
let honest: [TestMember, TestMember];
beforeEach(async ({ task }) => {
  const room = `honest ${task.id}`;
  honest = [await joinAs(server.url, room), await joinAs(server.url, room)];
});
afterEach(async ({ task }) => {
  const [first, second] = honest;
  first.client.signal(`honest ${task.id}`, second.id, numbered(1));
  expect((await second.next('signal')).signal).toEqual(numbered(1));
  expect([...first.heard('down'), ...second.heard('down')]).toEqual([]);
  first.client.close();
  second.client.close();
});

const JUNK = [
  '',
  'not json',
  '[]',
  '"text"',
  'null',
  '{}',
  '{"type":"hello"}',
  '{"type":"join","seq":1}',
  '{"type":"join","seq":"1","room":"a"}',
  '{"type":"join","seq":1,"room":""}',
  '{"type":"join","seq":-1,"room":"a\\u0000b"}',
  '{"type":"signal","seq":1,"room":"a","to":"b","signal":{}}',
  '{"type":"ack","seq":99}',
  '{"type":"toString","seq":1}',
  '{"__proto__":{"type":"join"},"seq":1}',
  '['.repeat(5000),
];

it.each(JUNK)('answers %j with bad-message three times, then closes with 4400', async (junk) => {
  const member = await new RawMember(server.url).greet();
  for (let n = 0; n < 4; n += 1) member.send(junk);
  expect(await member.closed).toEqual({ code: 4400, reason: 'bad-message' });
  const errors = member.frames.seen.filter(
    (frame) => JSON.stringify(frame) === '{"type":"error","code":"bad-message"}',
  );
  expect(errors).toHaveLength(3);
});

it('answers junk before the hello in the same way', async () => {
  const member = new RawMember(server.url);
  await member.message('challenge');
  for (let n = 0; n < 4; n += 1) member.send({ type: 'join', seq: 1, room: 'a' });
  expect(await member.closed).toMatchObject({ code: 4400 });
});

it('goes on with the good frames after a bad one that carried the next number', async () => {
  const member = await new RawMember(server.url).greet();
  member.send({ type: 'join', seq: 1, room: 'good' });
  await member.message('joined');
  member.send({ type: 'unheard-of', seq: 2 });
  expect(await member.next('error')).toEqual({ type: 'error', code: 'bad-message' });
  member.send({ type: 'join', seq: 3, room: 'better' });
  expect(await member.message('joined')).toMatchObject({ room: 'better' });
  member.socket.close();
});

it('takes a gap in the numbers for a bad message, and drops duplicates without a word', async () => {
  const watcher = await joinAs(server.url, 'counting');
  const member = await new RawMember(server.url).greet();
  member.send({ type: 'join', seq: 1, room: 'counting' });
  await member.message('joined');
  const signal = (seq: number) => ({
    type: 'signal',
    seq,
    room: 'counting',
    to: watcher.id,
    signal: numbered(seq),
  });
  member.send(signal(2));
  member.send(signal(2));
  member.send(signal(4));
  expect(await member.next('error')).toEqual({ type: 'error', code: 'bad-message' });
  member.send(signal(3));
  await watcher.events.next((event) => event.type === 'signal' && event.signal.n === 3);
  expect(watcher.numbers()).toEqual([2, 3]);
  member.socket.close();
  watcher.client.close();
});

it('closes a binary frame with 4400', async () => {
  const member = await new RawMember(server.url).greet();
  member.socket.send(randomBytes(10));
  expect(await member.closed).toMatchObject({ code: 4400 });
  const plain = await plainAs(server.url, '/default/binary');
  plain.socket.send(randomBytes(10));
  expect(await plain.closed).toMatchObject({ code: 4400 });
});

it('closes a frame over 64 KiB with 1009', async () => {
  const member = await new RawMember(server.url).greet();
  member.send('x'.repeat(64 * 1024 + 1));
  expect(await member.closed).toMatchObject({ code: 1009 });
});

it('closes a text frame that is not UTF-8 with 1007', async () => {
  const member = await new RawMember(server.url).greet();
  member.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
  expect(await member.closed).toMatchObject({ code: 1007 });
});

it('closes a message in too many fragments with 1008', async () => {
  const member = await new RawMember(server.url).greet();
  for (let n = 0; n < 65; n += 1) member.socket.send('x', { fin: false });
  expect(await member.closed).toMatchObject({ code: 1008 });
});

it('takes a message in a few fragments', async () => {
  const member = await new RawMember(server.url).greet();
  member.socket.send('{"type":"join",', { fin: false });
  member.socket.send('"seq":1,"room":"pieces"}', { fin: true });
  await member.message('joined');
  member.socket.close();
});

it('closes unmasked, reserved and unknown frames with 1002', async () => {
  for (const frame of [
    [0x81, 0x01, 0x41],
    [0xc1, 0x80, 0, 0, 0, 0],
    [0x83, 0x80, 0, 0, 0, 0],
  ]) {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `GET /default/raw HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    );
    await once(socket, 'data');
    const bytes: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => bytes.push(chunk));
    socket.write(Buffer.from(frame));
    socket.end();
    await once(socket, 'close');
    // A close frame with its code; pings may come before it.
    expect(Buffer.concat(bytes).toString('hex')).toContain('880203ea');
  }
});

it('answers plain junk three times, then closes with 4400', async () => {
  const plain = await plainAs(server.url, '/default/plain-junk');
  for (const junk of ['[]', '7', 'nonsense', '"offer"']) plain.send(junk);
  expect(await plain.closed).toEqual({ code: 4400, reason: 'bad-message' });
  expect(plain.frames.seen).toHaveLength(3);
});

it('refuses a room more than a member may sit in, and keeps the others', async () => {
  const member = await new RawMember(server.url).greet();
  for (let seq = 1; seq <= 16; seq += 1) member.send({ type: 'join', seq, room: `many-${seq}` });
  for (let n = 0; n < 16; n += 1) await member.message('joined');
  member.send({ type: 'join', seq: 17, room: 'too-many' });
  expect(await member.message('error')).toMatchObject({ code: 'too-many', room: 'too-many' });
  member.send({ type: 'leave', seq: 18, room: 'many-1' });
  member.send({ type: 'join', seq: 19, room: 'too-many' });
  await member.message('joined');
  member.socket.close();
});
