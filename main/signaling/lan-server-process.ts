/**
 * The embedded server: the entry of the app's utility process, so that a flood or a crash never reaches the call.
 * It knows Electron only as "something that carries messages" on `process.parentPort`.
 */
import * as v from 'valibot';
import { lanServerCommandSchema, type LanServerReport } from './lan-server-protocol';
import { createSignalingServer, type SignalingServer } from './server';
import type { LogFields, Logger, LogLevel } from './logger';

/** The part of Electron's `ParentPort` that is used. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
}

/** Rooms hosted on a LAN are for a few people, and so is being called there; more sockets are somebody's mischief. */
const MAX_CONNECTIONS = 256;

type Start = Extract<v.InferOutput<typeof lanServerCommandSchema>, { type: 'start' }>;

const { parentPort } = v.parse(v.object({ parentPort: v.custom<ParentPort>(isParentPort) }), {
  parentPort: 'parentPort' in process ? process.parentPort : undefined,
});
let server: SignalingServer | null = null;

parentPort.on('message', ({ data }) => {
  const command = v.parse(lanServerCommandSchema, data);
  switch (command.type) {
    case 'start':
      void start(command);
      break;
    case 'open-room': {
      const { namespace, room } = command.room;
      server?.openRoom(command.room);
      report({ type: 'room-opened', namespace, room });
      break;
    }
    case 'close-room':
      server?.closeRoom(command);
      break;
    case 'stop':
      void stop();
      break;
    default:
      command satisfies never;
  }
});

async function start({
  listen,
  port,
  fallbackPorts,
  rooms,
  graceMs,
  owner,
  ...options
}: Start): Promise<void> {
  const created = createSignalingServer({
    ...options,
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(owner === undefined ? {} : { owner }),
    mode: 'rooms-opened-by-host',
    maxConnections: MAX_CONNECTIONS,
    logger: reportingLogger(),
    onAdmissionsChanged: (admissions) => {
      report({ type: 'admissions', ...admissions });
    },
  });
  server = created;
  for (const room of rooms) created.openRoom(room);
  try {
    const listening = await listenAnywhere(created, { host: listen, port, fallbackPorts });
    report({ type: 'listening', port: listening.port });
  } catch (error) {
    const system = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const code = system === 'EADDRINUSE' ? 'port-taken' : system === 'EACCES' ? 'port-refused' : 'unexpected';
    report({ type: 'failed', code, system });
  }
}

/** On machines without IPv6, `::` is no address; then all of IPv4 is what was meant. */
async function listenAnywhere(
  created: SignalingServer,
  where: { host: string; port: number; fallbackPorts: boolean },
): Promise<{ port: number }> {
  try {
    return await created.listen(where);
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && /^(EAFNOSUPPORT|EADDRNOTAVAIL)$/.test(String(error.code));
    if (where.host !== '::' || !isMissing) throw error;
    return created.listen({ ...where, host: '0.0.0.0' });
  }
}

async function stop(): Promise<void> {
  await server?.close();
  process.exit(0);
}

function report(message: LanServerReport): void {
  parentPort.postMessage(message);
}

function reportingLogger(): Logger {
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      report({ type: 'log', level, event, fields });
    };
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}

function isParentPort(port: unknown): port is ParentPort {
  return typeof port === 'object' && port !== null && 'on' in port && 'postMessage' in port;
}
