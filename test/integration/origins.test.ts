import { afterEach, expect, it } from 'vitest';
import { RawSocket } from '../support/signaling-clients';
import { startServer } from '../support/signaling-servers';

let server: Awaited<ReturnType<typeof startServer>> | null = null;
afterEach(() => server?.close());

async function outcome(options: { origin?: string; host?: string }): Promise<string> {
  const socket = new RawSocket(`${server?.url ?? ''}/default/room-${Math.random()}`, [], options);
  return socket.opened.then(
    () => {
      socket.socket.terminate();
      return 'open';
    },
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
}
const REFUSED = 'Unexpected server response: 403';

it('lets in who names no origin, and no page unless it is listed', async () => {
  server = await startServer();
  expect(await outcome({})).toBe('open');
  expect(await outcome({ origin: 'https://example.org' })).toBe(REFUSED);
  expect(await outcome({ origin: 'null' })).toBe(REFUSED);
  expect(await outcome({ origin: `http://127.0.0.1:${server.port}` })).toBe(REFUSED);
});

it('lets in exactly the origins that are listed', async () => {
  server = await startServer({ allowOrigins: ['https://example.org', 'null'] });
  expect(await outcome({ origin: 'https://example.org' })).toBe('open');
  expect(await outcome({ origin: 'null' })).toBe('open');
  expect(await outcome({ origin: 'http://example.org' })).toBe(REFUSED);
  expect(await outcome({ origin: 'https://example.org.evil.test' })).toBe(REFUSED);
});

it('lets any page in with *, but not by a host name that is not ours', async () => {
  server = await startServer({ allowOrigins: ['*'], hostNames: ['calls.example'] });
  expect(await outcome({ origin: 'https://anything.test' })).toBe('open');
  expect(await outcome({ origin: 'https://anything.test', host: `localhost:${server.port}` })).toBe('open');
  expect(await outcome({ origin: 'https://anything.test', host: '[::1]:9238' })).toBe('open');
  expect(await outcome({ origin: 'https://anything.test', host: 'calls.example' })).toBe('open');
  expect(await outcome({ origin: 'https://anything.test', host: 'rebound.evil.test' })).toBe(REFUSED);
  // Without a page behind it there is nobody to trick.
  expect(await outcome({ host: 'rebound.evil.test' })).toBe('open');
});

it('refuses sockets beyond its limit with 503', async () => {
  server = await startServer({ maxConnections: 1 });
  const first = new RawSocket(`${server.url}/`);
  await first.opened;
  expect(await outcome({})).toBe('Unexpected server response: 503');
  first.socket.close();
  await first.closed;
});
