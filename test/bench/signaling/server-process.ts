/** The measured servers: each a process of its own, pinned to one core, that says what it has used. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';

const SERVERS = join(import.meta.dirname, 'servers');
const ROOT = join(import.meta.dirname, '../../..');

/** Who is measured, and the script that starts it. `floor` and `parley` need nothing from the registry. */
const SCRIPTS = {
  floor: join(SERVERS, 'bare-relay.js'),
  parley: join(ROOT, 'dist/server/parley-server.js'),
  peerjs: join(SERVERS, 'peerjs.js'),
  'socket.io': join(SERVERS, 'socket-io.js'),
  'y-webrtc': join(SERVERS, 'y-webrtc.js'),
} as const;
export type Contender = keyof typeof SCRIPTS;

/** What a server process has used so far. */
export interface Usage {
  /** User and system time of all its threads. */
  cpuMs: number;
  /** Resident memory, in bytes. */
  rss: number;
}

const usageSchema = v.object({ cpuMs: v.number(), rss: v.number() });
const listeningSchema = v.object({ port: v.number() });

const canPin =
  process.platform === 'linux' && availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Moves this process, which makes the load, off the servers' core. @returns how the cores are shared, as a sentence. */
export function pinLoad(): string {
  if (!canPin) return 'Servers and load share the cores (no taskset, or one core only).';
  spawnSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)]);
  return 'The servers run on core 0, the load on core 1.';
}

/** A server that listens. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(contender: Contender): Promise<ServerProcess> {
    const own =
      contender === 'parley' ? ['--port', '0', '--max-connections', '20000', '--max-per-ip', '20000'] : [];
    const node = ['--expose-gc', '--import', join(SERVERS, 'probe.js'), SCRIPTS[contender], ...own];
    const child = canPin
      ? spawn('taskset', ['-c', '0', process.execPath, ...node], {
          stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
        })
      : spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    // `stdio` above makes it a pipe; the types do not say so.
    if (!child.stdout) throw new TypeError('no standard output');
    const lines = createInterface({ input: child.stdout });
    const port = await new Promise<number>((resolve, reject) => {
      // What follows the first line is read and dropped, so that a server never waits for a reader of its log.
      lines.on('line', (line) => {
        const said = v.safeParse(listeningSchema, fromJson(line));
        if (said.success) resolve(said.output.port);
      });
      child.once('exit', () => {
        reject(new Error(`${contender} ended before it listened`));
      });
    });
    return new ServerProcess(child, port);
  }

  /** @param collect collects garbage first, so that `rss` is what is held. */
  async usage({ collect = false } = {}): Promise<Usage> {
    const said = once(this.#child, 'message');
    this.#child.send(collect ? 'collect' : 'usage');
    const [usage] = (await said) as [unknown];
    return v.parse(usageSchema, usage);
  }

  /** Open file descriptors; not a number where the system does not list them. */
  descriptors(): number {
    if (process.platform !== 'linux') return NaN;
    return readdirSync(`/proc/${String(this.#child.pid)}/fd`).length;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

function fromJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
