import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

const UPGRADE_MS = 5000;
const FALLBACK_PORTS = 20;

/** Where to listen. */
export interface ListenOptions {
  host: string;
  /** 0 picks any free port. */
  port: number;
  /** Take the next free port where this one is taken, rather than fail with `EADDRINUSE`. */
  fallbackPorts?: boolean;
}

/** An HTTP server that answers health checks and explains itself; sockets come by its `upgrade` event. */
export function createHttpServer(version: string): Server {
  const server = createServer((request, response) => {
    answer(request, response, version);
  });
  // Sockets that dribble their headers are dropped, not collected.
  server.headersTimeout = UPGRADE_MS;
  server.requestTimeout = UPGRADE_MS;
  server.keepAliveTimeout = UPGRADE_MS;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) refuseUpgrade(socket, 400);
    else socket.destroy();
  });
  return server;
}

/** Listens, on the next free port if asked to. @throws the system's error, such as `EADDRINUSE`. */
export async function listen(
  server: Server,
  { host, port, fallbackPorts = false }: ListenOptions,
): Promise<number> {
  const last = fallbackPorts && port > 0 ? Math.min(port + FALLBACK_PORTS, 65_535) : port;
  for (let candidate = port; ; candidate += 1) {
    try {
      return await listenOn(server, host, candidate);
    } catch (error) {
      if (candidate >= last || !isAddressInUse(error)) throw error;
    }
  }
}

/** Refuses a socket before it becomes a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: 400 | 403 | 503): void {
  const reason = { 400: 'Bad Request', 403: 'Forbidden', 503: 'Service Unavailable' }[status];
  const retry = status === 503 ? 'Retry-After: 5\r\n' : '';
  socket.on('error', () => {
    socket.destroy();
  });
  // The server allows half-open sockets; one that never closes its side would hold up the server's own end.
  socket.once('finish', () => {
    socket.destroy();
  });
  socket.end(
    `HTTP/1.1 ${String(status)} ${reason}\r\nConnection: close\r\n${retry}Content-Length: 0\r\n\r\n`,
  );
}

/** Whether a port was taken. */
export function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function answer(request: IncomingMessage, response: ServerResponse, version: string): void {
  const [path = ''] = (request.url ?? '').split('?', 1);
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end('Only GET and HEAD.\n');
  } else if (path === '/healthz') {
    response.end('ok\n');
  } else if (path === '/version') {
    response.setHeader('Content-Type', 'application/json');
    response.end(`${JSON.stringify({ name: 'parley', version, protocols: ['parley.1', 'plain'] })}\n`);
  } else if (/^\/[^/]+\/[^/]+$/.test(path)) {
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' });
    response.end('A Parley room lives here; it is entered by WebSocket.\n');
  } else {
    response.writeHead(404).end('Nothing here.\n');
  }
}
