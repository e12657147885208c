import { WebSocket } from 'ws';
import { LIMITS, SUBPROTOCOL } from './protocol';

/** Why there is no conversation: nobody answered, or what answered does not speak `parley.1`. */
export type DialFailure = 'server-unreachable' | 'not-parley';

/** How a socket ended. */
interface SocketEnd {
  closeCode: number;
  /** What went wrong where the socket never opened. */
  failure: DialFailure | null;
  /** A server that is there, and full, asked to be left alone for so long; 0 where none did. */
  retryAfterMs: number;
}

/** What happens on a client's socket. */
export interface SocketListener {
  onFrame(text: string): void;
  /** A ping or pong: a sign of life. */
  onHeard(): void;
  /** Once, last. */
  onEnd(end: SocketEnd): void;
}

/** Something like a socket, as the client needs it. */
export interface ClientSocket {
  send(text: string): void;
  ping(): void;
  /** Closes with 1000 and the handshake. */
  close(): void;
  /** Drops it without a word. */
  terminate(): void;
}

/** Opens a socket to a URL, asking for `parley.1`. Never throws: failures come by `onEnd`. */
export type OpenSocket = (url: string, listener: SocketListener) => ClientSocket;

/** A person looks at a call that waits: no server may make it wait for longer. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Errors of the network, below anything that could be a server of another kind. */
const UNREACHABLE =
  /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|ETIMEDOUT|ENOTFOUND|EAI_|EADDRNOTAVAIL|EACCES|EPERM|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_TLS)/;

/** The real thing, by `ws`. */
export const openWebSocket: OpenSocket = (url, listener) => {
  let failure: DialFailure | null = 'server-unreachable';
  let retryAfterMs = 0;
  const options = {
    // The server's frames carry a little more than what a member sent.
    maxPayload: 4 * LIMITS.frameBytes,
    perMessageDeflate: false,
    closeTimeout: 1000,
  };
  const socket = new WebSocket(url, SUBPROTOCOL, options);
  socket.on('open', () => {
    failure = null;
  });
  socket.on('message', (data, isBinary) => {
    if (!isBinary && Buffer.isBuffer(data)) listener.onFrame(data.toString('utf8'));
  });
  socket.on('ping', () => {
    listener.onHeard();
  });
  socket.on('pong', () => {
    listener.onHeard();
  });
  socket.on('unexpected-response', (_request, response) => {
    // A Parley server that is full, or a proxy whose server is not there, says 503 and the like.
    if ((response.statusCode ?? 0) < 500 && response.statusCode !== 429) failure = 'not-parley';
    retryAfterMs = retryAfterOf(response.headers['retry-after']);
    response.destroy();
    socket.terminate();
  });
  socket.on('error', (error) => {
    if (failure === null) return;
    // A certificate name or a refused connection is the network's; bad HTTP or a missing subprotocol the server's.
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    const isOurs = error.message.startsWith('WebSocket was closed before');
    if (!isOurs && !UNREACHABLE.test(code) && !(error instanceof AggregateError)) failure = 'not-parley';
  });
  socket.on('close', (closeCode) => {
    listener.onEnd({ closeCode, failure, retryAfterMs });
  });
  return socket;
};

/** Milliseconds of a `Retry-After` in seconds (RFC 9110, section 10.2.3), a minute at most; 0 for anything else. */
function retryAfterOf(header: string | undefined): number {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(Number(header) * 1000, MAX_RETRY_AFTER_MS)
    : 0;
}
