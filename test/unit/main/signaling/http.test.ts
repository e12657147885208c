import { Server } from 'node:http';
import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';
import { listen } from '../../../../main/signaling/http';

const calledWith = v.tuple([v.object({ host: v.string(), port: v.number() }), v.function()]);

/** A server on a machine that has reserved ports, as Windows does. */
class RefusedServer extends Server {
  readonly tried: number[] = [];
  readonly #isReserved: (port: number) => boolean;

  constructor(isReserved: (port: number) => boolean) {
    super();
    this.#isReserved = isReserved;
  }

  override listen(...args: unknown[]): this {
    const [{ host, port }, done] = v.parse(calledWith, args);
    this.tried.push(port);
    const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    if (!this.#isReserved(port)) return super.listen({ host, port }, () => void done());
    process.nextTick(() => this.emit('error', error));
    return this;
  }
}

const PORT = 40_000;
const asked = { host: '127.0.0.1', port: PORT };
let server: RefusedServer;
afterEach(() => {
  server.close();
});

test('takes the next port where one is reserved', async () => {
  server = new RefusedServer((port) => port === PORT);
  const port = await listen(server, { ...asked, fallbackPorts: true });
  expect(port).toBeGreaterThan(PORT);
  expect(port).toBe(server.tried.at(-1));
});

test('takes any port where a whole range is reserved', async () => {
  server = new RefusedServer((port) => port !== 0);
  expect(await listen(server, { ...asked, fallbackPorts: true })).toBeGreaterThan(0);
  expect(server.tried.slice(-2)).toEqual([PORT + 20, 0]);
});

test('fails where no other port will do, or none can be had', async () => {
  server = new RefusedServer(() => true);
  await expect(listen(server, asked)).rejects.toThrow('EACCES');
  expect(server.tried).toEqual([PORT]);
  await expect(listen(server, { ...asked, fallbackPorts: true })).rejects.toThrow('EACCES');
});
