/**
 * A signaling server that listens in. It speaks our wire to both sides, as a real server does that it stands before, and
 * changes what they say to each other: each is connected to the page in the middle (middle-page.ts), with a certificate
 * of that page, and all that they show and say goes through it. Without our checks nobody would notice.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import {
  parseFrame,
  serverMessageSchema,
  SUBPROTOCOL,
  type ServerMessage,
  type Signal,
} from '../../main/signaling/protocol';
import { systemClock } from '../../renderer/call/clock';
import { parsePeerMessage } from '../../renderer/call/peer-channel';
import {
  fingerprintOf,
  SafetyExchange,
  type SafetyCode,
  type SafetyMessage,
} from '../../renderer/call/safety-code';
import { MiddlePage } from './middle-page';
import type { Person } from './people';
import { startServer } from './signaling-servers';

/**
 * What is done about the safety code. `play`: the middle plays the other side toward each. `relay`: the two talk to each
 * other. And of what they say: `change` it, `delay` it past the deadline, say a side's own words back (`echo`), or say
 * again what was said in the call before (`replay`).
 */
export type Trick =
  | 'play'
  | 'relay'
  | 'change-commits'
  | 'change-reveals'
  | 'delay-commits'
  | 'delay-reveals'
  | 'echo'
  | 'replay';

/** Past the deadline of an exchange. */
const DELAY_MS = 11_000;

type RealServer = Awaited<ReturnType<typeof startServer>>;

/** Thirty-two of them, as a commit or a reveal. */
const ZEROS = 'A'.repeat(43);

/** One side, as the middle has it. */
interface Side {
  /** The member it believes to talk to. */
  other: string;
  call: string;
  isOfferer: boolean;
  fingerprint: string;
  exchange: SafetyExchange | null;
  code: SafetyCode | null;
  /** What is to be said to it; `null`: at once. */
  waiting: string[] | null;
}

export class EvilServer {
  /** Of the safety code. */
  trick: Trick = 'play';
  /** Whether the certificates in rings and answers are changed too. */
  swapsRings = true;
  readonly port: number;
  readonly #real: RealServer;
  readonly #listener: WebSocketServer;
  #middle: MiddlePage | null = null;
  /** By member. */
  #sides = new Map<string, Side>();
  /** What was changed already: it may be said again. */
  readonly #changed = new Map<string, Promise<Signal>>();
  /** What each member said of the safety code in this call, and in the call before. */
  #said = new Map<string, SafetyMessage[]>();
  #saidBefore = new Map<string, SafetyMessage[]>();
  readonly #delayed = new Set<NodeJS.Timeout>();

  private constructor(real: RealServer, listener: WebSocketServer) {
    this.#real = real;
    this.#listener = listener;
    this.port = (listener.address() as AddressInfo).port;
    listener.on('connection', (client, { url, headers }) => {
      // The sides prove whom they dialled.
      const asDialled = { headers: { Host: headers.host ?? '' } };
      this.#carry(client, new WebSocket(`${real.url}${url ?? ''}`, SUBPROTOCOL, asDialled));
    });
  }

  /** @param eve whose page is in the middle */
  static async start(eve: Person): Promise<EvilServer> {
    const real = await startServer();
    const listener = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      handleProtocols: () => SUBPROTOCOL,
    });
    await once(listener, 'listening');
    const evil = new EvilServer(real, listener);
    evil.#middle = await MiddlePage.open(eve, (from, text) => {
      evil.#onSaid(from, text);
    });
    return evil;
  }

  /** The digits that the middle has agreed on with both sides, in no order. */
  get codes(): string[] {
    return [...this.#sides.values()].flatMap(({ code }) => code?.digits ?? []);
  }

  /** What came through of each side. */
  overheard(): Promise<{ frames: number; packets: number }[]> {
    return Promise.all([...this.#sides.keys()].map((side) => this.#page.heard(side)));
  }

  async stop(): Promise<void> {
    this.#forgetDelayed();
    for (const client of this.#listener.clients) client.terminate();
    await new Promise((resolve) => this.#listener.close(resolve));
    await this.#real.close();
  }

  get #page(): MiddlePage {
    if (!this.#middle) throw new Error('nobody is in the middle');
    return this.#middle;
  }

  // ---------------------------------------------------------------- signaling

  /** All frames in their order, however long it takes to change one. */
  #carry(client: WebSocket, server: WebSocket): void {
    const early: string[] = [];
    server.on('open', () => {
      for (const text of early) server.send(text);
    });
    client.on('message', (data) => {
      if (server.readyState === WebSocket.OPEN) server.send(textOf(data));
      else early.push(textOf(data));
    });
    let self = '';
    let queue = Promise.resolve();
    server.on('message', (data) => {
      const text = textOf(data);
      const pass = async (): Promise<void> => {
        const message = parseFrame(serverMessageSchema, text);
        if (message?.type === 'welcome') self = message.self;
        client.send(message ? JSON.stringify(await this.#change(message, self)) : text);
      };
      // At the end of a test its page may be gone.
      queue = queue.then(pass).catch(() => undefined);
    });
    server.on('ping', () => {
      client.ping();
    });
    client.on('close', () => {
      server.terminate();
    });
    server.on('close', () => {
      client.terminate();
    });
    for (const socket of [client, server]) socket.on('error', () => undefined);
  }

  async #change(message: ServerMessage, to: string): Promise<ServerMessage> {
    if (message.type === 'told') {
      const said = message.message;
      const isProof = said.type === 'ring' || said.type === 'accept';
      if (!isProof || !this.swapsRings) return message;
      return { ...message, message: { ...said, fingerprint: this.#page.fingerprint } };
    }
    if (message.type !== 'signal') return message;
    const { from, signal } = message;
    const key = JSON.stringify([from, signal.call, signal.n]);
    const changed = this.#changed.get(key) ?? this.#changeSignal(from, to, signal);
    this.#changed.set(key, changed);
    return { ...message, signal: await changed };
  }

  async #changeSignal(from: string, to: string, signal: Signal): Promise<Signal> {
    if ('candidate' in signal) {
      const { candidate } = signal;
      await this.#page.candidate(from, candidate as RTCIceCandidateInit | null);
      // The middle's own are in its descriptions.
      return { ...signal, candidate: null };
    }
    if ('bye' in signal) return signal;
    const { type, sdp } = signal.description;
    if (type === 'offer') this.#begin();
    this.#sides.set(from, {
      ...{ other: to, call: signal.call, isOfferer: type === 'offer', fingerprint: fingerprintOf(sdp) ?? '' },
      ...{ exchange: null, code: null, waiting: [] },
    });
    const changed = await (type === 'offer'
      ? this.#page.offer(from, to, sdp)
      : this.#page.answer(from, to, sdp));
    return { ...signal, description: { type, sdp: changed } };
  }

  // ---------------------------------------------------------------- the safety code

  #begin(): void {
    for (const { exchange } of this.#sides.values()) exchange?.close();
    this.#sides.clear();
    this.#forgetDelayed();
    this.#saidBefore = this.#said;
    this.#said = new Map();
  }

  #onSaid(from: string, text: string | null): void {
    const side = this.#sides.get(from);
    if (!side) return;
    if (text === null) {
      for (const each of side.waiting ?? []) void this.#page.say(from, each);
      side.waiting = null;
      if (this.trick === 'play') side.exchange = this.#play(from, side);
      return;
    }
    const message = parsePeerMessage(text);
    if (message?.type !== 'commit' && message?.type !== 'reveal') {
      this.#say(side.other, text);
      return;
    }
    if (this.trick === 'play') side.exchange?.hear(message);
    else this.#cheat(from, side.other, message);
  }

  /** Plays the other side, as honestly as can be. */
  #play(member: string, side: Side): SafetyExchange {
    return new SafetyExchange({
      role: side.isOfferer ? 'answerer' : 'offerer',
      call: side.call,
      fingerprints: { own: this.#page.fingerprint, remote: side.fingerprint },
      clock: systemClock,
      send: (message) => {
        this.#say(member, JSON.stringify(message));
      },
      changed: (state) => {
        side.code = state.state === 'ready' ? state.code : null;
      },
    });
  }

  #cheat(from: string, to: string, message: SafetyMessage): void {
    const nth = this.#said.get(from)?.length ?? 0;
    this.#said.set(from, [...(this.#said.get(from) ?? []), message]);
    const pass = (said: SafetyMessage): void => {
      this.#say(to, JSON.stringify(said));
    };
    const isCommit = message.type === 'commit';
    switch (this.trick) {
      case 'change-commits':
        pass(isCommit ? { type: 'commit', commit: ZEROS } : message);
        return;
      case 'change-reveals':
        pass(isCommit ? message : { type: 'reveal', random: ZEROS });
        return;
      case 'delay-commits':
        this.#passLater(pass, message, isCommit ? DELAY_MS : 0);
        return;
      case 'delay-reveals':
        this.#passLater(pass, message, isCommit ? 0 : DELAY_MS);
        return;
      case 'echo':
        this.#say(from, JSON.stringify(message));
        return;
      case 'replay':
        pass(this.#saidBefore.get(from)?.[nth] ?? message);
        return;
      case 'relay':
      case 'play':
        pass(message);
        return;
      default:
        this.trick satisfies never;
    }
  }

  #passLater(pass: (said: SafetyMessage) => void, message: SafetyMessage, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      pass(message);
    }, delayMs);
    this.#delayed.add(timer);
  }

  /** What was said in a call belongs to that call. */
  #forgetDelayed(): void {
    for (const timer of this.#delayed) clearTimeout(timer);
    this.#delayed.clear();
  }

  #say(to: string, text: string): void {
    const side = this.#sides.get(to);
    if (side?.waiting) side.waiting.push(text);
    else void this.#page.say(to, text);
  }
}

const textOf = (data: RawData): string => (Buffer.isBuffer(data) ? data.toString('utf8') : '');
