import { utilityProcess, type UtilityProcess } from 'electron';
import * as v from 'valibot';
import type { Result } from '../preload/bridge';
import {
  lanServerReportSchema,
  type hostedRoomSchema,
  type LanServerCommand,
} from './signaling/lan-server-protocol';
import type { Logger } from './signaling/logger';
import { DEFAULT_PORT, formatRoomPath, type Door, type RoomAddress } from './signaling/protocol';

/** How the embedded server is run. */
export interface LanServerOptions {
  /** The built `lan-server-process.js`. */
  entry: string;
  version: string;
  /** Asked for on the command line, and no other will do; `null`: 9238 or the next free one. */
  port: number | null;
  allowOrigins: string[];
  /** Member id of the person whose app this is, where people of the network are present. */
  owner: string;
  log: Logger;
}

type HostedRoom = v.InferOutput<typeof hostedRoomSchema>;

/** A process that dies more often than that in this time is given a rest. */
const CRASHES = { most: 5, withinMs: 10_000 };
/** Until one that dies again and again, or finds no port, is tried again. */
const REST_MS = 3000;

/** It says 1001 to everybody first; one that hangs is ended. */
const STOP_MS = 900;

/**
 * Runs the embedded signaling server for as long as there is a reason to: rooms that are open in it, or a person who
 * wants to be reachable on the network. It lives in a utility process, so that a flood or a crash of it never reaches
 * the call; one that crashes is started again on the same port, with the same rooms and the same guests let in.
 */
export class LanServer {
  readonly #options: LanServerOptions;
  readonly #rooms = new Map<string, HostedRoom>();
  #isReachable = false;
  #process: UtilityProcess | null = null;
  /** Where it listens; while none does because it crashed, where it did. */
  #port: number | null = null;
  #crashedAt: number[] = [];
  #retry: NodeJS.Timeout | undefined;
  /** What was asked for is done one after the other. */
  #turns: Promise<unknown> = Promise.resolve();
  /** Who waits for the process to say that a room is open. */
  readonly #opening = new Map<string, () => void>();
  readonly #onRestarted = new Set<(port: number) => void>();

  constructor(options: LanServerOptions) {
    this.#options = options;
  }

  /** Told when the server listens again after a crash, on the port of before if it could have it, or another. */
  onRestarted(listener: (port: number) => void): void {
    this.#onRestarted.add(listener);
  }

  /**
   * Opens a room, and listens if it did not yet.
   * @returns the port, or `port-taken` or `port-refused` where none can be had; then the room is not open.
   */
  openRoom(room: Omit<HostedRoom, 'admitted'>): Promise<Result<number>> {
    return this.#inTurn(async () => {
      const opened = { ...room, admitted: [] };
      const path = formatRoomPath(room);
      this.#rooms.set(path, opened);
      if (this.#port !== null && this.#process !== null) {
        await this.#openIn(this.#process, path, opened);
        return { ok: true, value: this.#port };
      }
      const listening = await this.#listen();
      if (!listening.ok) this.#giveUp(() => this.#rooms.delete(path));
      return listening;
    });
  }

  /** Closes a room; resolves when a server that nothing else needs is gone, within a second. */
  closeRoom(address: RoomAddress): Promise<void> {
    return this.#inTurn(() => {
      if (!this.#rooms.delete(formatRoomPath(address))) return Promise.resolve();
      if (!this.#isNeeded) return this.#stop();
      const { namespace, room } = address;
      this.#process?.postMessage({ type: 'close-room', namespace, room } satisfies LanServerCommand);
      return Promise.resolve();
    });
  }

  /** Listens also while no room is open. @returns the port, or `port-taken` or `port-refused`. */
  beReachable(): Promise<Result<number>> {
    return this.#inTurn(async () => {
      this.#isReachable = true;
      if (this.#port !== null && this.#process !== null) return { ok: true, value: this.#port };
      const listening = await this.#listen();
      if (!listening.ok) this.#giveUp(() => (this.#isReachable = false));
      return listening;
    });
  }

  /** Listens only while rooms are open; resolves when a server without any is gone, within a second. */
  stopBeingReachable(): Promise<void> {
    return this.#inTurn(() => {
      this.#isReachable = false;
      return this.#isNeeded ? Promise.resolve() : this.#stop();
    });
  }

  /** Resolves once everything asked for until now is done: a room that was to be opened is open. */
  async settled(): Promise<void> {
    await this.#turns;
  }

  /** What a restarted server opens the room with. */
  rememberDoor(address: RoomAddress, door: Door): void {
    this.#remember(address, { door });
  }

  /** For good, and at once. */
  close(): Promise<void> {
    return this.#inTurn(() => {
      this.#isReachable = false;
      this.#rooms.clear();
      return this.#stop();
    });
  }

  get #isNeeded(): boolean {
    return this.#isReachable || this.#rooms.size > 0;
  }

  #remember(address: RoomAddress, change: Partial<HostedRoom>): void {
    const path = formatRoomPath(address);
    const room = this.#rooms.get(path);
    if (room) this.#rooms.set(path, { ...room, ...change });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(run);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  /** A process that died meanwhile opens the room as it starts again. */
  #openIn(child: UtilityProcess, path: string, room: HostedRoom): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#opening.delete(path);
        child.off('exit', done);
        resolve();
      };
      child.once('exit', done);
      this.#opening.set(path, done);
      child.postMessage({ type: 'open-room', room } satisfies LanServerCommand);
    });
  }

  /** What crashed, and would be started again by and by, is there sooner by this. */
  async #listen(): Promise<Result<number>> {
    clearTimeout(this.#retry);
    const { port: asked } = this.#options;
    const before = this.#port;
    if (before === null) {
      const listening = await this.#start(asked ?? DEFAULT_PORT, asked === null);
      if (listening.ok) this.#port = listening.value;
      return listening;
    }
    // Everyone comes back to the same port; only where somebody else has taken it meanwhile, another must do.
    let listening = await this.#start(before, false);
    const isTaken = !listening.ok && listening.code === 'port-taken';
    if (isTaken && asked === null) listening = await this.#start(before, true);
    if (!listening.ok) return listening;
    this.#port = listening.value;
    for (const tell of this.#onRestarted) tell(listening.value);
    return listening;
  }

  /** What was asked for cannot be had; whatever else a server is needed for is tried again later. */
  #giveUp(takeBack: () => void): void {
    takeBack();
    if (this.#port === null) return;
    if (this.#isNeeded) this.#rest();
    else this.#port = null;
  }

  #rest(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#inTurn(() => this.#comeBack()), REST_MS);
  }

  /** Stops listening; resolves when the process is gone. */
  #stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    this.#port = null;
    clearTimeout(this.#retry);
    if (!child) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill(), STOP_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.postMessage({ type: 'stop' } satisfies LanServerCommand);
    });
  }

  #start(port: number, fallbackPorts: boolean): Promise<Result<number>> {
    const { entry, version, allowOrigins, owner, log } = this.#options;
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
            if (this.#process === child) this.#process = null;
            resolve({ ok: false, code: report.code });
            return;
          case 'room-opened':
            this.#opening.get(formatRoomPath(report))?.();
            return;
          case 'admissions':
            this.#remember(report, { admitted: report.admitted });
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
        // Whoever started one that dies before it listens is told so.
        if (listens) void this.#inTurn(() => this.#onCrash(code));
      });
      child.postMessage({
        type: 'start',
        version,
        port,
        fallbackPorts,
        allowOrigins,
        owner,
        rooms: [...this.#rooms.values()],
      } satisfies LanServerCommand);
    });
  }

  /** Starts it again; one that does so often is given a rest first. */
  async #onCrash(code: number | null): Promise<void> {
    const now = performance.now();
    this.#crashedAt = [...this.#crashedAt.filter((at) => now - at < CRASHES.withinMs), now];
    this.#options.log.error('the room server crashed', { code, times: this.#crashedAt.length });
    if (this.#crashedAt.length <= CRASHES.most) {
      await this.#comeBack();
      return;
    }
    this.#crashedAt = [];
    this.#rest();
  }

  async #comeBack(): Promise<void> {
    // It may have become needless, or run again, before its turn came.
    if (this.#port === null || this.#process !== null || !this.#isNeeded) return;
    const listening = await this.#listen();
    if (listening.ok) return;
    // It died before it listened, or there is no port for it.
    if (listening.code === 'unexpected') await this.#onCrash(null);
    else this.#rest();
  }
}
