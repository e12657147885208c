/** The load: one seat in a room of two, in the dialect of each server. Every dialect carries the same texts. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { SignalingClient } from '../../../main/signaling/client';
import { generateIdentity } from '../../../main/signaling/identity';
import { SUBPROTOCOL, type Signal } from '../../../main/signaling/protocol';
import type { Contender } from './server-process';

/** What one side of a call tells the other while it is set up. */
export interface Item {
  kind: 'offer' | 'answer' | 'candidate';
  text: string;
}

/** One of the two in a room. */
export interface Seat {
  send(item: Item): void;
  /** Called for every item of the other. */
  onItem: () => void;
  /** Leaves and closes; resolves when the socket is gone. */
  leave(): Promise<void>;
}

/** A pair of seats that know each other. */
export type Pair = readonly [Seat, Seat];

/** Which of the two; some dialects name members by it. */
type Side = 'a' | 'b';

/** Takes a seat; resolves when the server, where it says so at all, has said that it is taken. */
type TakeSeat = (port: number, room: string, side: Side) => Promise<Seat & { met: Promise<unknown> }>;

const DIALECTS: Record<Contender, TakeSeat> = {
  floor: async (port, room) => {
    const socket = await open(`ws://127.0.0.1:${port}/${room}`);
    return seatOn(
      socket,
      (item) => item,
      () => true,
    );
  },

  parley: async (port, room) => {
    const client = parleyClient(port);
    let other = '';
    let n = 0;
    const met = new Promise<void>((resolve) => {
      client.on('joined', ({ members: [member] }) => {
        if (!member) return;
        other = member.id;
        resolve();
      });
      client.on('member-joined', ({ member }) => {
        other = member.id;
        resolve();
      });
    });
    const seat: Seat & { met: Promise<unknown> } = {
      met,
      onItem: () => undefined,
      send: ({ kind, text }) => {
        const signal: Signal =
          kind === 'candidate'
            ? {
                call: 'bench',
                n,
                candidate: { candidate: text, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'abcd' },
              }
            : { call: 'bench', n, description: { type: kind, sdp: text } };
        n += 1;
        client.signal(room, other, signal);
      },
      leave: async () => {
        await client.leave(room);
        client.close();
      },
    };
    client.on('signal', () => {
      seat.onItem();
    });
    const joined = new Promise((resolve) => {
      client.on('joined', resolve);
    });
    client.join(room);
    await client.connect();
    await joined;
    return seat;
  },

  peerjs: async (port, room, side) => {
    const self = `${room}-${side}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/peerjs?key=peerjs&id=${self}&token=bench`, OPTIONS);
    const dst = `${room}-${side === 'a' ? 'b' : 'a'}`;
    const seat = seatOn(
      socket,
      ({ kind, text }) => ({ type: kind.toUpperCase(), payload: { text, connectionId: 'bench' }, dst }),
      (text) => /"type":"(OFFER|ANSWER|CANDIDATE)"/.test(text),
    );
    // The server says OPEN.
    await once(socket, 'message');
    const beat = setInterval(() => {
      socket.send('{"type":"HEARTBEAT"}');
    }, HEARTBEAT_MS);
    socket.once('close', () => {
      clearInterval(beat);
    });
    return seat;
  },

  'socket.io': async (port, room) => {
    // The protocol by hand (packets 0 open, 2 ping, 3 pong, 40 connect, 42 event, 43 acknowledgement), so that every
    // contender is loaded by the same ws.
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, OPTIONS);
    const seat = seatOn(
      socket,
      (item) => ['signal', item],
      (text) => text.startsWith('42'),
      '42',
    );
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.on('message', (data: Buffer) => {
        const text = data.toString('utf8');
        if (text === '2') socket.send('3');
        else if (text.startsWith('0')) socket.send('40');
        else if (text.startsWith('40')) socket.send(`420${JSON.stringify(['join', room])}`);
        else if (text.startsWith('430')) resolve();
      });
    });
    return seat;
  },

  'y-webrtc': async (port, room, side) => {
    const socket = await open(`ws://127.0.0.1:${port}/`);
    socket.send(JSON.stringify({ type: 'subscribe', topics: [room] }));
    // A topic is told to everybody in it, whoever said it.
    const own = `"from":"${side}"`;
    return seatOn(
      socket,
      (item) => ({ type: 'publish', topic: room, from: side, item }),
      (text) => !text.includes(own),
    );
  },
};

function parleyClient(port: number): SignalingClient {
  return new SignalingClient({
    servers: [`ws://127.0.0.1:${port}`],
    namespace: 'bench',
    identity: generateIdentity(),
    name: 'Bench',
    connectTimeoutMs: 60_000,
  });
}

const OPTIONS = { perMessageDeflate: false };

/** Where it can be chosen, everybody is asked for a sign of life as often as Parley asks. */
const HEARTBEAT_MS = 10_000;

export async function takeSeat(contender: Contender, port: number, room: string, side: Side): Promise<Seat> {
  return DIALECTS[contender](port, room, side);
}

/** Connects to a Parley server, which sends its challenge, and says nothing. @returns what hangs up. */
export async function knock(port: number): Promise<() => void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/bench/`, SUBPROTOCOL, OPTIONS);
  await once(socket, 'message');
  return () => {
    socket.terminate();
  };
}

/** Connects to a Parley server, says a signed hello, is welcomed, and takes no seat. @returns what hangs up. */
export async function greet(port: number): Promise<() => void> {
  const client = parleyClient(port);
  await client.connect();
  return () => {
    client.close();
  };
}

/** Takes both seats of a room; resolves when the two know of each other. */
export async function takePair(contender: Contender, port: number, room: string): Promise<Pair> {
  const a = await DIALECTS[contender](port, room, 'a');
  const b = await DIALECTS[contender](port, room, 'b');
  await Promise.all([a.met, b.met]);
  return [a, b];
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, OPTIONS);
  await once(socket, 'open');
  return socket;
}

function seatOn(
  socket: WebSocket,
  frameOf: (item: Item) => unknown,
  isItem: (text: string) => boolean,
  prefix = '',
): Seat & { met: Promise<unknown> } {
  const seat: Seat & { met: Promise<unknown> } = {
    met: Promise.resolve(),
    onItem: () => undefined,
    send: (item) => {
      socket.send(prefix + JSON.stringify(frameOf(item)));
    },
    leave: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
  socket.on('message', (data: Buffer) => {
    if (isItem(data.toString('utf8'))) seat.onItem();
  });
  return seat;
}
