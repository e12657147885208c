import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { DEFAULT_PART, LIMITS, NEARBY, SUBPROTOCOL, type RoomAddress } from './protocol';
import { trustedProxies } from './client-address';
import { systemClock, type Clock } from './clock';
import { Connection, type ConnectionContext } from './connection';
import { openDoors } from './doors';
import { closeOneByOne, comeBackAfterMs } from './drain';
import { Gate } from './gate';
import { Greeting } from './greeting';
import { HostedRooms, type Admissions, type HostedRoom } from './hosted-rooms';
import {
  asksForWebSocket,
  createHttpServer,
  ignoreUpgrade,
  listen,
  refuseUpgrade,
  type Certificate,
  type ListenOptions,
} from './http';
import { IceIssuer } from './ice-issuer';
import { Heartbeats } from './life-signs';
import { LocalBroker } from './local-broker';
import { silentLogger, sparingLogger, type Logger } from './logger';
import { MeteredBroker } from './metered-broker';
import { Metrics } from './metrics';
import { ParleyMember, type MemberContext, type ParleyMemberContext } from './parley-member';
import { PlainClient } from './plain-client';
import { ServerSocket } from './server-socket';
import { TcpConnections } from './tcp-connections';
import { Visitors, type Visit } from './visitors';
import type { UpgradeTarget } from './admission';
import type { Broker } from './broker';
import type { Rate } from './token-bucket';
import type { IceOptions } from './turn';

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
  /** Namespaces where nobody can be present, `*` for all; by default none. Embedded, see {@link owner}. */
  presenceOff?: readonly string[];
  /**
   * Embedded: member id in the namespace {@link NEARBY} of the person whose app this is. People can be present there,
   * and nowhere else: they see the owner and nobody besides, the owner sees everybody.
   */
  owner?: string | null;
  /** Without proof of it nobody comes in; plain members cannot prove it. */
  joinSecret?: string | null;
  /** Sockets at a time; more are refused with 503. */
  maxConnections?: number;
  /** Sockets at a time from one address (one /64 of IPv6); more are refused with 429. Its rates grow with it. */
  maxPerAddress?: number;
  /** What one socket may send: a token for each frame and each 4 KiB of it. */
  frameRate?: Rate;
  /** Rooms at a time. */
  maxRooms?: number;
  /** Address ranges of proxies whose `X-Forwarded-For` counts; a page behind one may call us by any name. */
  trustProxies?: readonly string[];
  /** With it, `https` and `wss` instead of `http` and `ws`. */
  certificate?: Certificate | null;
  /** What members are told to find each other with; nothing by default, as on a local network. */
  ice?: IceOptions;
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
  /** From the next connection on. @throws where key and certificate do not belong together. */
  useCertificate(certificate: Certificate): void;
  /** What was counted since the start, for Prometheus. */
  renderMetrics(): string;
  /**
   * Lets nobody in any more, tells every member when to come back, and closes their sockets one by one within
   * `ms`; then as {@link close}. Calls go on: they do not need a server.
   */
  drain(ms: number): Promise<void>;
  /** Stops listening, says 1001 to everybody and drops who does not hear it; takes under a second. */
  close(): Promise<void>;
}

/** What a socket that was told to close may take to answer. */
const CLOSING_MS = 500;
/** TCP connections beyond the sockets: health checks, refusals on their way out, headers still coming. */
const SPARE_CONNECTIONS = 512;
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
    presenceOff = [],
    owner = null,
    joinSecret = null,
    maxConnections = 10_000,
    maxPerAddress = 64,
    maxRooms = Infinity,
    trustProxies = [],
    certificate = null,
    ice = { stunUrls: [], turn: null },
    onAdmissionsChanged = () => undefined,
    clock = systemClock,
  } = options;
  const logger = sparingLogger(options.logger ?? silentLogger, clock);
  const metrics = new Metrics();
  const broker = new MeteredBroker(options.broker ?? new LocalBroker({ maxRooms, centre: owner }), {
    metrics,
    clock,
    logger,
  });

  const hosted =
    mode === 'rooms-opened-by-host'
      ? new HostedRooms({
          clock,
          capacity: roomCapacity,
          graceMs,
          onAdmissionsChanged,
          tell: (member, event) => {
            const delivered = broker.deliver(member, { kind: 'event', event });
            if (!(delivered instanceof Promise)) return delivered;
            delivered.catch((error: unknown) => {
              logger.error('broker-failed', { error: error instanceof Error ? error.message : 'unknown' });
            });
            return true;
          },
        })
      : null;
  const context: MemberContext = {
    broker,
    doors: hosted ?? openDoors,
    clock,
    logger,
    graceMs,
    roomCapacity,
    hasPresence: (namespace) =>
      mode === 'rooms-opened-by-host'
        ? owner !== null && namespace === NEARBY
        : !presenceOff.includes('*') && !presenceOff.includes(namespace),
  };
  const issuer = new IceIssuer({ ice, clock, wallNow: Date.now });
  const connections = new Set<Connection>();
  const connectionContext: ConnectionContext = {
    clock,
    heartbeats: new Heartbeats(clock, { heartbeatMs, timeoutMs }),
    logger,
    metrics,
    onClosed: (connection) => {
      connections.delete(connection);
      if (connections.size === 0) onLastGone();
      metrics.connections.add(connection.dialect, -1);
    },
  };
  const members = new Map<string, ParleyMember>();
  const parleyContext: ParleyMemberContext = {
    ...context,
    ice: issuer,
    metrics,
    onGone: (id) => {
      members.delete(id);
    },
  };
  const plainClients = new Set<PlainClient>();
  let onLastGone: () => void = () => undefined;

  const socketOptions = {
    noServer: true,
    clientTracking: false,
    maxPayload: LIMITS.frameBytes,
    // One frame in many pieces costs memory by the piece; nobody who means well needs more.
    maxFragments: 64,
    maxBufferedChunks: 1024,
    perMessageDeflate: false,
    WebSocket: ServerSocket,
    closeTimeout: 5000,
    handleProtocols: (asked: Set<string>) => (asked.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  } as const;
  const sockets = new WebSocketServer<typeof ServerSocket>(socketOptions);
  const proxies = trustedProxies(trustProxies);
  const visitors = new Visitors(clock, maxPerAddress, options.frameRate);
  const gate = new Gate({
    visitors,
    logger,
    metrics,
    allowOrigins,
    hostNames,
    knowsItsNames: mode === 'rooms-opened-by-host' || hostNames.length > 0,
    proxies,
    maxConnections,
    connectionCount: () => connections.size,
  });
  const http = createHttpServer({
    version,
    isReady: () => gate.isOpen,
    certificate,
    maxConnections: maxConnections + SPARE_CONNECTIONS,
  });
  const tcpConnections = new TcpConnections(http, {
    maxPerAddress,
    visitors,
    proxies,
    onRefused: () => {
      metrics.refusals.add('too-many-connections');
    },
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!asksForWebSocket(request)) {
      ignoreUpgrade(http, request);
      return;
    }
    const passage = gate.judge(request);
    if (passage.kind === 'refused') {
      refuseUpgrade(socket, passage.status, passage.retryAfterS);
      return;
    }
    // The answer to the upgrade and the first thing that is said after it are one write.
    socket.cork();
    const upgrade = { isDone: false };
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      upgrade.isDone = true;
      onSocket(webSocket, socket, passage.target, passage.startVisit(), passage.isAddressOurs);
    });
    socket.uncork();
    // Answered already, within the call.
    if (!upgrade.isDone) metrics.refusals.add('bad-request');
  });

  function onSocket(
    webSocket: ServerSocket,
    stream: Duplex,
    target: UpgradeTarget,
    visit: Visit,
    isAddressOurs: boolean,
  ): void {
    const connection = new Connection(webSocket, stream, visit, connectionContext);
    connections.add(connection);
    metrics.connections.add(connection.dialect);
    if (connection.dialect === SUBPROTOCOL) greet(connection, target, visit, isAddressOurs);
    else admitPlain(connection, target);
  }

  function greet(
    connection: Connection,
    { namespace, room, host }: UpgradeTarget,
    visit: Visit,
    isAddressOurs: boolean,
  ): void {
    new Greeting(connection, {
      clock,
      heartbeatMs,
      timeoutMs,
      joinSecret,
      hasTry: () => visit.hasTry,
      namespace,
      host,
      isAddressOurs,
      logger,
      onRefused: (why) => {
        if (why === 'unauthorized') visit.failed();
        metrics.refusals.add(why);
      },
      onMember: (id, hello) => {
        let member = members.get(id);
        if (!member) {
          member = new ParleyMember(parleyContext, id, namespace);
          members.set(id, member);
        }
        const { resumed } = member.attach(connection, hello);
        // It was still greeting when the others were told.
        if (!gate.isOpen) member.warnOfDrain(comeBackAfterMs(connections.size, Math.random()));
        if (hello.resume) metrics.resumes.add(resumed ? 'resumed' : 'forgotten');
        if (room !== null) member.joinFromPath(room);
      },
    });
  }

  function admitPlain(connection: Connection, { namespace, room, app }: UpgradeTarget): void {
    if (joinSecret !== null) {
      metrics.refusals.add('unauthorized');
      connection.send(JSON.stringify({ type: 'error', code: 'unauthorized' }));
      connection.close(4401);
      return;
    }
    const client = new PlainClient(connection, {
      ...context,
      id: randomBytes(16).toString('base64url'),
      address: { namespace, room: room ?? DEFAULT_PART },
      app,
      onGone: (why) => {
        plainClients.delete(client);
        if (why === 'replaced') metrics.left.add(why);
      },
    });
    plainClients.add(client);
    client.arrive();
  }

  async function drain(ms: number): Promise<void> {
    gate.close();
    for (const member of members.values()) {
      member.warnOfDrain(comeBackAfterMs(connections.size, Math.random()));
    }
    const gone = new Promise<void>((resolve) => {
      onLastGone = resolve;
      if (connections.size === 0) resolve();
    });
    await closeOneByOne(connections, { ms, gone, clock, random: Math.random });
    await close();
  }

  async function close(): Promise<void> {
    gate.close();
    const stopped = new Promise<void>((resolve) => {
      http.close(() => {
        resolve();
      });
    });
    http.closeAllConnections();
    hosted?.stop();
    issuer.stop();
    // Nobody is to hear of others going: everybody is.
    for (const member of [...members.values(), ...plainClients]) member.stop();
    for (const connection of connections) connection.close(1001);
    const timer = clock.setTimeout(() => {
      tcpConnections.destroy();
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
    useCertificate: (fresh) => {
      if (!('setSecureContext' in http)) throw new TypeError('listens without a certificate');
      http.setSecureContext(fresh);
    },
    renderMetrics: () => metrics.render(broker.roomCount),
    drain,
    close,
  };
}
