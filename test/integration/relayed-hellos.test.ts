/** A server that passes another server's challenge on to its own members, to be welcomed there as one of them. */
import { hostname, networkInterfaces } from 'node:os';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { SUBPROTOCOL } from '../../main/signaling/protocol';
import { openWebSocket } from '../../main/signaling/socket-opener';
import { RawSocket, TestMember } from '../support/signaling-clients';
import { buildEntries, startEmbedded, startHeadless } from '../support/signaling-servers';

const EVIL = 'evil.test:9238';

let entries: Awaited<ReturnType<typeof buildEntries>>;
beforeAll(async () => {
  entries = await buildEntries();
});
afterAll(() => entries.remove());

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A server that its members dial as `host`, and that passes on to them what `server` says. @returns its port */
async function startRelay(server: string, host: string): Promise<number> {
  const relay = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => SUBPROTOCOL });
  relay.on('connection', (victim) => {
    const onward = new RawSocket(`${server}/default/`, [SUBPROTOCOL], { host });
    onward.socket.on('message', (data: Buffer) => {
      victim.send(data.toString('utf8'));
    });
    victim.on('message', (data: Buffer) => {
      onward.send(data.toString('utf8'));
    });
    onward.socket.on('close', (code) => {
      victim.close(code);
    });
    victim.on('close', () => {
      onward.socket.terminate();
    });
  });
  await new Promise((resolve) => relay.once('listening', resolve));
  cleanUps.push(() => relay.close());
  return (relay.address() as AddressInfo).port;
}

/** How a first connection ends. @param port where that name leads, as DNS would say; without it, the real thing */
async function outcomeOf(dialled: string, port?: number): Promise<string> {
  const member = new TestMember({
    servers: [`ws://${dialled}`],
    openSocket: (url, listener) =>
      openWebSocket(port === undefined ? url : url.replace(dialled, `127.0.0.1:${port}`), listener),
  });
  cleanUps.push(() => {
    member.client.close();
  });
  return member.client.connect().then(
    () => 'welcome',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
}

/** The addresses a link to this machine can carry, as they stand in a URL. */
function ownAddresses(): string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return interfaces.flatMap((one) => {
    if (one.family === 'IPv4') return [one.address];
    // A link-local address needs its interface, which no URL can name.
    return one.scopeid === 0 ? [`[${one.address}]`] : [];
  });
}

it('refuses what was signed for another server, embedded', async () => {
  const server = await startEmbedded(entries.folder);
  cleanUps.push(() => server.stop());
  expect(await outcomeOf(EVIL, await startRelay(server.url, EVIL))).toBe('wrong-address');
  await server.reports.next((report) => report.type === 'log' && report.event === 'greeting-refused');
  // The same relay by a name of ours: it is the name that was refused.
  const own = `${hostname().toLowerCase()}.local:9238`;
  expect(await outcomeOf(own, await startRelay(server.url, own))).toBe('welcome');
});

it('welcomes whoever dialled an address of this machine, embedded', async () => {
  const server = await startEmbedded(entries.folder);
  cleanUps.push(() => server.stop());
  const dialled = ['localhost', ...ownAddresses()];
  expect(dialled).toContain('127.0.0.1');
  const outcomes = dialled.map(async (host) => [host, await outcomeOf(`${host}:${server.port}`)]);
  expect(await Promise.all(outcomes)).toEqual(dialled.map((host) => [host, 'welcome']));
});

it('refuses what was signed for another server, headless, once it was told its names', async () => {
  const server = await startHeadless(entries.folder, ['--host-name', 'calls.example']);
  cleanUps.push(() => server.stop());
  expect(await outcomeOf(EVIL, await startRelay(server.url, EVIL))).toBe('wrong-address');
  const own = 'calls.example:443';
  expect(await outcomeOf(own, await startRelay(server.url, own))).toBe('welcome');
  expect(await outcomeOf(`127.0.0.1:${server.port}`)).toBe('welcome');
});

it('takes any address for its own, headless, where it was told none', async () => {
  const server = await startHeadless(entries.folder);
  cleanUps.push(() => server.stop());
  const behindProxy = 'calls.example:443';
  expect(await outcomeOf(behindProxy, await startRelay(server.url, behindProxy))).toBe('welcome');
});
