import type {
  ClientSocket,
  DialFailure,
  OpenSocket,
  SocketListener,
} from '../../main/signaling/socket-opener';

/** Something like a socket, played by a test: what the client said, and what the server answers. */
export class FakeSocket implements ClientSocket {
  readonly url: string;
  readonly #listener: SocketListener;
  readonly sent: Record<string, unknown>[] = [];
  pings = 0;
  state: 'open' | 'closed' | 'terminated' = 'open';

  constructor(url: string, listener: SocketListener) {
    this.url = url;
    this.#listener = listener;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  ping(): void {
    this.pings += 1;
  }

  close(): void {
    this.state = 'closed';
  }

  terminate(): void {
    this.state = 'terminated';
  }

  /** What the client said of one type. */
  said(type: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame['type'] === type);
  }

  /** The server sends a frame. */
  say(frame: object | string): void {
    this.#listener.onFrame(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The server pings. */
  heard(): void {
    this.#listener.onHeard();
  }

  /** The socket ends. */
  end(closeCode = 1006, failure: DialFailure | null = null, retryAfterMs = 0): void {
    this.#listener.onEnd({ closeCode, failure, retryAfterMs });
  }

  challenge(timeoutMs = 5000): void {
    this.say({ type: 'challenge', nonce: 'nonce', heartbeatMs: 2000, timeoutMs, secretRequired: false });
  }

  welcome(changes: object = {}): void {
    this.say({
      type: 'welcome',
      self: 'x'.repeat(22),
      resumed: false,
      lastSeq: 0,
      iceServers: [],
      limits: { frameBytes: 65_536, graceMs: 30_000, roomCapacity: 2 },
      ...changes,
    });
  }
}

/** Opens fake sockets and remembers them, the newest last. */
export function fakeSockets(): { open: OpenSocket; all: FakeSocket[]; last: () => FakeSocket } {
  const all: FakeSocket[] = [];
  return {
    all,
    open: (url, listener) => {
      const socket = new FakeSocket(url, listener);
      all.push(socket);
      return socket;
    },
    last: () => {
      const socket = all.at(-1);
      if (!socket) throw new Error('no socket was opened');
      return socket;
    },
  };
}
