import { challengeSchema, parseFrame, type Challenge } from './protocol';
import type { Clock } from './clock';
import type { ClientSocket, DialFailure, OpenSocket, SocketListener } from './socket-opener';

/** A server that answered with a challenge. */
export interface Dialled {
  socket: ClientSocket;
  challenge: Challenge;
  /** `host[:port]` as dialled. */
  host: string;
  /** Which of the servers it is: `ws://host[:port]`. */
  server: string;
  /** Who hears this socket from now on. */
  listenWith: (listener: SocketListener) => void;
}

/** What dialling needs and how it ends: exactly one of the two is called, unless it is cancelled. */
export interface DialOptions {
  /** WebSocket URLs, dialled all at once. */
  urls: readonly string[];
  clock: Clock;
  openSocket: OpenSocket;
  timeoutMs: number;
  onDialled: (dialled: Dialled) => void;
  /** @param retryAfterMs when a server that is full asked to be tried again; 0 where none did. */
  onFailed: (failure: DialFailure, retryAfterMs: number) => void;
}

/** Dials several servers at once; the first that sends a challenge wins and the others are dropped. @returns cancel */
export function dial({ urls, clock, openSocket, timeoutMs, onDialled, onFailed }: DialOptions): () => void {
  const open = new Set<ClientSocket>();
  let failure: DialFailure = 'server-unreachable';
  let retryAfterMs = 0;
  let pending = urls.length;
  let isOver = false;

  const stop = (except?: ClientSocket): void => {
    isOver = true;
    clock.clearTimeout(timer);
    for (const socket of open) if (socket !== except) socket.terminate();
    open.clear();
  };
  const fail = (): void => {
    stop();
    onFailed(failure, retryAfterMs);
  };
  const timer = clock.setTimeout(fail, timeoutMs);

  const dialOne = (url: string): void => {
    let successor: SocketListener | null = null;
    const socket = openSocket(url, {
      onFrame: (text) => {
        if (successor) {
          successor.onFrame(text);
          return;
        }
        if (isOver) return;
        const challenge = parseFrame(challengeSchema, text);
        if (!challenge) {
          failure = 'not-parley';
          socket.terminate();
          return;
        }
        stop(socket);
        const listenWith = (listener: SocketListener): void => {
          successor = listener;
        };
        onDialled({ socket, challenge, host: new URL(url).host, server: new URL(url).origin, listenWith });
      },
      onHeard: () => successor?.onHeard(),
      onEnd: (end) => {
        if (successor) {
          successor.onEnd(end);
          return;
        }
        if (isOver) return;
        open.delete(socket);
        // One that opened and ended without a challenge is no Parley either.
        if (end.failure !== 'server-unreachable') failure = 'not-parley';
        retryAfterMs = Math.max(retryAfterMs, end.retryAfterMs);
        pending -= 1;
        if (pending === 0) fail();
      },
    });
    open.add(socket);
  };
  for (const url of urls) dialOne(url);
  return () => {
    stop();
  };
}
