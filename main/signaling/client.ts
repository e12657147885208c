/** The client of `parley.1`: the app's main process holds one while it is in a room. No Electron in here. */
import * as v from 'valibot';
import {
  formatRoomPath,
  parseFrame,
  serverMessageSchema,
  type Door,
  type Hello,
  type IceServer,
  type Member,
  type Request,
  type RingMessage,
  type ServerEvent,
  type Signal,
  type Status,
  type Welcome,
} from './protocol';
import { finalCodeOf, refusalOf, SignalingError, type ClientEvent, type ClosedCode } from './client-events';
import { dial, type Dialled } from './dial';
import { helloBytes, joinSecretProof, type Identity } from './identity';
import { IceLease } from './ice-lease';
import { Inbox } from './inbox';
import { SilenceWatch } from './life-signs';
import { Outbox } from './outbox';
import { reconnectDelay } from './reconnect-policy';
import { openWebSocket, type ClientSocket, type OpenSocket } from './socket-opener';
import { systemClock, type Clock, type Timer } from './clock';

export { SignalingError, type ClientEvent, type ClosedCode } from './client-events';

type EventOf<Type> = Extract<ClientEvent, { type: Type }>;
type WithoutSeq<R> = R extends unknown ? Omit<R, 'seq'> : never;
type UnsequencedRequest = WithoutSeq<Request>;

/** Where a client connects and as whom. */
export interface SignalingClientOptions {
  /** `ws://host[:port]` or `wss://...`: addresses of one server, all tried at once. */
  servers: readonly string[];
  namespace: string;
  identity: Identity;
  name: string;
  device?: Member['device'];
  joinSecret?: string;
  clock?: Clock;
  /** In [0, 1). */
  random?: () => number;
  openSocket?: OpenSocket;
  /** For the dialling and for the welcome, each. */
  connectTimeoutMs?: number;
}

/** How long leaving may take before it counts as said. */
const LEAVE_MS = 500;
/** How long a server may stay silent when we ask it for a sign of life. */
const PROBE_MS = 1000;

const numberedSchema = v.object({ seq: v.number() });

/**
 * A member's conversation with its server. Survives lost sockets: frames are numbered, kept until acknowledged and
 * sent again after a resume; where the server has forgotten, the rooms are joined again.
 */
export class SignalingClient {
  readonly #options: SignalingClientOptions;
  readonly #clock: Clock;
  #urls: string[];
  #server: string | null = null;
  readonly #outbox = new Outbox<UnsequencedRequest>(JSON.stringify);
  readonly #inbox: Inbox;
  readonly #ice: IceLease;
  readonly #rooms = new Set<string>();
  /** How this member is present; `null` while it is not. */
  #status: Status | null = null;
  readonly #listeners = new Set<(event: ClientEvent) => void>();
  readonly #leaving = new Set<{ seq: number; done: () => void }>();
  #state: 'new' | 'connecting' | 'up' | 'waiting' | 'closed' = 'new';
  #self: string | null = null;
  #attempt = 0;
  /** What a server that drains asked for. */
  #comeBackAfterMs = 0;
  #secretRequired = false;
  #socket: ClientSocket | null = null;
  #silence: SilenceWatch | null = null;
  #cancelDial: (() => void) | null = null;
  /** Runs out where a welcome, a retry or a sign of life is due. */
  #timer: Timer | null = null;
  #settleConnect: { resolve: (welcome: Welcome) => void; reject: (error: SignalingError) => void } | null =
    null;

  constructor(options: SignalingClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#ice = new IceLease(this.#clock);
    this.#urls = this.#urlsOf(options.servers);
    this.#inbox = new Inbox(this.#clock, {
      acknowledge: (seq) => {
        if (this.#state === 'up') this.#socket?.send(JSON.stringify({ type: 'ack', seq }));
      },
    });
  }

  /** Own member id; null before the first welcome. */
  get self(): string | null {
    return this.#self;
  }

  /** The server that answered, `ws://host[:port]`; null before the first challenge. */
  get server(): string | null {
    return this.#server;
  }

  /** The ICE servers of the newest welcome or renewal. */
  get iceServers(): IceServer[] {
    return this.#ice.servers;
  }

  /**
   * ICE servers to restart ICE with, asked for anew where their credentials are older than half their life. Never
   * waits for a server that cannot be reached, and for one that can only as long as a slow answer takes.
   */
  freshIceServers(): Promise<IceServer[]> {
    return this.#ice.fresh(() => this.#state === 'up' && this.#request({ type: 'ice-servers' }) !== null);
  }

  /** The server moved: from the next try on these addresses are dialled. */
  useServers(servers: readonly string[]): void {
    this.#urls = this.#urlsOf(servers);
    this.reconnectNow();
  }

  /** Hears every event. @returns what stops it. */
  subscribe(listener: (event: ClientEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears the events of one type. @returns what stops it. */
  on<Type extends ClientEvent['type']>(type: Type, listener: (event: EventOf<Type>) => void): () => void {
    return this.subscribe((event) => {
      if (isOfType(event, type)) listener(event);
    });
  }

  /**
   * Connects for the first time; said once. Once it was up, the client comes back by itself for as long as it takes.
   * @throws {SignalingError} where there is no conversation; `closed` with the same code is told too.
   */
  connect(): Promise<Welcome> {
    if (this.#state !== 'new') throw new TypeError('connect() is said once');
    return new Promise((resolve, reject) => {
      this.#settleConnect = { resolve, reject };
      this.#dial();
    });
  }

  /** Joins a room, and joins it again wherever the server has forgotten. Answered by `joined`, `knocking` or `error`. */
  join(room: string): void {
    this.#rooms.add(room);
    this.#request({ type: 'join', room });
  }

  /** Leaves a room. Resolves when the server has it, or when it cannot any more; within {@link LEAVE_MS}. */
  leave(room: string): Promise<void> {
    this.#rooms.delete(room);
    const seq = this.#request({ type: 'leave', room });
    if (seq === null || this.#state !== 'up') return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => {
        leaving.done();
      }, LEAVE_MS);
      const leaving = {
        seq,
        done: () => {
          this.#clock.clearTimeout(timer);
          this.#leaving.delete(leaving);
          resolve();
        },
      };
      this.#leaving.add(leaving);
    });
  }

  /** @returns false if too much is waiting for the server already; the signal is not sent then. */
  signal(room: string, to: string, signal: Signal): boolean {
    if (!this.#outbox.hasRoom) return false;
    return this.#request({ type: 'signal', room, to, signal }) !== null;
  }

  /** Is present in the namespace from now on, also wherever the server has forgotten. Answered by `people` or `error`. */
  present(status: Status): void {
    this.#status = status;
    this.#request({ type: 'present', status });
  }

  absent(): void {
    if (this.#status === null) return;
    this.#status = null;
    this.#request({ type: 'absent' });
  }

  /** @returns false if too much is waiting for the server already; nothing is sent then. */
  tell(to: string, message: RingMessage): boolean {
    if (!this.#outbox.hasRoom) return false;
    return this.#request({ type: 'tell', to, message }) !== null;
  }

  /** Host only: lets a knocking member in. */
  admit(room: string, member: string): void {
    this.#request({ type: 'admit', room, member });
  }

  /** Host only. */
  turnAway(room: string, member: string): void {
    this.#request({ type: 'turn-away', room, member });
  }

  /** Host only: what happens to newcomers from now on. */
  setDoor(room: string, door: Door): void {
    this.#request({ type: 'door', room, door });
  }

  /** After a sleep or a change of network: tries again now, or makes sure that the server is still there. */
  reconnectNow(): void {
    if (this.#state === 'waiting') {
      this.#attempt = 0;
      this.#dial();
    } else if (this.#state === 'up') {
      this.#socket?.ping();
      this.#arm(PROBE_MS, () => {
        this.#lost();
      });
    }
  }

  /** Hangs up; nothing is told any more. Seats that were not left stay for the grace. */
  close(): void {
    if (this.#state === 'closed') return;
    const socket = this.#socket;
    this.#stop('closed');
    socket?.close();
    this.#settleConnect?.reject(new SignalingError('server-unreachable'));
    this.#settleConnect = null;
    this.#listeners.clear();
  }

  /** Rooms are joined by message: the path only names the namespace. */
  #urlsOf(servers: readonly string[]): string[] {
    const path = formatRoomPath({ namespace: this.#options.namespace, room: '' });
    return servers.map((server) => new URL(path, server).href);
  }

  #dial(): void {
    this.#stop('connecting');
    const { openSocket = openWebSocket, connectTimeoutMs: timeoutMs = 5000 } = this.#options;
    this.#cancelDial = dial({
      urls: this.#urls,
      clock: this.#clock,
      openSocket,
      timeoutMs,
      onDialled: (dialled) => {
        this.#cancelDial = null;
        this.#greet(dialled);
        this.#arm(timeoutMs, () => {
          this.#lost();
        });
      },
      onFailed: (failure, retryAfterMs) => {
        this.#cancelDial = null;
        if (this.#self === null) {
          this.#finish(failure);
          return;
        }
        this.#comeBackAfterMs = Math.max(this.#comeBackAfterMs, retryAfterMs);
        this.#retry();
      },
    });
  }

  #greet({ socket, challenge, host, server, listenWith }: Dialled): void {
    this.#socket = socket;
    this.#server = server;
    this.#secretRequired = challenge.secretRequired;
    const silence = new SilenceWatch(this.#clock, challenge.timeoutMs, () => {
      this.#lost();
    });
    this.#silence = silence;
    listenWith({
      onFrame: (text) => {
        if (this.#socket !== socket) return;
        this.#onHeard(silence);
        this.#onFrame(text);
      },
      onHeard: () => {
        if (this.#socket === socket) this.#onHeard(silence);
      },
      onEnd: ({ closeCode }) => {
        if (this.#socket === socket) this.#onClose(closeCode);
      },
    });

    const { namespace, identity, name, device = 'desktop', joinSecret } = this.#options;
    const claim = { nonce: challenge.nonce, namespace, host };
    const hello: Hello = {
      type: 'hello',
      name,
      device,
      publicKey: identity.publicKey,
      signature: identity.sign(helloBytes(claim)),
    };
    if (challenge.secretRequired) hello.proof = joinSecretProof(joinSecret ?? '', claim);
    if (this.#self !== null) hello.resume = { member: this.#self, lastSeq: this.#inbox.handled };
    socket.send(JSON.stringify(hello));
    // Who comes for the first time knows what the welcome will say of the numbers, and does not wait for it.
    if (this.#self === null) this.#sayUnacked();
  }

  #onHeard(silence: SilenceWatch): void {
    silence.heard();
    // Any sign of life answers a probe.
    if (this.#state === 'up') this.#disarm();
  }

  #onFrame(text: string): void {
    const message = parseFrame(serverMessageSchema, text);
    if (message === null) {
      // What a newer server says and we do not know: counted, so that what follows is no gap.
      const numbered = parseFrame(numberedSchema, text);
      if (numbered && this.#state === 'up') this.#inbox.accept(numbered.seq);
      return;
    }
    switch (message.type) {
      case 'challenge':
        return;
      case 'welcome':
        this.#onWelcome(message);
        return;
      case 'ack':
        this.#outbox.ack(message.seq);
        for (const leaving of this.#leaving) if (leaving.seq <= message.seq) leaving.done();
        return;
      case 'joined':
      case 'knocking':
      case 'member-joined':
      case 'member-away':
      case 'member-back':
      case 'member-left':
      case 'knock':
      case 'knock-ended':
      case 'draining':
      case 'signal':
      case 'people':
      case 'person':
      case 'person-gone':
      case 'told':
      case 'ice-servers':
      case 'error':
        this.#onEvent(message);
        return;
      default:
        message satisfies never;
    }
  }

  #onEvent(event: ServerEvent): void {
    if (event.seq !== undefined) {
      const arrival = this.#inbox.accept(event.seq);
      if (arrival === 'duplicate') return;
      if (arrival === 'gap') {
        // A frame was lost on the way, which a resume brings back.
        this.#lost();
        return;
      }
    }
    if (event.type === 'draining') this.#comeBackAfterMs = event.retryAfterMs;
    if (event.type === 'ice-servers') this.#ice.take(event);
    this.#tell(event);
    if (event.type !== 'error' || event.room === undefined) return;
    const refusal = refusalOf(event.code);
    if (refusal === null) return;
    this.#rooms.delete(event.room);
    if (this.#rooms.size === 0 && this.#status === null) this.#finish(refusal);
  }

  #onWelcome(welcome: Welcome): void {
    if (this.#state !== 'connecting') return;
    this.#disarm();
    if (welcome.resumed) {
      this.#outbox.ack(welcome.lastSeq);
    } else if (this.#self !== null) {
      // A server that forgot knows no rooms. Joining comes first; then what it may not have heard, in order.
      this.#inbox.reset();
      const unheard = this.#outbox.reset();
      for (const room of this.#rooms) this.#outbox.push({ type: 'join', room });
      if (this.#status !== null) this.#outbox.push({ type: 'present', status: this.#status });
      for (const request of unheard) {
        if (!isPastAfterWelcome(request)) this.#outbox.push(request);
      }
    }
    if (this.#self !== null) this.#sayUnacked();
    this.#self = welcome.self;
    this.#ice.take(welcome);
    this.#state = 'up';
    this.#attempt = 0;
    this.#tell(welcome);
    this.#tell({ type: 'up', resumed: welcome.resumed });
    this.#settleConnect?.resolve(welcome);
    this.#settleConnect = null;
  }

  #onClose(closeCode: number): void {
    const final = finalCodeOf(closeCode);
    // A server with a join secret tells nobody what else may be wrong.
    if (final === 'unauthorized' && this.#secretRequired)
      this.#finish(this.#options.joinSecret === undefined ? 'password-required' : 'password-wrong');
    else if (final !== null) this.#finish(final);
    else this.#lost();
  }

  /** The socket is of no use any more. */
  #lost(): void {
    if (this.#self === null) this.#finish('server-unreachable');
    else this.#retry();
  }

  #retry(): void {
    this.#stop('waiting');
    this.#attempt += 1;
    const random = this.#options.random ?? Math.random;
    const retryInMs = reconnectDelay(this.#attempt, random(), this.#comeBackAfterMs);
    this.#comeBackAfterMs = 0;
    this.#arm(retryInMs, () => {
      this.#dial();
    });
    this.#tell({ type: 'down', attempt: this.#attempt, retryInMs });
  }

  #finish(code: ClosedCode): void {
    if (this.#state === 'closed') return;
    this.#stop('closed');
    this.#settleConnect?.reject(new SignalingError(code));
    this.#settleConnect = null;
    this.#tell({ type: 'closed', code });
  }

  /** Ends everything that runs, and drops the socket. */
  #stop(state: 'connecting' | 'waiting' | 'closed'): void {
    this.#state = state;
    this.#disarm();
    this.#silence?.stop();
    this.#silence = null;
    this.#inbox.stop();
    this.#ice.settle();
    this.#cancelDial?.();
    this.#cancelDial = null;
    const socket = this.#socket;
    this.#socket = null;
    if (state !== 'closed') socket?.terminate();
    else socket?.close();
    for (const leaving of this.#leaving) leaving.done();
  }

  #request(request: UnsequencedRequest): number | null {
    if (this.#state === 'closed') return null;
    const { seq, text } = this.#outbox.push(request);
    // There is a socket here once it has said hello.
    if (this.#state === 'up' || this.#self === null) this.#socket?.send(text);
    return seq;
  }

  #sayUnacked(): void {
    for (const text of this.#outbox.unacked()) this.#socket?.send(text);
  }

  #arm(ms: number, callback: () => void): void {
    this.#disarm();
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      callback();
    }, ms);
  }

  #disarm(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #tell(event: ClientEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/**
 * Rooms and presence are asked for again anyway, what was left is not known any more, the ICE servers are fresh, and
 * nobody rings who was forgotten. Whom somebody has answered, though, or no longer rings, is to know.
 */
function isPastAfterWelcome(request: UnsequencedRequest): boolean {
  if (request.type === 'tell') return !['accept', 'cancel'].includes(request.message.type);
  return ['join', 'leave', 'present', 'absent', 'ice-servers'].includes(request.type);
}

function isOfType<Type extends ClientEvent['type']>(event: ClientEvent, type: Type): event is EventOf<Type> {
  return event.type === type;
}
