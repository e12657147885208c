/** Small members for tests: one that uses the real client, one that speaks raw frames, one plain. */
import { WebSocket } from 'ws';
import { SignalingClient, type ClientEvent, type SignalingClientOptions } from '../../main/signaling/client';
import {
  generateIdentity,
  helloBytes,
  joinSecretProof,
  memberIdOf,
  type HelloClaim,
  type Identity,
} from '../../main/signaling/identity';
import {
  formatRoomPath,
  serverMessageSchema,
  parseFrame,
  SUBPROTOCOL,
  type ServerMessage,
  type Signal,
} from '../../main/signaling/protocol';

/** Things that happened, in order; a test waits for the next one that fits and fails with what came instead. */
export class Events<T> {
  readonly seen: T[] = [];
  #read = 0;
  #waiting: (() => void) | null = null;

  push(event: T): void {
    this.seen.push(event);
    this.#waiting?.();
  }

  /** The next event that fits, skipping others; the timeout is a promise to the reader of a failing test. */
  async next<U extends T>(fits: (event: T) => event is U, timeoutMs?: number): Promise<U>;
  async next(fits: (event: T) => boolean, timeoutMs?: number): Promise<T>;
  async next(fits: (event: T) => boolean, timeoutMs = 15_000): Promise<T> {
    const from = this.#read;
    for (;;) {
      while (this.#read < this.seen.length) {
        const event = this.seen[this.#read];
        this.#read += 1;
        if (event !== undefined && fits(event)) return event;
      }
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(
            new Error(`waited in vain for ${String(fits)}; came: ${JSON.stringify(this.seen.slice(from))}`),
          );
        }, timeoutMs);
        this.#waiting = () => {
          clearTimeout(timer);
          this.#waiting = null;
          resolve();
        };
      });
    }
  }
}

type EventOf<Type> = Extract<ClientEvent, { type: Type }>;

/** A member that uses the real client, with what it heard. */
export class TestMember {
  readonly client: SignalingClient;
  readonly events = new Events<ClientEvent>();
  readonly id: string;

  constructor(options: Partial<SignalingClientOptions> & Pick<SignalingClientOptions, 'servers'>) {
    const identity = options.identity ?? generateIdentity();
    const namespace = options.namespace ?? 'default';
    this.id = memberIdOf(namespace, identity.publicKey);
    this.client = new SignalingClient({ name: 'Test', ...options, namespace, identity });
    this.client.subscribe((event) => {
      this.events.push(event);
    });
  }

  next<Type extends ClientEvent['type']>(type: Type): Promise<EventOf<Type>> {
    return this.events.next((event): event is EventOf<Type> => event.type === type);
  }

  /** Everything of one type heard so far. */
  heard<Type extends ClientEvent['type']>(type: Type): EventOf<Type>[] {
    return this.events.seen.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** The calls-and-counts of the signals heard so far, in order. */
  numbers(): number[] {
    return this.heard('signal').map(({ signal }) => signal.n);
  }
}

/** Connects a member and joins a room. */
export async function joinAs(
  server: string,
  room: string,
  options: Partial<SignalingClientOptions> = {},
): Promise<TestMember> {
  const member = new TestMember({ servers: [server], ...options });
  member.client.join(room);
  await member.client.connect();
  await member.next('joined');
  return member;
}

/** A socket, its frames as parsed JSON, and how it ended. */
export class RawSocket {
  readonly socket: WebSocket;
  readonly frames = new Events<unknown>();
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(
    url: string,
    protocols: string[] = [],
    options: { origin?: string; host?: string; ca?: string; autoPong?: boolean; forwardedFor?: string } = {},
  ) {
    this.socket = new WebSocket(url, protocols, {
      perMessageDeflate: false,
      autoPong: options.autoPong ?? true,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.origin === undefined ? {} : { origin: options.origin }),
      headers: {
        ...(options.host === undefined ? {} : { Host: options.host }),
        ...(options.forwardedFor === undefined ? {} : { 'X-Forwarded-For': options.forwardedFor }),
      },
    });
    this.socket.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      this.frames.push(JSON.parse(text) as unknown);
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString('utf8') });
      });
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame of a type. */
  next(type: string): Promise<unknown> {
    return this.frames.next((frame) => typeOf(frame) === type);
  }
}

/** A plain member: ten lines of JavaScript would do. */
export async function plainAs(server: string, path: string): Promise<RawSocket> {
  const socket = new RawSocket(new URL(path, server).href);
  await socket.opened;
  return socket;
}

/** A hello that proves a key over a claim. */
export function helloFor(identity: Identity, claim: HelloClaim) {
  return {
    type: 'hello',
    name: 'Raw',
    device: 'other',
    publicKey: identity.publicKey,
    signature: identity.sign(helloBytes(claim)),
  } as const;
}

/** A `parley.1` socket without the client's care: says what a test tells it to. */
export class RawMember extends RawSocket {
  readonly identity: Identity;
  readonly id: string;
  readonly #namespace: string;
  readonly #host: string;
  readonly #joinSecret: string;

  constructor(
    server: string,
    {
      namespace = 'default',
      identity = generateIdentity(),
      path = '',
      ca = '',
      host = '',
      forwardedFor = '',
      joinSecret = '',
    } = {},
  ) {
    const url = new URL(path || formatRoomPath({ namespace, room: '' }), server).href;
    super(url, [SUBPROTOCOL], {
      ...(ca === '' ? {} : { ca }),
      ...(host === '' ? {} : { host }),
      ...(forwardedFor === '' ? {} : { forwardedFor }),
    });
    this.identity = identity;
    this.id = memberIdOf(namespace, identity.publicKey);
    this.#namespace = namespace;
    this.#host = host || new URL(server).host;
    this.#joinSecret = joinSecret;
  }

  /** Answers the challenge; `changes` overrides parts of the hello. */
  async hello(changes: Record<string, unknown> = {}): Promise<void> {
    const { nonce } = await this.message('challenge');
    const claim = { nonce, namespace: this.#namespace, host: this.#host };
    const proof = this.#joinSecret === '' ? {} : { proof: joinSecretProof(this.#joinSecret, claim) };
    this.send({ ...helloFor(this.identity, claim), ...proof, ...changes });
  }

  /** Says hello and waits for the welcome. */
  async greet(changes: Record<string, unknown> = {}): Promise<this> {
    await this.hello(changes);
    await this.message('welcome');
    return this;
  }

  /** The next server message of a type, parsed. */
  async message<Type extends ServerMessage['type']>(
    type: Type,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    const frame = await this.next(type);
    const message = parseFrame(serverMessageSchema, JSON.stringify(frame));
    if (message?.type !== type) throw new Error(`no ${type}: ${JSON.stringify(frame)}`);
    return message as Extract<ServerMessage, { type: Type }>;
  }
}

/** A signal that only carries its number. */
export function numbered(n: number, call = 'call'): Signal {
  return { call, n, candidate: null };
}

/** What a frame says it is. */
export function typeOf(frame: unknown): unknown {
  return typeof frame === 'object' && frame !== null && 'type' in frame ? frame.type : undefined;
}
