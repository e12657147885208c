import { WebSocket, type RawData } from 'ws';

/** What happens on a server's socket. A ping was answered already. */
export interface ServerSocketListener {
  onMessage(data: RawData, isBinary: boolean): void;
  onPing(data: Buffer): void;
  onPong(data: Buffer): void;
  onError(error: Error): void;
  onClose(): void;
}

/** A WebSocket with one listener. All share their functions: closures would be half a kilobyte of every idle socket. */
export class ServerSocket extends WebSocket {
  listener: ServerSocketListener | null = null;

  listenWith(listener: ServerSocketListener): void {
    this.listener = listener;
    this.on('message', onMessage);
    this.on('ping', onPing);
    this.on('pong', onPong);
    this.on('error', onError);
    this.on('close', onClose);
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  listenerOf(this)?.onMessage(data, isBinary);
}

function onPing(this: WebSocket, data: Buffer): void {
  listenerOf(this)?.onPing(data);
}

function onPong(this: WebSocket, data: Buffer): void {
  listenerOf(this)?.onPong(data);
}

function onError(this: WebSocket, error: Error): void {
  listenerOf(this)?.onError(error);
}

function onClose(this: WebSocket): void {
  listenerOf(this)?.onClose();
}

function listenerOf(socket: WebSocket): ServerSocketListener | null {
  return socket instanceof ServerSocket ? socket.listener : null;
}
