import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { TestMember } from '../support/signaling-clients';
import { startServer } from '../support/signaling-servers';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** How a first connection to these servers ends. */
async function outcomeOf(...servers: string[]): Promise<string> {
  const member = new TestMember({ servers, connectTimeoutMs: 1500 });
  cleanUps.push(() => {
    member.client.close();
  });
  return member.client.connect().then(
    () => 'connected',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port where nobody listens: one that was just given back. */
async function closedPort(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  cleanUps.pop();
  await new Promise((resolve) => server.close(resolve));
  return url;
}

it('says server-unreachable where nobody listens, and for a name that is none', async () => {
  expect(await outcomeOf(await closedPort())).toBe('server-unreachable');
  expect(await outcomeOf('ws://nobody.invalid:9238')).toBe('server-unreachable');
});

it('says server-unreachable for a server that never answers', async () => {
  expect(await outcomeOf(await listening(createServer(() => undefined)))).toBe('server-unreachable');
});

it('says not-parley for a web server', async () => {
  const web = createHttpServer((_request, response) => response.end('<h1>hello</h1>'));
  expect(await outcomeOf(await listening(web))).toBe('not-parley');
});

it('says not-parley for something that is not even HTTP', async () => {
  const ssh = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('SSH-2.0-OpenSSH_9.2\r\n');
  });
  expect(await outcomeOf(await listening(ssh))).toBe('not-parley');
});

it('says not-parley for something that hangs up', async () => {
  const rude = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.destroy());
  });
  expect(await outcomeOf(await listening(rude))).toBe('not-parley');
});

it('says not-parley for another WebSocket server, whatever it agrees to', async () => {
  for (const handleProtocols of [() => false as const, (asked: Set<string>) => [...asked][0] ?? false]) {
    const http = createHttpServer();
    const other = new WebSocketServer({ server: http, handleProtocols });
    other.on('connection', (socket) => {
      socket.send('{"type":"hello from a chat"}');
    });
    cleanUps.push(() => {
      for (const socket of other.clients) socket.terminate();
    });
    expect(await outcomeOf(await listening(http))).toBe('not-parley');
  }
});

it('finds the one Parley among several addresses, without waiting for the others', async () => {
  const server = await startServer();
  cleanUps.push(() => server.close());
  const silent = await listening(createServer(() => undefined));
  expect(await outcomeOf(silent, await closedPort(), server.url)).toBe('connected');
});

it('prefers not-parley to server-unreachable when it met both', async () => {
  const web = await listening(createHttpServer((_request, response) => response.end()));
  expect(await outcomeOf(await closedPort(), web)).toBe('not-parley');
});
