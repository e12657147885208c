import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity } from '../../main/signaling/identity';
import { joinAs, numbered, RawMember, typeOf, type TestMember } from '../support/signaling-clients';
import { startFreezingProxy, type FreezingProxy } from '../support/signaling-proxy';
import { startServer } from '../support/signaling-servers';

let server: Awaited<ReturnType<typeof startServer>>;
let proxy: FreezingProxy;
let steady: TestMember;
let shaky: TestMember;

beforeEach(async () => {
  server = await startServer({ heartbeatMs: 50, timeoutMs: 300, graceMs: 5000 });
  proxy = await startFreezingProxy(server.port);
  steady = await joinAs(server.url, 'room');
  shaky = await joinAs(proxy.url, 'room');
  await steady.next('member-joined');
});
afterEach(async () => {
  steady.client.close();
  shaky.client.close();
  await proxy.close();
  await server.close();
});

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Waits until a member has heard the signal with this number. */
function hasHeard(member: TestMember, n: number): Promise<unknown> {
  return member.events.next((event) => event.type === 'signal' && event.signal.n === n);
}

describe.each(['client', 'server', 'both'] as const)(
  'a connection that loses what goes to the %s',
  (toward) => {
    it('brings every frame of both sides over once and in order', async () => {
      const say = (from: number, to: number): void => {
        for (let n = from; n < to; n += 1) {
          expect(steady.client.signal('room', shaky.id, numbered(n))).toBe(true);
          expect(shaky.client.signal('room', steady.id, numbered(n))).toBe(true);
        }
      };
      say(0, 10);
      await Promise.all([hasHeard(steady, 9), hasHeard(shaky, 9)]);
      proxy.freeze(toward);
      say(10, 20);
      // One of the two ends notices first; the client comes back through a new connection.
      await shaky.events.next((event) => event.type === 'up' && event.resumed);
      say(20, 30);
      await Promise.all([hasHeard(steady, 29), hasHeard(shaky, 29)]);
      expect(steady.numbers()).toEqual(upTo(30));
      expect(shaky.numbers()).toEqual(upTo(30));
      expect([...steady.heard('error'), ...shaky.heard('error')]).toEqual([]);
    });
  },
);

it('survives ten resets in a row without losing or doubling a frame', async () => {
  for (let round = 0; round < 10; round += 1) {
    steady.client.signal('room', shaky.id, numbered(2 * round));
    shaky.client.signal('room', steady.id, numbered(2 * round));
    proxy.reset();
    steady.client.signal('room', shaky.id, numbered(2 * round + 1));
    shaky.client.signal('room', steady.id, numbered(2 * round + 1));
    await shaky.events.next((event) => event.type === 'up' && event.resumed);
  }
  await Promise.all([hasHeard(steady, 19), hasHeard(shaky, 19)]);
  expect(steady.numbers()).toEqual(upTo(20));
  expect(shaky.numbers()).toEqual(upTo(20));
});

it('says away and back to the other, with the reason', async () => {
  proxy.freeze('both');
  expect(await steady.next('member-away')).toMatchObject({ member: shaky.id, reason: 'silent' });
  expect(await steady.next('member-back')).toMatchObject({ member: shaky.id });
});

it('delivers nothing of a terminated socket, though its bytes arrive later', async () => {
  const identity = generateIdentity();
  shaky.client.close();
  await steady.next('member-away');
  const watched = await joinAs(server.url, 'other');
  const member = await new RawMember(server.url, { identity }).greet();
  member.send({ type: 'join', seq: 1, room: 'other' });
  await watched.next('member-joined');
  // It neither reads nor answers pings, but goes on writing after the server gave up on it.
  member.socket.pause();
  expect(await watched.next('member-away')).toMatchObject({ reason: 'silent' });
  member.socket.send(
    JSON.stringify({ type: 'signal', seq: 2, room: 'other', to: watched.id, signal: numbered(666) }),
  );
  member.socket.resume();
  await member.closed;
  const again = await new RawMember(server.url, { identity }).greet({
    resume: { member: member.id, lastSeq: 1 },
  });
  await watched.next('member-back');
  again.send({ type: 'signal', seq: 2, room: 'other', to: watched.id, signal: numbered(1) });
  await hasHeard(watched, 1);
  expect(watched.numbers()).toEqual([1]);
  again.socket.close();
  watched.client.close();
});

it('refuses what is more than may wait for a member that is away, and keeps what it took', async () => {
  await steady.client.leave('room');
  const raw = await new RawMember(server.url).greet();
  raw.send({ type: 'join', seq: 1, room: 'room' });
  await raw.message('joined');
  proxy.freeze('both');
  const sent = 80;
  for (let n = 0; n < sent; n += 1) {
    raw.send({ type: 'signal', seq: n + 2, room: 'room', to: shaky.id, signal: numbered(n) });
  }
  const error = await raw.message('error');
  expect(error).toMatchObject({ code: 'peer-unavailable', to: shaky.id });
  await shaky.events.next((event) => event.type === 'up' && event.resumed);
  raw.send({ type: 'signal', seq: sent + 2, room: 'room', to: shaky.id, signal: numbered(sent) });
  await hasHeard(shaky, sent);
  const refused = raw.frames.seen.filter((frame) => typeOf(frame) === 'error').length;
  expect(refused).toBeGreaterThan(0);
  expect(shaky.numbers()).toEqual([...upTo(sent - refused), sent]);
  raw.socket.close();
});
