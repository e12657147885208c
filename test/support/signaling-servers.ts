/** Starters for the server's lives; each stops what it started when the test file's scope ends. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { build } from 'vite';
import {
  createSignalingServer,
  type SignalingServer,
  type SignalingServerOptions,
} from '../../main/signaling/server';
import {
  lanServerReportSchema,
  type LanServerCommand,
  type LanServerReport,
} from '../../main/signaling/lan-server-protocol';
import type { HostedRoom } from '../../main/signaling/hosted-rooms';
import { Events } from './signaling-clients';

/** Every socket of a test comes from one address; the tests of these bounds set their own. */
const PLENTY = 10_000;
/** Faster than any test. */
const ANY_RATE = { burst: 1e9, perSecond: 1e9 };

/** A server in this process, on a port of its own or on the one of a server that it stands in for. */
export async function startServer(
  options: Partial<SignalingServerOptions> = {},
  before: { port?: number; rooms?: HostedRoom[] } = {},
): Promise<SignalingServer & { url: string; port: number }> {
  const server = createSignalingServer({
    mode: 'rooms-on-demand',
    version: '0.0.0',
    maxPerAddress: PLENTY,
    frameRate: ANY_RATE,
    ...options,
  });
  for (const room of before.rooms ?? []) server.openRoom(room);
  const { port } = await server.listen({ host: '127.0.0.1', port: before.port ?? 0 });
  return Object.assign(server, { url: `ws://127.0.0.1:${port}`, port });
}

/** Builds the entries of both lives to a folder of its own. @returns the folder, and what removes it. */
export async function buildEntries(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-signaling-'));
  const root = join(import.meta.dirname, '../..');
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: join(folder, 'dist/server'),
      rolldownOptions: {
        input: {
          'parley-server': join(root, 'main/signaling/cli.ts'),
          'lan-server-process': join(root, 'main/signaling/lan-server-process.ts'),
        },
        external: ['bufferutil', 'utf-8-validate'],
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A running server process. */
export interface ServerProcess {
  url: string;
  port: number;
  child: ChildProcess;
  /** Lines on its standard error. */
  errors: Events<string>;
  /** Ends it as a shutting-down machine would. @returns its exit code. */
  stop(): Promise<number | null>;
}

const listeningSchema = v.object({ port: v.number(), metricsPort: v.optional(v.number()) });

/** The headless server's process, with what it logs. */
export interface HeadlessProcess extends ServerProcess {
  metricsPort: number | undefined;
  log: Events<string>;
}

/** The headless server as people run it. */
export async function startHeadless(
  folder: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<HeadlessProcess> {
  const child = spawn(
    process.execPath,
    [
      join(folder, 'dist/server/parley-server.js'),
      ...['--port', '0', '--drain-seconds', '0', '--max-per-ip', String(PLENTY)],
      ...args,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    },
  );
  const lines = createInterface({ input: child.stdout });
  const log = new Events<string>();
  const { port, metricsPort } = await new Promise<v.InferOutput<typeof listeningSchema>>(
    (resolve, reject) => {
      lines.once('line', (line) => {
        resolve(v.parse(listeningSchema, JSON.parse(line)));
        lines.on('line', (each) => {
          log.push(each);
        });
      });
      child.once('exit', () => {
        reject(new Error('the server ended before it listened'));
      });
    },
  );
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    metricsPort,
    log,
    child,
    errors: errorsOf(child.stderr),
    stop: () => endOf(child, () => child.kill('SIGTERM')),
  };
}

/** What a process writes to standard error: shown as it comes, and kept. */
function errorsOf(stderr: Readable): Events<string> {
  const errors = new Events<string>();
  createInterface({ input: stderr }).on('line', (line) => {
    process.stderr.write(`${line}\n`);
    errors.push(line);
  });
  return errors;
}

/** The embedded server's process, with its messages. */
export interface EmbeddedProcess extends ServerProcess {
  reports: Events<LanServerReport>;
  command(command: LanServerCommand): void;
}

/** Electron's `process.parentPort`, made of a forked process's own channel. */
const PARENT_PORT = `process.parentPort = {
  on: (_event, listener) => process.on('message', (data) => listener({ data })),
  postMessage: (message) => process.send(message),
};`;

/** The embedded server as the app runs it, but forked by plain Node. */
export async function startEmbedded(
  folder: string,
  start: Partial<Extract<LanServerCommand, { type: 'start' }>> = {},
  env: Record<string, string> = {},
): Promise<EmbeddedProcess> {
  const child = fork(join(folder, 'dist/server/lan-server-process.js'), {
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(PARENT_PORT)}`],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  if (child.stderr === null) throw new Error('standard error is no pipe');
  const errors = errorsOf(child.stderr);
  const reports = new Events<LanServerReport>();
  child.on('message', (message) => {
    reports.push(v.parse(lanServerReportSchema, message));
  });
  const command = (message: LanServerCommand): void => {
    child.send(message);
  };
  command({ type: 'start', version: '0.0.0', port: 0, rooms: [], allowOrigins: [], ...start });
  const report = await reports.next((one) => one.type === 'listening' || one.type === 'failed');
  if (report.type !== 'listening') throw new Error(`the server failed: ${JSON.stringify(report)}`);
  return {
    url: `ws://127.0.0.1:${report.port}`,
    port: report.port,
    child,
    errors,
    reports,
    command,
    stop: () =>
      endOf(child, () => {
        command({ type: 'stop' });
      }),
  };
}

/** A port that is taken while `use` runs. */
export async function withTakenPort(use: (port: number) => Promise<void> | void): Promise<void> {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  try {
    await use((taken.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
}

/** Asks a process to end. @returns its exit code. */
async function endOf(child: ChildProcess, ask: () => void): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve) => {
    child.once('exit', resolve);
    ask();
  });
}
