/** A real coturn with the configuration we ship, filled in as an operator would, on loopback and out of a temp folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iceServersFor } from '../../main/signaling/turn';
import { TurnClient } from './turn-client';

const SHIPPED = join(import.meta.dirname, '../../main/signaling/deploy/turnserver.conf');

interface TurnServerOptions {
  secret: string;
  /** Lines added to the shipped configuration. */
  lines?: readonly string[];
  /** Addresses it relays from. */
  relayIps?: readonly string[];
  /** The one of a server that it stands in for. */
  port?: number;
  /** Certificate and key, as files: it listens for TLS too. */
  tls?: { cert: string; key: string };
}

export interface TurnServer {
  port: number;
  /** `turn:127.0.0.1:<port>` */
  url: string;
  /** `turns:localhost:<port>?transport=tcp`, where it listens for TLS. */
  tlsUrl: string | null;
  stop: () => Promise<void>;
}

/** Starts coturn and waits until it lets in whom it should. */
export async function startTurnServer({
  secret,
  lines = [],
  relayIps = ['127.0.0.1'],
  tls,
  ...before
}: TurnServerOptions): Promise<TurnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-turn-'));
  const config = join(folder, 'turnserver.conf');
  const shipped = await readFile(SHIPPED, 'utf8');
  const filled = shipped
    .replaceAll('REPLACE_WITH_SECRET', secret)
    .replaceAll('REPLACE_WITH_REALM', 'parley.test')
    .replaceAll('REPLACE_WITH_CERTIFICATE', tls?.cert ?? '')
    .replaceAll('REPLACE_WITH_PRIVATE_KEY', tls?.key ?? '')
    // Read here, not in the system's log.
    .replaceAll(tls ? /^syslog$/gm : /^(syslog|cert=.*|pkey=.*)$/gm, '');
  await writeFile(config, [filled, ...lines, ''].join('\n'), { mode: 0o600 });

  const tlsPort = tls && (await freePort());
  const run = (port: number): Promise<ChildProcess> => {
    const args = [
      ...['-c', config, '--listening-ip', '127.0.0.1', '--listening-port', String(port), '--no-dtls'],
      ...(tlsPort === undefined ? ['--no-tls'] : ['--tls-listening-port', String(tlsPort)]),
      ...relayIps.flatMap((ip) => ['--relay-ip', ip]),
      ...['--log-file', 'stdout', '--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'users')],
    ];
    return runUntilItLetsIn(args, port, secret);
  };

  // coturn makes the tables of its database when it first looks for somebody, and where two of its threads do so at
  // once, it refuses everybody for good. So who is known already comes with tables, made where nobody knows it.
  if (before.port !== undefined) await end(await run(await freePort()));
  const port = before.port ?? (await freePort());
  const child = await run(port);
  return {
    port,
    url: urlOf(port),
    tlsUrl: tlsPort === undefined ? null : `turns:localhost:${String(tlsPort)}?transport=tcp`,
    stop: async () => {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const urlOf = (port: number): string => `turn:127.0.0.1:${String(port)}`;

async function runUntilItLetsIn(args: string[], port: number, secret: string): Promise<ChildProcess> {
  const child = spawn('turnserver', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const said of [child.stdout, child.stderr])
    said.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error('coturn does not start; is it installed?', { cause }));
    });
    child.once('exit', (code) => {
      reject(new Error(`coturn ended with ${String(code)}: ${log}`));
    });
  });
  ended.catch(() => undefined);
  try {
    await Promise.race([letIn(port, { urls: [urlOf(port)], secret, ttlMs: 60_000 }), ended]);
    return child;
  } catch (cause) {
    await end(child);
    throw new Error(`coturn is of no use: ${log}`, { cause });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const MAX_TRIES = 100;

/** Is let in, as the first and alone. */
async function letIn(port: number, turn: { urls: string[]; secret: string; ttlMs: number }): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const [credentials] = iceServersFor({ stunUrls: [], turn }, 'first', Date.now());
    // Each from a socket of its own: one question said twice may be refused and granted, and a third is a mismatch.
    const client = new TurnClient(port, credentials);
    try {
      if ((await client.allocate()) === 200) return;
    } finally {
      client.close();
    }
  }
  throw new Error(`refused ${String(MAX_TRIES)} times`);
}

/** A port that was free a moment ago; coturn cannot be asked to choose one. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
