import type { Server, Socket } from 'node:net';
import { addressKey, clientAddress, type TrustedProxies } from './client-address';

/** TCP connections of one address beyond its sockets: health checks, refusals on their way out, headers still coming. */
const SPARE = 32;

/**
 * Every TCP connection of a server, whatever it has become: bounds them per address, so that nobody takes all there
 * are without ever asking for a socket, and ends those that no protocol above knows of.
 */
export class TcpConnections {
  /** By whose address they count. */
  readonly #keys = new Map<Socket, string>();

  /**
   * @param maxPerAddress sockets that one address may have; proxies are not bounded.
   * @param onRefused one was ended at once.
   */
  constructor(server: Server, maxPerAddress: number, proxies: TrustedProxies, onRefused: () => void) {
    const counts = new Map<string, number>();
    const keys = this.#keys;
    // One for all of them: a closure for each, with what `once` wraps it in, would be 300 bytes.
    function forget(this: Socket): void {
      const key = keys.get(this) ?? '';
      keys.delete(this);
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    }
    server.on('connection', (socket: Socket) => {
      const address = clientAddress(socket.remoteAddress, undefined, proxies);
      const key = addressKey(address);
      const count = counts.get(key) ?? 0;
      if (count >= maxPerAddress + SPARE && !proxies.includes(address)) {
        socket.destroy();
        onRefused();
        return;
      }
      counts.set(key, count + 1);
      keys.set(socket, key);
      socket.on('close', forget);
    });
  }

  /** Ends them all, in whatever state. */
  destroy(): void {
    for (const socket of this.#keys.keys()) socket.destroy();
  }
}
