import type { Writable } from 'node:stream';
import { CLOSE_CODES, LIMITS, SUBPROTOCOL, type AwayReason, type CloseCode } from './protocol';
import { PING_FRAME, textFrame } from './text-frame';
import { FLOOD_MS, type Holding, type Visit } from './visitors';
import type { Clock, Timer } from './clock';
import type { Heartbeats, Pulse } from './life-signs';
import type { Logger } from './logger';
import type { Metrics } from './metrics';
import type { ServerSocketListener } from './server-socket';

/** What a connection needs of a WebSocket. */
export interface Socket {
  /** 1 while it is open, as in the WHATWG standard. */
  readonly readyState: number;
  readonly protocol: string;
  close(code: number, reason: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  /** Hears everything from now on. */
  listener: ServerSocketListener | null;
}

/** Who a connection's frames are for; it changes once, when a greeting becomes a member. */
export interface Receiver {
  receive(text: string): void;
  /** The socket is gone, or as good as gone; nothing is received after this. Called once. */
  ended(reason: AwayReason): void;
}

/** What connections need of their server; one object for all of them. */
export interface ConnectionContext {
  clock: Clock;
  heartbeats: Heartbeats;
  logger: Logger;
  metrics: Metrics;
  /** Its socket is gone; said once. */
  onClosed: (connection: Connection) => void;
}

const OPEN = 1;
/** What ws closes a socket with for which of its errors; for all others, frames that break the protocol, it is 1002. */
const CLOSE_FOR: Readonly<Partial<Record<string, CloseCode>>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};
/** What a socket that floods or babbles may take to hear why it is closed; nothing more is read of it. */
const HANG_UP_MS = 500;

/**
 * One socket, in either dialect: bounds, heartbeat and close codes. Once it ended, whatever still arrives on it is
 * dropped, so a terminated or replaced socket delivers nothing.
 */
export class Connection implements Pulse, ServerSocketListener {
  readonly #socket: Socket;
  readonly #stream: Writable;
  readonly #context: ConnectionContext;
  /** What this socket and its address may still send. */
  readonly #visit: Visit;
  /** Runs while nothing is read. */
  #pause: Timer | null = null;
  #receiver: Receiver | null = null;
  #junk = 0;
  #ended = false;
  heardAt = 0;

  /** @param stream what carries the socket: whole frames are written to it, between those of the socket itself. */
  constructor(socket: Socket, stream: Writable, visit: Visit, context: ConnectionContext) {
    this.#socket = socket;
    this.#stream = stream;
    this.#visit = visit;
    this.#context = context;
    context.heartbeats.add(this);
    socket.listener = this;
  }

  get dialect(): 'parley.1' | 'plain' {
    return this.#socket.protocol === SUBPROTOCOL ? SUBPROTOCOL : 'plain';
  }

  /** Whether the socket is gone or being closed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the address of this socket holds. */
  get holding(): Holding {
    return this.#visit.holding;
  }

  /** From now on frames go to `receiver`, and the end of the socket is told to it. */
  handOver(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Sends a frame; a reader that lets too much pile up is terminated. */
  send(text: string): void {
    const frame = textFrame(text);
    if (!this.#write(frame)) return;
    const { metrics } = this.#context;
    metrics.messagesOut += 1;
    metrics.bytesOut += frame.length;
    this.#checkBacklog();
  }

  /** What is sent from here to the end of this turn goes out in one piece. */
  gather(): void {
    this.#stream.cork();
    process.nextTick(() => {
      this.#stream.uncork();
    });
  }

  /** What its last frame made others hear costs as many frames as `cost`. */
  charge(cost: number): void {
    if (!this.#ended) this.#wait(this.#visit.charge(cost));
  }

  ping(): void {
    this.#write(PING_FRAME);
  }

  fellSilent(): void {
    this.terminate('silent');
  }

  /** A frame that cannot be read: answered a few times, then the socket is closed. */
  junk(): void {
    this.#junk += 1;
    if (this.#junk > LIMITS.junkReplies) this.#hangUp(4400);
    else this.send(JSON.stringify({ type: 'error', code: 'bad-message' }));
  }

  /** Closes a socket that can still hear why. */
  close(code: CloseCode): void {
    if (this.#ended) return;
    const receiver = this.#receiver;
    this.detach(code);
    receiver?.ended('closed');
  }

  /** Closes without telling the receiver: it knows. */
  detach(code: CloseCode): void {
    if (this.#ended) return;
    this.#stop();
    this.#context.metrics.closed.add(CLOSE_CODES[code].reason);
    this.#socket.close(code, CLOSE_CODES[code].reason);
  }

  /** Closes a socket that would go on and on: not even its answer is waited for. */
  #hangUp(code: CloseCode): void {
    this.close(code);
    this.#socket.pause();
    this.#pause = this.#context.clock.setTimeout(() => {
      this.#socket.terminate();
    }, HANG_UP_MS);
  }

  /** Drops a socket that cannot hear any more; a closing handshake would wait for it. */
  terminate(reason: AwayReason): void {
    if (this.#ended) return;
    this.#context.logger.info('socket-terminated', { reason });
    this.#context.metrics.closed.add(reason);
    this.#socket.terminate();
    this.#end(reason);
  }

  /** Drops the socket whatever state it is in, also one that does not answer its closing handshake. */
  drop(): void {
    this.#stop();
    this.#socket.terminate();
  }

  onPing(data: Buffer): void {
    this.#context.heartbeats.heard(this);
    this.#charge(data.length);
    // Every ping was answered, also that of a socket which does not read.
    this.#checkBacklog();
  }

  onPong(data: Buffer): void {
    this.#context.heartbeats.heard(this);
    this.#charge(data.length);
  }

  /** ws closes the socket itself (1002, 1007, 1008, 1009); without a listener the error would end the process. */
  onError(error: Error): void {
    const { logger, metrics } = this.#context;
    const code = 'code' in error ? String(error.code) : error.name;
    logger.info('socket-error', { code });
    if (!this.#ended && code.startsWith('WS_ERR_'))
      metrics.closed.add(CLOSE_CODES[CLOSE_FOR[code] ?? 1002].reason);
    this.#end('closed');
  }

  onClose(): void {
    this.#end('closed');
    this.#visit.end();
    this.#context.onClosed(this);
  }

  onMessage(data: unknown, isBinary: boolean): void {
    this.#context.heartbeats.heard(this);
    if (this.#ended) {
      this.#charge(Buffer.isBuffer(data) ? data.length : 0);
      return;
    }
    if (isBinary || !Buffer.isBuffer(data)) {
      this.close(4400);
      return;
    }
    this.#context.metrics.messagesIn += 1;
    this.#context.metrics.bytesIn += data.length;
    if (!this.#charge(data.length)) return;
    try {
      this.#receiver?.receive(data.toString('utf8'));
    } catch (error) {
      // One member's frame must never end the server for everybody; what went wrong is ours to find in the log.
      this.#context.logger.error('frame-failed', {
        error: error instanceof Error ? (error.stack ?? error.message) : 'unknown',
      });
      this.send(JSON.stringify({ type: 'error', code: 'unexpected' }));
      this.terminate('closed');
    }
  }

  /** @returns whether the socket could still be written to. */
  #write(frame: Buffer): boolean {
    // Once the other end has said that it closes, nothing may follow the answer to that.
    if (this.#ended || this.#socket.readyState !== OPEN) return false;
    this.#stream.write(frame);
    return true;
  }

  /** Makes a socket that is too fast wait, and closes one that floods. @returns whether its frame is to be read. */
  #charge(bytes: number): boolean {
    const owedMs = this.#visit.take(bytes);
    if (!this.#ended) return this.#wait(owedMs);
    // It was told why it is closed; what it answers comes long before it owes anything. Of who hangs up nothing is read.
    if (owedMs > 0 && this.#pause === null) this.#socket.terminate();
    return false;
  }

  #wait(waitMs: number): boolean {
    if (waitMs === 0) return true;
    if (waitMs > FLOOD_MS) {
      this.send(JSON.stringify({ type: 'error', code: 'too-many' }));
      this.#hangUp(4429);
      return false;
    }
    // What has been read already still comes, and makes the wait longer.
    if (this.#pause === null) this.#context.metrics.throttled += 1;
    else this.#context.clock.clearTimeout(this.#pause);
    this.#socket.pause();
    this.#pause = this.#context.clock.setTimeout(() => {
      this.#pause = null;
      this.#socket.resume();
    }, waitMs);
    return true;
  }

  #checkBacklog(): void {
    if (this.#stream.writableLength > LIMITS.socketBacklogBytes) this.terminate('backlog');
  }

  #end(reason: AwayReason): void {
    if (this.#ended) return;
    const receiver = this.#receiver;
    this.#stop();
    receiver?.ended(reason);
  }

  #stop(): void {
    this.#ended = true;
    this.#receiver = null;
    this.#context.heartbeats.remove(this);
    if (this.#pause === null) return;
    this.#context.clock.clearTimeout(this.#pause);
    this.#pause = null;
    // Its closing handshake, or its end, is still to be read.
    this.#socket.resume();
  }
}
