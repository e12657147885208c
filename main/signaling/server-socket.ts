import { WebSocket } from 'ws';

/** What happens on a server's socket. A ping was answered already. */
export interface ServerSocketListener {
  onMessage(data: unknown, isBinary: boolean): void;
  onPing(data: Buffer): void;
  onPong(data: Buffer): void;
  onError(error: Error): void;
  onClose(): void;
}

/** A WebSocket that tells one listener: a table of listeners would be a quarter of a kilobyte of every idle socket. */
export class ServerSocket extends WebSocket {
  listener: ServerSocketListener | null = null;

  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const { listener } = this;
    if (listener === null) return super.emit(event, first, second);
    if (event === 'message') listener.onMessage(first, second === true);
    else if (event === 'ping' && Buffer.isBuffer(first)) listener.onPing(first);
    else if (event === 'pong' && Buffer.isBuffer(first)) listener.onPong(first);
    else if (event === 'error' && first instanceof Error) listener.onError(first);
    else if (event === 'close') listener.onClose();
    else return false;
    return true;
  }
}
