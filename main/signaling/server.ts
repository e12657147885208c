import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { DEFAULT_PART, LIMITS, SUBPROTOCOL, type IceServer, type RoomAddress } from './protocol';
import { admitUpgrade, isAddressedToUs, type UpgradeTarget } from './admission';
import { systemClock, type Clock } from './clock';
import { Connection } from './connection';
import { openDoors } from './doors';
import { Greeting } from './greeting';
import { HostedRooms, type Admissions, type HostedRoom } from './hosted-rooms';
import { createHttpServer, listen, refuseUpgrade, type ListenOptions } from './http';
import { Heartbeats } from './life-signs';
import { LocalBroker } from './local-broker';
import { silentLogger, type Logger } from './logger';
import { ParleyMember, type MemberContext } from './parley-member';
import { PlainClient } from './plain-client';
import type { Broker } from './broker';

/** How a server behaves; everything has a default but what it is for. */
export interface SignalingServerOptions {
  /** Embedded: only rooms that {@link SignalingServer.openRoom} opened. Headless: a room is there when joined. */
  mode: 'rooms-opened-by-host' | 'rooms-on-demand';
  version: string;
  heartbeatMs?: number;
  timeoutMs?: number;
  graceMs?: number;
  roomCapacity?: number;
  /** Web pages that may connect: origins as a browser sends them, or `*`. None by default. */
  allowOrigins?: readonly string[];
  /**
   * Names this server is reached by, in lower case, beside its addresses and the machine's own name. Where there are
   * any, and always when embedded, a hello must be signed for one of all these. A headless server without them takes
   * hellos signed for any address, since behind address translation or a proxy it cannot know its own; then another
   * server that a person joins can pass itself off as that person here.
   */
  hostNames?: readonly string[];
  /** Without proof of it nobody comes in; plain members cannot prove it. */
  joinSecret?: string | null;
  /** Sockets at a time; more are refused with 503. */
  maxConnections?: number;
  iceServersFor?: (member: string) => IceServer[];
  onAdmissionsChanged?: (admissions: Admissions) => void;
  broker?: Broker;
  clock?: Clock;
  logger?: Logger;
}

/** A signaling server, not listening yet. */
export interface SignalingServer {
  /** @throws the system's error, such as `EADDRINUSE`. */
  listen(options: ListenOptions): Promise<{ port: number }>;
  /** Sockets that are open. */
  readonly connectionCount: number;
  /** Opens a room, or changes the door of an open one. Only with `rooms-opened-by-host`. */
  openRoom(room: HostedRoom): void;
  /** Who waits or sits in it hears `room-not-open`. */
  closeRoom(address: RoomAddress): void;
  /** Stops listening, says 1001 to everybody and drops who does not hear it; takes under a second. */
  close(): Promise<void>;
}

/** What a socket that was told to close may take to answer. */
const CLOSING_MS = 500;

/** The signaling server of both lives: embedded in the app, or headless. Architecture, section 4. */
export function createSignalingServer(options: SignalingServerOptions): SignalingServer {
  const {
    mode,
    version,
    heartbeatMs = 10_000,
    timeoutMs = 25_000,
    graceMs = LIMITS.graceMs,
    roomCapacity = LIMITS.roomCapacity,
    allowOrigins = [],
    hostNames = [],
    joinSecret = null,
    maxConnections = 10_000,
    iceServersFor = () => [],
    onAdmissionsChanged = () => undefined,
    broker = new LocalBroker(),
    clock = systemClock,
    logger = silentLogger,
  } = options;

  const knowsItsNames = mode === 'rooms-opened-by-host' || hostNames.length > 0;
  const hosted =
    mode === 'rooms-opened-by-host'
      ? new HostedRooms({
          clock,
          capacity: roomCapacity,
          graceMs,
          onAdmissionsChanged,
          tell: (member, event) => {
            broker.deliver(member, { kind: 'event', event }).catch((error: unknown) => {
              logger.error('broker-failed', { error: error instanceof Error ? error.message : 'unknown' });
            });
          },
        })
      : null;
  const context: MemberContext = { broker, doors: hosted ?? openDoors, clock, logger, graceMs, roomCapacity };
  const connectionContext = { heartbeats: new Heartbeats(clock, { heartbeatMs, timeoutMs }), logger };
  const connections = new Set<Connection>();
  const members = new Map<string, ParleyMember>();
  const plainClients = new Set<PlainClient>();

  const socketOptions = {
    noServer: true,
    clientTracking: false,
    maxPayload: LIMITS.frameBytes,
    // One frame in many pieces costs memory by the piece; nobody who means well needs more.
    maxFragments: 64,
    maxBufferedChunks: 1024,
    perMessageDeflate: false,
    closeTimeout: 5000,
    handleProtocols: (asked: Set<string>) => (asked.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  } as const;
  const sockets = new WebSocketServer(socketOptions);
  const http = createHttpServer(version);
  http.on('upgrade', (request, socket, head) => {
    onUpgrade(request, socket, head);
  });

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { host, origin } = request.headers;
    const target = admitUpgrade({ url: request.url ?? '', host, origin }, { allowOrigins, hostNames });
    if (typeof target === 'number') {
      logger.info('refused', { status: target });
      refuseUpgrade(socket, target);
    } else if (connections.size >= maxConnections) {
      logger.warn('refused', { status: 503 });
      refuseUpgrade(socket, 503);
    } else {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const isAddressOurs =
          !knowsItsNames || isAddressedToUs(target.host, request.socket.localAddress, hostNames);
        onSocket(webSocket, socket, target, isAddressOurs);
      });
    }
  }

  function onSocket(
    webSocket: WebSocket,
    stream: Duplex,
    target: UpgradeTarget,
    isAddressOurs: boolean,
  ): void {
    const connection = new Connection(webSocket, stream, connectionContext);
    connections.add(connection);
    webSocket.on('close', () => connections.delete(connection));
    if (webSocket.protocol === SUBPROTOCOL) greet(connection, target, isAddressOurs);
    else admitPlain(connection, target);
  }

  function greet(
    connection: Connection,
    { namespace, room, host }: UpgradeTarget,
    isAddressOurs: boolean,
  ): void {
    new Greeting(connection, {
      clock,
      heartbeatMs,
      timeoutMs,
      joinSecret,
      namespace,
      host,
      isAddressOurs,
      logger,
      onMember: (id, hello) => {
        let member = members.get(id);
        if (!member) {
          const onGone = (): void => {
            members.delete(id);
          };
          member = new ParleyMember({ ...context, id, namespace, iceServersFor, onGone });
          members.set(id, member);
        }
        member.attach(connection, hello);
        if (room !== null) member.joinFromPath(room);
      },
    });
  }

  function admitPlain(connection: Connection, { namespace, room, app }: UpgradeTarget): void {
    if (joinSecret !== null) {
      connection.send(JSON.stringify({ type: 'error', code: 'unauthorized' }));
      connection.close(4401);
      return;
    }
    const client = new PlainClient(connection, {
      ...context,
      id: randomBytes(16).toString('base64url'),
      address: { namespace, room: room ?? DEFAULT_PART },
      app,
      onGone: () => {
        plainClients.delete(client);
      },
    });
    plainClients.add(client);
    client.arrive();
  }

  async function close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      http.close(() => {
        resolve();
      });
    });
    http.closeAllConnections();
    hosted?.stop();
    // Nobody is to hear of others going: everybody is.
    for (const member of [...members.values(), ...plainClients]) member.stop();
    for (const connection of connections) connection.close(1001);
    const timer = clock.setTimeout(() => {
      for (const connection of connections) connection.drop();
    }, CLOSING_MS);
    await stopped;
    clock.clearTimeout(timer);
  }

  return {
    listen: async (where) => {
      const port = await listen(http, where);
      return { port };
    },
    get connectionCount() {
      return connections.size;
    },
    openRoom: (room) => {
      if (!hosted) throw new TypeError('rooms are made on demand here');
      hosted.open(room);
    },
    closeRoom: (address) => hosted?.close(address),
    close,
  };
}
