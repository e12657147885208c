import type { Server, Socket } from 'node:net';
import { addressKey, clientAddress, type TrustedProxies } from './client-address';

/** TCP connections of one address beyond its sockets: health checks, refusals on their way out, headers still coming. */
const SPARE = 32;

/**
 * Every TCP connection of a server, whatever it has become: bounds them per address, so that nobody takes all there
 * are without ever asking for a socket, and ends those that no protocol above knows of.
 */
export class TcpConnections {
  readonly #sockets = new Set<Socket>();

  /** @param maxPerAddress sockets that one address may have; proxies are not bounded. */
  constructor(server: Server, maxPerAddress: number, proxies: TrustedProxies) {
    const counts = new Map<string, number>();
    server.on('connection', (socket: Socket) => {
      const address = clientAddress(socket.remoteAddress, undefined, proxies);
      const key = addressKey(address);
      const count = counts.get(key) ?? 0;
      if (count >= maxPerAddress + SPARE && !proxies.includes(address)) {
        socket.destroy();
        return;
      }
      counts.set(key, count + 1);
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        const left = (counts.get(key) ?? 1) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      });
    });
  }

  /** Ends them all, in whatever state. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
