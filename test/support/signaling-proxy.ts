import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that can lose what goes one way, as a half-open connection does: nobody is told. */
export interface FreezingProxy {
  url: string;
  port: number;
  /** From now on bytes to this side of every *present* connection disappear. New connections are whole. */
  freeze(toward: 'client' | 'server' | 'both'): void;
  /** Breaks every connection with a reset. */
  reset(): void;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
}

/** Starts a proxy in front of a local port. */
export async function startFreezingProxy(target: number): Promise<FreezingProxy> {
  const pairs = new Set<Pair>();
  const frozen = { client: new WeakSet<Pair>(), server: new WeakSet<Pair>() };
  const listener = createServer((client) => {
    const pair: Pair = { client, server: connect(target, '127.0.0.1') };
    pairs.add(pair);
    client.on('data', (bytes) => {
      if (!frozen.server.has(pair)) pair.server.write(bytes);
    });
    pair.server.on('data', (bytes) => {
      if (!frozen.client.has(pair)) client.write(bytes);
    });
    client.on('close', () => {
      // A frozen direction hides the end of a connection too.
      if (!frozen.server.has(pair)) pair.server.destroy();
    });
    pair.server.on('close', () => {
      if (!frozen.client.has(pair)) client.destroy();
    });
    for (const socket of [client, pair.server]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    freeze: (toward) => {
      for (const pair of pairs) {
        if (toward !== 'server') frozen.client.add(pair);
        if (toward !== 'client') frozen.server.add(pair);
      }
    },
    reset: () => {
      for (const { client, server } of pairs) {
        client.resetAndDestroy();
        server.resetAndDestroy();
      }
    },
    close: async () => {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
