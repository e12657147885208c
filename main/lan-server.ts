import { utilityProcess, type UtilityProcess } from 'electron';
import * as v from 'valibot';
import type { Result } from '../preload/bridge';
import {
  lanServerReportSchema,
  type hostedRoomSchema,
  type LanServerCommand,
} from './signaling/lan-server-protocol';
import type { Logger } from './signaling/logger';
import { DEFAULT_PORT, type Door } from './signaling/protocol';

/** How the embedded server is run. */
export interface LanServerOptions {
  /** The built `lan-server-process.js`. */
  entry: string;
  version: string;
  /** Asked for on the command line; `null`: 9238 or the next free one. */
  port: number | null;
  allowOrigins: string[];
  log: Logger;
}

type HostedRoom = v.InferOutput<typeof hostedRoomSchema>;

/** A process that dies this often in this time does so for a reason that another start will not mend. */
const CRASHES = { most: 5, withinMs: 10_000 };

/**
 * Starts and stops the embedded signaling server. It lives in a utility process, so that a flood or a crash of it
 * never reaches the call; one that crashes is started again on the same port, with the same room and the same guests
 * let in.
 */
export class LanServer {
  readonly #options: LanServerOptions;
  #process: UtilityProcess | null = null;
  #room: HostedRoom | null = null;
  #port: number | null = null;
  #crashedAt: number[] = [];
  /** Told when a restarted server had to take another port. */
  onPortChanged: (port: number) => void = () => undefined;

  constructor(options: LanServerOptions) {
    this.#options = options;
  }

  /**
   * Opens a room and listens.
   * @returns the port, or `port-taken` where none is free.
   */
  async open(room: Omit<HostedRoom, 'admitted'>): Promise<Result<number>> {
    await this.stop();
    this.#room = { ...room, admitted: [] };
    this.#crashedAt = [];
    const listening = await this.#start(this.#options.port ?? DEFAULT_PORT, true);
    if (listening.ok) this.#port = listening.value;
    return listening;
  }

  /** What a restarted server opens the room with. */
  rememberDoor(door: Door): void {
    if (this.#room) this.#room = { ...this.#room, door };
  }

  /** Stops listening; resolves when the process is gone. */
  stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    this.#room = null;
    this.#port = null;
    if (!child) return Promise.resolve();
    return new Promise((resolve) => {
      // It says 1001 to everybody first; one that hangs is ended.
      const timer = setTimeout(() => child.kill(), 900);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.postMessage({ type: 'stop' } satisfies LanServerCommand);
    });
  }

  #start(port: number, fallbackPorts: boolean): Promise<Result<number>> {
    const { entry, version, allowOrigins, log } = this.#options;
    const child = utilityProcess.fork(entry, [], { serviceName: 'Parley room server', stdio: 'ignore' });
    this.#process = child;
    let listens = false;
    return new Promise((resolve) => {
      child.on('message', (message: unknown) => {
        const parsed = v.safeParse(lanServerReportSchema, message);
        if (!parsed.success) return;
        const report = parsed.output;
        switch (report.type) {
          case 'listening':
            listens = true;
            resolve({ ok: true, value: report.port });
            return;
          case 'failed':
            log.error('the room server does not listen', { reason: report.system });
            child.kill();
            resolve({ ok: false, code: report.code === 'port-in-use' ? 'port-taken' : 'unexpected' });
            return;
          case 'admissions':
            if (this.#room) this.#room = { ...this.#room, admitted: report.admitted };
            return;
          case 'log':
            log[report.level](report.event, report.fields);
            return;
          default:
            report satisfies never;
        }
      });
      child.once('exit', (code) => {
        resolve({ ok: false, code: 'unexpected' });
        if (this.#process !== child) return;
        this.#process = null;
        // One that dies before it listens would only do so again.
        if (listens) void this.#restart(code);
      });
      child.postMessage({
        type: 'start',
        version,
        port,
        fallbackPorts,
        allowOrigins,
        rooms: this.#room ? [this.#room] : [],
      } satisfies LanServerCommand);
    });
  }

  async #restart(code: number): Promise<void> {
    const room = this.#room;
    const before = this.#port;
    if (room === null || before === null) return;
    const now = performance.now();
    this.#crashedAt = [...this.#crashedAt.filter((at) => now - at < CRASHES.withinMs), now];
    this.#options.log.error('the room server crashed', { code, times: this.#crashedAt.length });
    if (this.#crashedAt.length > CRASHES.most) return;
    // Everyone comes back to the same port; only where somebody else has taken it meanwhile, another must do.
    let listening = await this.#start(before, false);
    if (!listening.ok && this.#room?.room === room.room) listening = await this.#start(before, true);
    // The room may have been left, or another opened, while the process started.
    if (this.#room?.room !== room.room || !listening.ok || listening.value === before) return;
    this.#port = listening.value;
    this.onPortChanged(listening.value);
  }
}
