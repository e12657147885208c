import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

const UPGRADE_MS = 5000;
/** Of that, the share of a TLS handshake; the rest is for the headers behind it. */
const HANDSHAKE_MS = 2500;
const FALLBACK_PORTS = 20;
/** For a refusal to be taken. */
const REFUSAL_MS = 1000;

/** Where to listen. */
export interface ListenOptions {
  host: string;
  /** 0 picks any free port. */
  port: number;
  /** Take the next free port where this one is taken, rather than fail with `EADDRINUSE`. */
  fallbackPorts?: boolean;
}

/** Certificate chain and private key, PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** What the HTTP server says about the server behind it. */
export interface HttpOptions {
  version: string;
  /** Whether newcomers are welcome; asked for every `/readyz`. */
  isReady: () => boolean;
  certificate: Certificate | null;
  /** TCP connections at a time, in whatever state. */
  maxConnections: number;
}

/** An HTTP server that answers health checks and explains itself; sockets come by its `upgrade` event. */
export function createHttpServer({
  version,
  isReady,
  certificate,
  maxConnections,
}: HttpOptions): Server | TlsServer {
  const answerRequest = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response, { version, isReady });
  };
  // Sockets that dribble their headers are dropped, not collected.
  const headersMs = certificate ? UPGRADE_MS - HANDSHAKE_MS : UPGRADE_MS;
  const patience = {
    headersTimeout: headersMs,
    requestTimeout: headersMs,
    keepAliveTimeout: headersMs,
    connectionsCheckingInterval: headersMs / 10,
  };
  const server = certificate
    ? createTlsServer({ ...patience, ...certificate, handshakeTimeout: HANDSHAKE_MS }, answerRequest)
    : createServer(patience, answerRequest);
  server.maxConnections = maxConnections;
  // A handshake that failed or took too long: there is nothing yet that an answer could be written to.
  server.on('tlsClientError', (_error: Error, socket: Duplex) => {
    socket.destroy();
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) refuseUpgrade(socket, 400);
    else socket.destroy();
  });
  return server;
}

/** An HTTP server for `/metrics` alone, in a format that Prometheus reads. */
export function createMetricsServer(render: () => string): Server {
  return createServer({ requestTimeout: UPGRADE_MS }, (request, response) => {
    if (pathOf(request) !== '/metrics') {
      response.writeHead(404).end('Only /metrics lives here.\n');
      return;
    }
    response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(render());
  });
}

/**
 * Listens, on the next free port if asked to, and where those are reserved on any.
 * @throws the system's error, such as `EADDRINUSE`.
 */
export async function listen(
  server: Server | TlsServer,
  { host, port, fallbackPorts = false }: ListenOptions,
): Promise<number> {
  const last = fallbackPorts && port > 0 ? Math.min(port + FALLBACK_PORTS, 65_535) : port;
  for (let candidate = port; ; candidate += 1) {
    try {
      return await listenOn(server, host, candidate);
    } catch (error) {
      const isReserved = codeOf(error) === 'EACCES';
      if (candidate < last && (isAddressInUse(error) || isReserved)) continue;
      // Windows reserves whole ranges.
      if (fallbackPorts && isReserved) return listenOn(server, host, 0);
      throw error;
    }
  }
}

const STATUS = { 400: 'Bad Request', 403: 'Forbidden', 429: 'Too Many Requests', 503: 'Service Unavailable' };
export type RefusalStatus = keyof typeof STATUS;

/** Refuses a socket before it becomes a WebSocket. @param retryAfterS when it may try again, if that is worth it. */
export function refuseUpgrade(socket: Duplex, status: RefusalStatus, retryAfterS?: number): void {
  const retry = retryAfterS === undefined ? '' : `Retry-After: ${retryAfterS}\r\n`;
  socket.on('error', () => {
    socket.destroy();
  });
  // The server allows half-open sockets; one that never closes its side would hold up the server's own end, and so
  // would one that takes nothing.
  const end = (): void => {
    socket.destroy();
  };
  socket.once('finish', end);
  const deadline = setTimeout(end, REFUSAL_MS);
  socket.once('close', () => {
    clearTimeout(deadline);
  });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS[status]}\r\nConnection: close\r\n${retry}Content-Length: 0\r\n\r\n`,
  );
}

/** Whether an upgrade is to a WebSocket. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** Answers an upgrade to some other protocol as if none had been asked for (RFC 9110, section 7.8). */
export function ignoreUpgrade(server: Server | TlsServer, request: IncomingMessage): void {
  const { socket } = request;
  const response = new ServerResponse(request);
  const end = (): void => {
    socket.destroy();
  };
  socket.on('error', end);
  response.assignSocket(socket);
  // Node has let go of the socket: nothing else would end it.
  response.once('finish', () => socket.end(end));
  server.emit('request', request, response);
}

/** Whether a port was taken. */
export function isAddressInUse(error: unknown): boolean {
  return codeOf(error) === 'EADDRINUSE';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function listenOn(server: Server | TlsServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function pathOf(request: IncomingMessage): string {
  const [path = ''] = (request.url ?? '').split('?', 1);
  return path;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { version, isReady }: Pick<HttpOptions, 'version' | 'isReady'>,
): void {
  const path = pathOf(request);
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  // Nobody who asks for a status needs to stay.
  response.setHeader('Connection', 'close');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end('Only GET and HEAD.\n');
  } else if (path === '/healthz') {
    response.end('ok\n');
  } else if (path === '/readyz') {
    response.writeHead(isReady() ? 200 : 503).end(isReady() ? 'ready\n' : 'draining\n');
  } else if (path === '/version') {
    response.setHeader('Content-Type', 'application/json');
    response.end(`${JSON.stringify({ name: 'parley', version, protocols: ['parley.1', 'plain'] })}\n`);
  } else if (/^\/[^/]+\/[^/]+$/.test(path)) {
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade, close' });
    response.end('A Parley room lives here; it is entered by WebSocket.\n');
  } else {
    response.writeHead(404).end('Nothing here.\n');
  }
}
