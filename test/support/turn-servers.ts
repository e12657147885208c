/** A real coturn with the configuration we ship, filled in as an operator would, on loopback and out of a temp folder. */
import { spawn } from 'node:child_process';
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

  const port = before.port ?? (await freePort());
  const tlsPort = tls && (await freePort());
  const child = spawn(
    'turnserver',
    [
      ...[
        '-c',
        config,
        '--listening-ip',
        '127.0.0.1',
        '--listening-port',
        String(port),
        '--no-dtls',
        ...(tlsPort === undefined ? ['--no-tls'] : ['--tls-listening-port', String(tlsPort)]),
      ],
      ...relayIps.flatMap((ip) => ['--relay-ip', ip]),
      ...['--log-file', 'stdout', '--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'users')],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
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

  const url = `turn:127.0.0.1:${String(port)}`;
  await Promise.race([letIn(port, { urls: [url], secret, ttlMs: 60_000 }), ended]);
  return {
    port,
    url,
    tlsUrl: tlsPort === undefined ? null : `turns:localhost:${String(tlsPort)}?transport=tcp`,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Is let in, as the first and alone. coturn makes the tables of its database when it first looks for somebody, and where
 * two of its threads do so at once, neither finds them and both refuse; for one of us that takes a late answer.
 */
async function letIn(port: number, turn: { urls: string[]; secret: string; ttlMs: number }): Promise<void> {
  let answer = 0;
  while (answer !== 200) {
    const [credentials] = iceServersFor({ stunUrls: [], turn }, 'first', Date.now());
    // Each from a socket of its own: one question said twice may be refused and granted, and a third is a mismatch.
    const client = new TurnClient(port, credentials);
    try {
      answer = await client.allocate();
    } finally {
      client.close();
    }
  }
}

/** A port that was free a moment ago; coturn cannot be asked to choose one. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
