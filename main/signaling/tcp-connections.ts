import type { Server, Socket } from 'node:net';
import { addressKey, clientAddress, type TrustedProxies } from './client-address';
import type { Visitors } from './visitors';

/** TCP connections of one address beyond its sockets: health checks, refusals on their way out, headers still coming. */
const SPARE = 32;

/** What bounds the TCP connections of one address; proxies are not bounded. */
export interface TcpConnectionsOptions {
  /** Sockets that one address may have. */
  maxPerAddress: number;
  visitors: Visitors;
  proxies: TrustedProxies;
  /** One was ended at once. */
  onRefused: () => void;
}

/**
 * Every TCP connection of a server, whatever it has become: bounds them per address, and how fast they come, so that
 * nobody takes all there are, or all the time there is, without ever asking for a socket; and ends those that no
 * protocol above knows of.
 */
export class TcpConnections {
  /** By whose address they count. */
  readonly #keys = new Map<Socket, string>();

  constructor(server: Server, { maxPerAddress, visitors, proxies, onRefused }: TcpConnectionsOptions) {
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
      const isBounded = !proxies.includes(address);
      if (isBounded && (count >= maxPerAddress + SPARE || !visitors.mayConnect(key))) {
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
