import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { PING_FRAME, textFrame } from '../../../../main/signaling/text-frame';

let server: WebSocketServer;
let client: WebSocket;
let stream: Duplex;
let heard: (string | null)[] = [];

beforeAll(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (_socket, request) => (stream = request.socket));
  await once(server, 'listening');
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('message', (data: Buffer, isBinary) => heard.push(isBinary ? null : data.toString('utf8')));
  await once(client, 'open');
});
afterAll(() => {
  client.terminate();
  server.close();
});

/** What ws reads from these bytes and a ping after them. */
async function read(bytes: Buffer): Promise<(string | null)[]> {
  heard = [];
  const pinged = once(client, 'ping');
  stream.write(bytes);
  stream.write(PING_FRAME);
  await pinged;
  return heard;
}

it('is read back by ws as it was said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
      expect(await read(textFrame(text))).toEqual([text]);
    }),
  );
});

it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
  'is right at a length of %d bytes',
  async (length) => {
    expect(await read(textFrame('a'.repeat(length)))).toEqual(['a'.repeat(length)]);
  },
);

it('counts bytes, not units', async () => {
  const text = '\u4f60'.repeat(42);
  expect(textFrame(text)).toHaveLength(4 + 126);
  expect(await read(textFrame(text))).toEqual([text]);
});

it('fits between other frames', async () => {
  expect(await read(Buffer.concat([textFrame('a'), textFrame('b')]))).toEqual(['a', 'b']);
});
