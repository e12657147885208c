/** An operator restarts a server: members are told, sent away one by one, and come back by themselves. */
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import { copyFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { connect as tlsConnect } from 'node:tls';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates';
import { joinAs, numbered, plainAs, RawMember } from '../support/signaling-clients';
import { buildEntries, startHeadless } from '../support/signaling-servers';

let entries: Awaited<ReturnType<typeof buildEntries>>;
beforeAll(async () => {
  entries = await buildEntries();
});
afterAll(() => entries.remove());

const ended = (child: { once: (event: 'exit', done: (code: number | null) => void) => unknown }) =>
  new Promise<number | null>((resolve) => child.once('exit', resolve));

it('tells members when to come back, closes with 1001 and exits 0; they come back and go on', async () => {
  const server = await startHeadless(entries.folder, ['--drain-seconds', '2']);
  const [first, second] = [await joinAs(server.url, 'room'), await joinAs(server.url, 'room')];
  const plain = await plainAs(server.url, '/default/other');
  const exit = ended(server.child);
  server.child.kill('SIGTERM');

  const hint = await first.next('draining');
  expect(hint.retryAfterMs).toBeGreaterThanOrEqual(1000);
  const down = await first.next('down');
  expect(down.retryInMs).toBeGreaterThanOrEqual(hint.retryAfterMs);
  expect(await plain.closed).toEqual({ code: 1001, reason: 'draining' });
  expect(await exit).toBe(0);

  const again = await startHeadless(entries.folder, ['--port', String(server.port)]);
  // The last `--port` counts, so it is the same one.
  expect(again.port).toBe(server.port);
  await Promise.all(
    [first, second].map((member) => member.events.next((event) => event.type === 'joined', 30_000)),
  );
  second.client.signal('room', first.id, numbered(1));
  expect((await first.next('signal')).signal).toEqual(numbered(1));
  first.client.close();
  second.client.close();
  await again.stop();
});

it('is not ready while it drains, and lets nobody in, but goes on for those who are in', async () => {
  const server = await startHeadless(entries.folder, ['--drain-seconds', '60']);
  const http = `http://127.0.0.1:${server.port}`;
  expect((await fetch(`${http}/readyz`)).status).toBe(200);
  const member = await joinAs(server.url, 'room');
  const other = await joinAs(server.url, 'room');
  server.child.kill('SIGTERM');
  await member.next('draining');
  expect((await fetch(`${http}/readyz`)).status).toBe(503);
  expect((await fetch(`${http}/healthz`)).status).toBe(200);
  const late = new WebSocket(`${server.url}/ns/room`);
  const refusal = await new Promise<{ status: number | undefined; retry: string | undefined }>((resolve) => {
    late.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve({ status: response.statusCode, retry: response.headers['retry-after'] });
    });
    late.on('error', () => undefined);
  });
  expect(refusal).toEqual({ status: 503, retry: '5' });

  // Who asks again does not want to wait.
  const exit = ended(server.child);
  const again = setInterval(() => server.child.kill('SIGTERM'), 50);
  expect(await exit).toBe(0);
  clearInterval(again);
  member.client.close();
  other.client.close();
});

it('takes what a terminal and npm both say of one Ctrl-C for one wish', async () => {
  const server = await startHeadless(entries.folder, ['--drain-seconds', '1']);
  const member = await joinAs(server.url, 'room');
  const plain = await plainAs(server.url, '/default/other');
  const exit = ended(server.child);
  // Two of a kind that nobody has heard yet would be one to the system.
  server.child.kill('SIGINT');
  server.child.kill('SIGTERM');
  await member.next('draining');
  expect(await plain.closed).toEqual({ code: 1001, reason: 'draining' });
  expect(await exit).toBe(0);
  member.client.close();
});

it('does not wait for members that never answer, nor when there are none', async () => {
  const busy = await startHeadless(entries.folder, ['--drain-seconds', '1']);
  const member = await plainAs(busy.url, '/ns/room');
  member.socket.pause();
  expect(await busy.stop()).toBe(0);
  member.socket.terminate();

  const idle = await startHeadless(entries.folder, ['--drain-seconds', '3600']);
  const silent = connect(idle.port, '127.0.0.1');
  silent.on('error', () => undefined);
  await new Promise((resolve) => silent.once('connect', resolve));
  expect(await idle.stop()).toBe(0);
  silent.destroy();
});

describe('with a certificate', () => {
  it('speaks wss and https, and takes a new certificate without dropping anybody', async () => {
    const [first, second] = await Promise.all([
      makeCertificate(entries.folder),
      makeCertificate(entries.folder),
    ]);
    const server = await startHeadless(entries.folder, ['--tls-cert', first.cert, '--tls-key', first.key]);
    const url = `wss://127.0.0.1:${server.port}`;
    const join = async (): Promise<RawMember> => {
      const member = await new RawMember(url, { ca: first.pem }).greet();
      member.send({ type: 'join', seq: 1, room: 'room' });
      await member.message('joined');
      return member;
    };
    const [host, guest] = [await join(), await join()];
    const health = await new Promise<number | undefined>((resolve, reject) => {
      httpsGet(`https://127.0.0.1:${server.port}/healthz`, { ca: first.pem }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(health).toBe(200);

    // Says a few bytes of a handshake and then nothing; must not hold up the end.
    const half = connect(server.port, '127.0.0.1');
    half.on('error', () => undefined).write(Buffer.from([22, 3, 1, 2, 0, 1]));

    await copyFile(second.cert, first.cert);
    server.child.kill('SIGHUP');
    // A certificate without its key: the one in use stays, and the operator can read why.
    await server.log.next((line) => line.includes('certificate-refused'));
    await copyFile(second.key, first.key);
    server.child.kill('SIGHUP');
    await server.log.next((line) => line.includes('certificate-read-again'));
    expect(await fingerprintAt(server.port)).toBe(new X509Certificate(second.pem).fingerprint256);

    guest.send({ type: 'signal', seq: 2, room: 'room', to: host.id, signal: numbered(1) });
    expect((await host.message('signal')).signal).toEqual(numbered(1));
    host.socket.close();
    guest.socket.close();
    expect(await server.stop()).toBe(0);
    half.destroy();
  });

  it('has five seconds for the handshake and the headers together', async () => {
    const { cert, key } = await makeCertificate(entries.folder);
    const server = await startHeadless(entries.folder, ['--tls-cert', cert, '--tls-key', key]);
    const half = connect(server.port, '127.0.0.1');
    half.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    const slow = tlsConnect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
    slow.write('GET /ns/room HTTP/1.1\r\nHost: x\r\n');
    const startedAt = performance.now();
    const [handshakeMs = 0, headersMs = 0] = await Promise.all(
      [half, slow].map(async (socket) => {
        socket.on('error', () => undefined).resume();
        await new Promise((resolve) => socket.once('close', resolve));
        return performance.now() - startedAt;
      }),
    );
    // A check of the headers comes ten times in their time.
    expect(handshakeMs + headersMs).toBeLessThan(6500);
    await server.stop();
  });
});

it('goes on after SIGHUP where there is nothing to read again', async () => {
  const server = await startHeadless(entries.folder);
  server.child.kill('SIGHUP');
  await server.log.next((line) => line.includes('nothing-to-read-again'));
  const member = await joinAs(server.url, 'room');
  member.client.close();
  expect(await server.stop()).toBe(0);
});

async function fingerprintAt(port: number): Promise<string> {
  const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
