import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity, memberIdOf } from '../../main/signaling/identity';
import type { Admissions } from '../../main/signaling/hosted-rooms';
import type { SignalingClientOptions } from '../../main/signaling/client';
import {
  Events,
  joinAs,
  numbered,
  plainAs,
  RawMember,
  RawSocket,
  TestMember,
} from '../support/signaling-clients';
import { ManualClock } from '../support/signaling-clock';
import { startFreezingProxy } from '../support/signaling-proxy';
import { startServer } from '../support/signaling-servers';

const hostIdentity = generateIdentity();
const hostId = memberIdOf('default', hostIdentity.publicKey);
const address = { namespace: 'default', room: 'home' };

let server: Awaited<ReturnType<typeof startServer>>;
let admissions: Events<Admissions>;
const clients: TestMember[] = [];

beforeEach(async () => {
  admissions = new Events();
  server = await startServer({
    mode: 'rooms-opened-by-host',
    graceMs: 200,
    onAdmissionsChanged: (change) => {
      admissions.push(change);
    },
  });
  server.openRoom({ ...address, host: hostId, door: 'ask', admitted: [] });
});
afterEach(async () => {
  for (const { client } of clients.splice(0)) client.close();
  await server.close();
});

async function knockAs(name: string, options: Partial<SignalingClientOptions> = {}): Promise<TestMember> {
  const member = new TestMember({ servers: [server.url], name, ...options });
  clients.push(member);
  await member.client.connect();
  member.client.join('home');
  return member;
}

async function comeHome(): Promise<TestMember> {
  const host = await joinAs(server.url, 'home', { identity: hostIdentity, name: 'Hanna' });
  clients.push(host);
  return host;
}

describe('a hosted room with a door', () => {
  it('asks the host, and lets in who the host admits', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    expect(await guest.next('knocking')).toMatchObject({ room: 'home', hostName: 'Hanna' });
    expect((await host.next('knock')).member).toMatchObject({ id: guest.id, name: 'Gus' });
    host.client.admit('home', guest.id);
    expect(await guest.next('joined')).toMatchObject({ host: hostId, members: [{ id: hostId }] });
    await host.next('knock-ended');
    expect((await host.next('member-joined')).member.id).toBe(guest.id);
    expect((await admissions.next(() => true)).admitted).toEqual([guest.id]);
  });

  it('carries nothing to or from a knocker', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    await guest.next('knocking');
    await host.next('knock');
    guest.client.signal('home', hostId, numbered(0));
    expect(await guest.next('error')).toMatchObject({ code: 'peer-unavailable', to: hostId });
    host.client.signal('home', guest.id, numbered(0));
    expect(await host.next('error')).toMatchObject({ code: 'peer-unavailable', to: guest.id });
    expect(host.heard('signal')).toEqual([]);
    expect(guest.heard('signal')).toEqual([]);
  });

  it('turns away with a reason and 4403, and the next one may still come', async () => {
    const host = await comeHome();
    const first = await knockAs('One');
    const second = await knockAs('Two');
    await host.next('knock');
    await host.next('knock');
    host.client.turnAway('home', first.id);
    expect(await first.next('closed')).toMatchObject({ code: 'turned-away' });
    host.client.admit('home', second.id);
    await second.next('joined');
  });

  it('lets several knock at once, but not any number', async () => {
    const host = await comeHome();
    const knockers = await Promise.all(Array.from({ length: 8 }, (_, n) => knockAs(`K${n}`)));
    await Promise.all(knockers.map((one) => one.next('knocking')));
    expect(host.heard('knock').length).toBeLessThanOrEqual(8);
    const ninth = await knockAs('K9');
    expect(await ninth.next('error')).toMatchObject({ code: 'too-many' });
    expect(await ninth.next('closed')).toMatchObject({ code: 'too-many' });
  });

  it('keeps knocks for a host that is not there yet', async () => {
    const guest = await knockAs('Early');
    expect(await guest.next('knocking')).toMatchObject({ hostName: '' });
    const host = await comeHome();
    expect((await host.next('knock')).member.name).toBe('Early');
    host.client.admit('home', guest.id);
    await guest.next('joined');
  });

  it('keeps a host whose door is knocked at faster than it can acknowledge, and says who waits in the end', async () => {
    const host = await comeHome();
    const restless = await Promise.all([1, 2, 3, 4, 5].map(() => new RawMember(server.url).greet()));
    const times = 40;
    for (const member of restless) {
      for (let n = 0; n < times; n += 1) {
        if (n > 0) member.send({ seq: 2 * n, type: 'leave', room: 'home' });
        member.send({ seq: 2 * n + 1, type: 'join', room: 'home' });
      }
    }
    for (const member of restless) for (let n = 0; n < times; n += 1) await member.message('knocking');
    const waiting = (): Set<string> => {
      const ids = new Set<string>();
      for (const event of host.events.seen) {
        if (event.type === 'knock') ids.add(event.member.id);
        if (event.type === 'knock-ended') ids.delete(event.member);
      }
      return ids;
    };
    await expect.poll(waiting, { timeout: 15_000 }).toEqual(new Set(restless.map(({ id }) => id)));
    expect(host.heard('down')).toEqual([]);
    for (const { socket } of restless) socket.close();
  });

  it('tells the host when a knocker gives up', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    await host.next('knock');
    await guest.client.leave('home');
    expect(await host.next('knock-ended')).toMatchObject({ member: guest.id });
    const plain = await plainAs(server.url, '/default/home');
    const { id } = (await host.next('knock')).member;
    plain.socket.close();
    expect(await host.next('knock-ended')).toMatchObject({ member: id });
  });

  it('tells a knocker that was away when it was turned away, rather than letting it knock again', async () => {
    const host = await comeHome();
    const proxy = await startFreezingProxy(server.port);
    const guest = await knockAs('Gus', { servers: [proxy.url] });
    await guest.next('knocking');
    await host.next('knock');
    proxy.reset();
    await guest.next('down');
    host.client.turnAway('home', guest.id);
    expect(await guest.next('closed')).toMatchObject({ code: 'turned-away' });
    expect(host.heard('knock')).toHaveLength(1);
    await proxy.close();
  });

  it('does not lengthen the grace of a seat elsewhere by turning its owner away meanwhile', async () => {
    const clock = new ManualClock();
    const slow = await startServer({
      mode: 'rooms-opened-by-host',
      clock,
      graceMs: 200,
      heartbeatMs: 60_000,
      timeoutMs: 120_000,
    });
    slow.openRoom({ ...address, host: hostId, door: 'ask', admitted: [] });
    slow.openRoom({ ...address, room: 'garden', host: hostId, door: 'open', admitted: [] });
    const host = await joinAs(slow.url, 'home', { identity: hostIdentity });
    host.client.join('garden');
    const guest = await joinAs(slow.url, 'garden');
    guest.client.join('home');
    await guest.next('knocking');
    guest.client.close();
    await host.next('member-away');
    clock.advance(150);
    host.client.turnAway('home', guest.id);
    await host.next('knock-ended');
    clock.advance(50);
    expect(await host.next('member-left')).toMatchObject({ room: 'garden', reason: 'grace-ended' });
    host.client.close();
    await slow.close();
  });

  it('tells everybody who waits that the room is full as soon as it is, and the host that they are gone', async () => {
    const host = await comeHome();
    const first = await knockAs('One');
    await host.next('knock');
    const second = await knockAs('Two');
    await host.next('knock');
    const plain = await plainAs(server.url, '/default/home');
    const plainId = (await host.next('knock')).member.id;
    host.client.admit('home', first.id);
    expect(await second.next('error')).toMatchObject({ code: 'room-full', room: 'home' });
    expect(await second.next('closed')).toMatchObject({ code: 'room-full' });
    expect(await plain.next('error')).toEqual({ type: 'error', code: 'room-full' });
    expect(await plain.closed).toMatchObject({ code: 4409 });
    await first.next('joined');
    await host.next('member-joined');
    expect(host.heard('knock-ended').map(({ member }) => member)).toEqual([first.id, second.id, plainId]);

    // A host that answers before it heard so is told nothing new.
    host.client.admit('home', second.id);
    const third = await knockAs('Three');
    expect(await third.next('closed')).toMatchObject({ code: 'room-full' });
    expect(host.heard('error')).toEqual([]);
    expect(host.heard('knock-ended')).toHaveLength(3);
  });

  it('tells who waits that the room is full when somebody comes in who need not knock', async () => {
    const known = generateIdentity();
    const room = { ...address, room: 'known', host: hostId, door: 'ask' as const };
    server.openRoom({ ...room, admitted: [memberIdOf('default', known.publicKey)] });
    const waiting = new TestMember({ servers: [server.url] });
    clients.push(waiting);
    await waiting.client.connect();
    waiting.client.join('known');
    await waiting.next('knocking');
    clients.push(await joinAs(server.url, 'known', { identity: known }));
    expect(await waiting.next('closed')).toMatchObject({ code: 'room-full' });
  });

  it('keeps the seat of the host whoever comes first', async () => {
    server.openRoom({ ...address, host: hostId, door: 'open', admitted: [] });
    const first = await knockAs('One');
    await first.next('joined');
    const second = await knockAs('Two');
    expect(await second.next('closed')).toMatchObject({ code: 'room-full' });
    const host = await comeHome();
    expect(host.heard('joined')[0]?.members.map(({ id }) => id)).toEqual([first.id]);
  });

  it('lets the first in when the door opens, and tells the others that the room is full', async () => {
    const host = await comeHome();
    const first = await knockAs('One');
    await host.next('knock');
    const second = await knockAs('Two');
    await host.next('knock');
    host.client.setDoor('home', 'open');
    await first.next('joined');
    expect(await second.next('closed')).toMatchObject({ code: 'room-full' });
    await host.next('member-joined');
    expect(host.heard('knock-ended').map(({ member }) => member)).toEqual([first.id, second.id]);
  });

  it('lets only the host answer', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    await host.next('knock');
    guest.client.admit('home', guest.id);
    expect(await guest.next('error')).toMatchObject({ code: 'unauthorized', room: 'home' });
    guest.client.setDoor('home', 'open');
    expect(await guest.next('error')).toMatchObject({ code: 'unauthorized', room: 'home' });
    expect(guest.heard('joined')).toEqual([]);
  });

  it('holds what a plain knocker says until it is let in', async () => {
    const host = await comeHome();
    const plain = await plainAs(server.url, '/default/home');
    plain.send({ type: 'offer', sdp: 'v=0 early' });
    plain.send({ type: 'candidate', id: '0', mlineindex: 0, candidate: 'candidate:1' });
    const { member } = await host.next('knock');
    expect(member.plain).toBe(true);
    host.client.admit('home', member.id);
    expect((await host.next('signal')).signal).toMatchObject({
      n: 0,
      description: { type: 'offer', sdp: 'v=0 early' },
    });
    expect((await host.next('signal')).signal).toMatchObject({
      n: 1,
      candidate: { candidate: 'candidate:1', sdpMid: '0' },
    });
    // Plain clients know no presence: they heard nothing at all.
    expect(plain.frames.seen).toEqual([]);
  });

  it('turns a plain knocker away with 4403', async () => {
    const host = await comeHome();
    const plain = await plainAs(server.url, '/default/home');
    host.client.turnAway('home', (await host.next('knock')).member.id);
    expect(await plain.next('error')).toEqual({ type: 'error', code: 'turned-away' });
    expect(await plain.closed).toMatchObject({ code: 4403 });
  });

  it('closes when the host leaves: the guest hears it and who comes is told that the room is not open', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    await host.next('knock');
    host.client.admit('home', guest.id);
    await guest.next('joined');
    await host.client.leave('home');
    expect(await guest.next('member-left')).toMatchObject({ member: hostId, reason: 'left' });
    expect(await guest.next('closed')).toMatchObject({ code: 'room-not-open' });
    const late = await knockAs('Late');
    expect(await late.next('closed')).toMatchObject({ code: 'room-not-open' });
  });

  it('opens again with nobody in it, and who was inside before knocks like anybody', async () => {
    const host = await comeHome();
    const identity = generateIdentity();
    const guest = await knockAs('Gus', { identity });
    await host.next('knock');
    host.client.admit('home', guest.id);
    await guest.next('joined');
    await host.client.leave('home');
    server.openRoom({ ...address, host: hostId, door: 'ask', admitted: [] });
    host.client.join('home');
    expect(await host.next('joined')).toMatchObject({ members: [] });
    await guest.next('closed');
    const again = await knockAs('Gus', { identity });
    await again.next('knocking');
    expect((await host.next('knock')).member.id).toBe(guest.id);
  });

  it('tells who waits that the room is not open when the host leaves', async () => {
    const host = await comeHome();
    const waiting = await knockAs('Wim');
    await host.next('knock');
    await host.client.leave('home');
    expect(await waiting.next('closed')).toMatchObject({ code: 'room-not-open' });
  });

  it('tells everybody inside when it is closed from outside', async () => {
    server.openRoom({ ...address, host: hostId, door: 'open', admitted: [] });
    const guest = await knockAs('Gus');
    await guest.next('joined');
    const plain = new RawSocket(`${server.url}/default/elsewhere`);
    expect(await plain.closed).toMatchObject({ code: 4404, reason: 'room-not-open' });
    server.closeRoom(address);
    expect(await guest.next('closed')).toMatchObject({ code: 'room-not-open' });
  });
});

describe('an admission', () => {
  it('lets a member back in within its grace without a second knock, and its knock survives a broken socket', async () => {
    const host = await comeHome();
    const identity = generateIdentity();
    const guest = await knockAs('Gus', { identity });
    await host.next('knock');
    guest.client.close();
    const again = await knockAs('Gus', { identity });
    await again.next('knocking');
    expect(host.heard('knock')).toHaveLength(1);
    host.client.admit('home', again.id);
    await again.next('joined');
    again.client.close();
    await host.next('member-away');
    const third = await knockAs('Gus', { identity });
    await third.next('joined');
    await host.next('member-back');
  });

  it('is handed to a restarted server, where the member comes back without a knock', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    await host.next('knock');
    host.client.admit('home', guest.id);
    await guest.next('joined');
    const { admitted } = await admissions.next(() => true);
    const { port } = server;
    await server.close();
    await guest.next('down');

    const rooms = [{ ...address, host: hostId, door: 'ask' as const, admitted }];
    server = await startServer({ mode: 'rooms-opened-by-host' }, { port, rooms });
    await guest.events.next((event) => event.type === 'up' && !event.resumed);
    await host.next('down');
    await host.next('up');
    await host.next('joined');
    await guest.next('joined');
    expect(guest.heard('knocking')).toHaveLength(1);
    host.client.signal('home', guest.id, numbered(5));
    expect((await guest.next('signal')).signal).toEqual(numbered(5));
  });

  it('ends with a clean leave', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    await host.next('knock');
    host.client.admit('home', guest.id);
    await guest.next('joined');
    await guest.client.leave('home');
    await admissions.next(({ admitted }) => admitted.length === 0);
    guest.client.join('home');
    await guest.next('knocking');
  });

  it('ends with the grace, also on a restarted server', async () => {
    const host = await comeHome();
    const guest = await knockAs('Gus');
    await host.next('knock');
    host.client.admit('home', guest.id);
    await guest.next('joined');
    guest.client.close();
    await admissions.next(({ admitted }) => admitted.length === 0);

    server.openRoom({
      namespace: 'default',
      room: 'second',
      host: hostId,
      door: 'ask',
      admitted: [guest.id],
    });
    expect(await admissions.next(({ room }) => room === 'second')).toMatchObject({ admitted: [] });
  });
});
