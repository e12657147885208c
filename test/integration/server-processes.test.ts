import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateIdentity, memberIdOf } from '../../main/signaling/identity';
import { joinAs, numbered, plainAs, TestMember } from '../support/signaling-clients';
import { buildEntries, startEmbedded, startHeadless, withTakenPort } from '../support/signaling-servers';

let entries: Awaited<ReturnType<typeof buildEntries>>;
beforeAll(async () => {
  entries = await buildEntries();
});
afterAll(() => entries.remove());

describe('the embedded server', () => {
  it('takes the next free port where its own is taken, unless it must not', async () => {
    await withTakenPort(async (port) => {
      const server = await startEmbedded(entries.folder, { listen: '127.0.0.1', port });
      expect(server.port).toBeGreaterThan(port);
      await server.stop();
      await expect(
        startEmbedded(entries.folder, { listen: '127.0.0.1', port, fallbackPorts: false }),
      ).rejects.toThrow('port-taken');
    });
  });

  it('can be killed and started again on its port: everyone comes back, and nobody knocks twice', async () => {
    const host = generateIdentity();
    const room = { namespace: 'default', room: 'home', host: memberIdOf('default', host.publicKey) };
    const server = await startEmbedded(entries.folder, {
      listen: '127.0.0.1',
      rooms: [{ ...room, door: 'ask', admitted: [] }],
    });
    const hosting = await joinAs(server.url, 'home', { identity: host });
    const guest = new TestMember({ servers: [server.url] });
    await guest.client.connect();
    guest.client.join('home');
    hosting.client.admit('home', (await hosting.next('knock')).member.id);
    await guest.next('joined');
    const { admitted } = await server.reports.next((report) => report.type === 'admissions');
    expect(admitted).toEqual([guest.id]);

    server.child.kill('SIGKILL');
    await Promise.all([hosting.next('down'), guest.next('down')]);
    const again = await startEmbedded(entries.folder, {
      listen: '127.0.0.1',
      port: server.port,
      fallbackPorts: false,
      rooms: [{ ...room, door: 'ask', admitted }],
    });
    await Promise.all([hosting.next('joined'), guest.next('joined')]);
    expect(guest.heard('knocking')).toHaveLength(1);
    hosting.client.signal('home', guest.id, numbered(1));
    expect((await guest.next('signal')).signal).toEqual(numbered(1));
    hosting.client.close();
    guest.client.close();
    await again.stop();
  });

  it('opens and closes rooms while it runs', async () => {
    const host = generateIdentity();
    const address = { namespace: 'default', room: 'later' };
    const server = await startEmbedded(entries.folder, { listen: '127.0.0.1' });
    const early = new TestMember({ servers: [server.url] });
    await early.client.connect();
    early.client.join('later');
    expect(await early.next('closed')).toMatchObject({ code: 'room-not-open' });
    const hostId = memberIdOf('default', host.publicKey);
    server.command({ type: 'open-room', room: { ...address, host: hostId, door: 'open', admitted: [] } });
    // Commands and sockets are different lines: the host comes in as soon as the command has arrived.
    const hosting = await joinWhenOpen(server.url, host);
    server.command({ type: 'close-room', ...address });
    expect(await hosting.next('closed')).toMatchObject({ code: 'room-not-open' });
    await server.stop();
  });
});

async function joinWhenOpen(
  server: string,
  identity: ReturnType<typeof generateIdentity>,
): Promise<TestMember> {
  for (;;) {
    const member = new TestMember({ servers: [server], identity });
    await member.client.connect();
    member.client.join('later');
    const answer = await member.events.next(({ type }) => type === 'joined' || type === 'closed');
    if (answer.type === 'joined') return member;
  }
}

describe('a server that stood still for longer than its time-out', () => {
  it('gives up nobody who is still there', async () => {
    const server = await startHeadless(entries.folder, ['--heartbeat-ms=800', '--heartbeat-timeout-ms=1600']);
    const [first, second] = [
      await plainAs(server.url, '/default/room'),
      await plainAs(server.url, '/default/room'),
    ];
    const judging = new TestMember({ servers: [server.url], connectTimeoutMs: 500 });
    await judging.client.connect();
    server.child.kill('SIGSTOP');
    // Once the server was silent for its own time-out, and again when it does not answer.
    for (let time = 0; time < 2; time += 1) await judging.next('down');
    server.child.kill('SIGCONT');
    // In the round that comes late, and in one after it.
    for (let time = 0; time < 2; time += 1) await Promise.race([once(first.socket, 'ping'), first.closed]);
    first.send({ type: 'chat' });
    await second.next('chat');
    for (const { socket } of [first, second]) socket.close();
    judging.client.close();
    await server.stop();
  });
});
