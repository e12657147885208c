import type { Writable } from 'node:stream';
import type { RawData } from 'ws';
import { CLOSE_CODES, LIMITS, type AwayReason, type CloseCode } from './protocol';
import { PING_FRAME, textFrame } from './text-frame';
import type { Heartbeats, Pulse } from './life-signs';
import type { Logger } from './logger';

/** What a connection needs of a WebSocket. */
export interface Socket {
  /** 1 while it is open, as in the WHATWG standard. */
  readonly readyState: number;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: 'message', listener: (data: RawData, isBinary: boolean) => void): unknown;
  on(event: 'ping' | 'pong', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: (code: number) => void): unknown;
}

/** Who a connection's frames are for; it changes once, when a greeting becomes a member. */
export interface Receiver {
  receive(text: string): void;
  /** The socket is gone, or as good as gone; nothing is received after this. Called once. */
  ended(reason: AwayReason): void;
}

/** What connections share. */
export interface ConnectionContext {
  heartbeats: Heartbeats;
  logger: Logger;
}

const OPEN = 1;

/**
 * One socket, in either dialect: bounds, heartbeat and close codes. Once it ended, whatever still arrives on it is
 * dropped, so a terminated or replaced socket delivers nothing.
 */
export class Connection implements Pulse {
  readonly #socket: Socket;
  readonly #stream: Writable;
  readonly #context: ConnectionContext;
  #receiver: Receiver | null = null;
  #junk = 0;
  #ended = false;
  heardAt = 0;

  /** @param stream what carries the socket: whole frames are written to it, between those of the socket itself. */
  constructor(socket: Socket, stream: Writable, context: ConnectionContext) {
    this.#socket = socket;
    this.#stream = stream;
    this.#context = context;
    const { heartbeats, logger } = context;
    heartbeats.add(this);
    const heard = (): void => {
      heartbeats.heard(this);
    };
    socket.on('message', (data, isBinary) => {
      heard();
      this.#onMessage(data, isBinary);
    });
    socket.on('pong', heard);
    socket.on('ping', heard);
    // ws closes the socket itself (1002, 1007, 1008, 1009); without a listener the error would end the process.
    socket.on('error', (error) => {
      logger.info('socket-error', { code: 'code' in error ? String(error.code) : error.name });
      this.#end('closed');
    });
    socket.on('close', () => {
      this.#end('closed');
    });
  }

  /** Whether the socket is gone or being closed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** From now on frames go to `receiver`, and the end of the socket is told to it. */
  handOver(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Sends a frame; a reader that lets too much pile up is terminated. */
  send(text: string): void {
    this.#write(textFrame(text));
    if (this.#stream.writableLength > LIMITS.socketBacklogBytes) this.terminate('backlog');
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
    if (this.#junk > LIMITS.junkReplies) this.close(4400);
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
    this.#socket.close(code, CLOSE_CODES[code].reason);
  }

  /** Drops a socket that cannot hear any more; a closing handshake would wait for it. */
  terminate(reason: AwayReason): void {
    if (this.#ended) return;
    this.#context.logger.info('socket-terminated', { reason });
    this.#socket.terminate();
    this.#end(reason);
  }

  /** Drops the socket whatever state it is in, also one that does not answer its closing handshake. */
  drop(): void {
    this.#stop();
    this.#socket.terminate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#ended) return;
    if (isBinary || !Buffer.isBuffer(data)) {
      this.close(4400);
      return;
    }
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

  #write(frame: Buffer): void {
    // Once the other end has said that it closes, nothing may follow the answer to that.
    if (!this.#ended && this.#socket.readyState === OPEN) this.#stream.write(frame);
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
  }
}
