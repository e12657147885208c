import { once } from 'node:events';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import type { ServerProcess } from './signaling-servers';

/** What a server process holds on to. */
export interface Vitals {
  /** Live objects, after a collection. */
  heapBytes: number;
  /** What the operating system says; falls late, if at all. */
  rssBytes: number;
  sockets: number;
  timers: number;
  /** Names that somebody put on `Object.prototype`. */
  pollution: string[];
}

const answerSchema = v.object({ id: v.number(), result: v.looseObject({}) });
const vitalsSchema = v.object({
  result: v.object({
    value: v.object({
      heapBytes: v.number(),
      rssBytes: v.number(),
      sockets: v.number(),
      timers: v.number(),
      pollution: v.array(v.string()),
    }),
  }),
});

const OWN_NAMES = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
const EXPRESSION = `(() => {
  const { heapUsed, rss } = process.memoryUsage();
  const count = (kind) => process.getActiveResourcesInfo().filter((name) => name === kind).length;
  return {
    heapBytes: heapUsed,
    rssBytes: rss,
    sockets: count('TCPSocketWrap'),
    timers: count('Timeout'),
    pollution: Object.getOwnPropertyNames(Object.prototype).filter((name) => !${OWN_NAMES}.includes(name)),
  };
})()`;

/** With this in its environment a process can be looked into, and runs as it was shipped otherwise. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=0' };

/** What Node itself has to say of that on standard error. */
export const INSPECTOR_LINE = /^(Debugger|For help|Waiting for the debugger)/;

/** Looks into a process that was started with {@link INSPECTED}. */
export class ProcessInspector {
  readonly #socket: WebSocket;
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async attach({ errors }: ServerProcess): Promise<ProcessInspector> {
    const line = await errors.next((text) => text.startsWith('Debugger listening on '));
    const socket = new WebSocket(line.slice('Debugger listening on '.length));
    await once(socket, 'open');
    return new ProcessInspector(socket);
  }

  /** Collects the garbage and counts what is left. */
  async vitals(): Promise<Vitals> {
    await this.#ask('HeapProfiler.collectGarbage');
    const answer = await this.#ask('Runtime.evaluate', { expression: EXPRESSION, returnByValue: true });
    return v.parse(vitalsSchema, answer).result.value;
  }

  /** Asks until it is so. @throws with what it was last, when that takes too long. */
  async vitalsOnce(isSo: (vitals: Vitals) => boolean, limitMs = 60_000): Promise<Vitals> {
    const startedAt = performance.now();
    for (;;) {
      const vitals = await this.vitals();
      if (isSo(vitals)) return vitals;
      if (performance.now() - startedAt > limitMs) throw new Error(`still ${JSON.stringify(vitals)}`);
    }
  }

  detach(): void {
    this.#socket.terminate();
  }

  async #ask(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    this.#asked += 1;
    const id = this.#asked;
    this.#socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [data] = (await once(this.#socket, 'message')) as [Buffer];
      const answer = v.safeParse(answerSchema, JSON.parse(data.toString('utf8')));
      if (answer.success && answer.output.id === id) return answer.output.result;
    }
  }
}
