import * as v from 'valibot';
import {
  generateIdentity,
  joinSecretProof,
  memberIdOf,
  type HelloClaim,
} from '../../main/signaling/identity';
import {
  challengeSchema,
  serverMessageSchema,
  SUBPROTOCOL,
  type ServerMessage,
} from '../../main/signaling/protocol';
import { HandwrittenSocket } from './handwritten-socket';
import { helloFor, numbered } from './signaling-clients';

const NAMESPACE = 'default';
/** What the upgrade says it dialled. */
const HOST = '127.0.0.1';

/**
 * A `parley.1` member that says what it likes, but keeps count as an honest one would: so that after anything a
 * server may have made of its frames, the next good one must be understood.
 */
export class HostileMember {
  readonly id: string;
  readonly #port: number;
  readonly #joinSecret: string | null;
  readonly #identity = generateIdentity();
  #socket: HandwrittenSocket | null = null;
  #nonce = '';
  /** The next number, or null before the welcome. */
  #next: number | null = null;
  #lastHeard = 0;
  #badMessages = 0;

  /** @param joinSecret of the server, where it has one and this member knows it */
  constructor(port: number, joinSecret: string | null = null) {
    this.#port = port;
    this.#joinSecret = joinSecret;
    this.id = memberIdOf(NAMESPACE, this.#identity.publicKey);
  }

  get socket(): HandwrittenSocket {
    if (!this.#socket) throw new Error('not connected');
    return this.#socket;
  }

  /** Connects as far as the challenge. */
  async connect(): Promise<void> {
    this.#socket?.destroy();
    this.#socket = await HandwrittenSocket.open(this.#port, `/${NAMESPACE}`, SUBPROTOCOL);
    this.#nonce = v.parse(challengeSchema, JSON.parse(await this.#socket.nextText())).nonce;
    this.#next = null;
    this.#badMessages = 0;
  }

  /** What a hello on this connection has to prove. */
  get claim(): HelloClaim {
    return { nonce: this.#nonce, namespace: NAMESPACE, host: HOST };
  }

  /** A good hello; with `resume` from its second one on. */
  hello(): object {
    const proof = this.#joinSecret === null ? {} : { proof: joinSecretProof(this.#joinSecret, this.claim) };
    const hello = { ...helloFor(this.#identity, this.claim), ...proof };
    return this.#lastHeard === 0
      ? hello
      : { ...hello, resume: { member: this.id, lastSeq: this.#lastHeard } };
  }

  /** Good messages of every type, as they would be right now. */
  messages(room: string, to: string): object[] {
    const seq = this.#next ?? 1;
    const candidate = {
      candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
    };
    return [
      this.hello(),
      { type: 'ack', seq: this.#lastHeard },
      { type: 'join', seq, room },
      { type: 'leave', seq, room },
      { type: 'admit', seq, room, member: to },
      { type: 'turn-away', seq, room, member: to },
      { type: 'door', seq, room, door: 'open' },
      { type: 'signal', seq, room, to, signal: numbered(7) },
      { type: 'signal', seq, room, to, signal: { call: 'c', n: 1, candidate } },
      { type: 'signal', seq, room, to, signal: { call: 'c', n: 2, bye: true } },
      {
        type: 'signal',
        seq,
        room,
        to,
        signal: { call: 'c', n: 3, description: { type: 'offer', sdp: 'v=0' } },
      },
    ];
  }

  /** Says something and counts it if it would count. */
  say(text: string): void {
    this.socket.say(text);
    if (this.#next !== null && isNumbered(text, this.#next)) this.#next += 1;
  }

  /** Says one good request. */
  request(request: object): void {
    this.say(JSON.stringify({ ...request, seq: this.#next }));
  }

  /** Says that it has handled everything up to a number: what it has heard, if it is honest. */
  acknowledge(seq = this.#lastHeard): void {
    this.say(JSON.stringify({ type: 'ack', seq }));
  }

  /**
   * Waits until everything was handled, and reads what came. @returns the messages.
   * @throws if any is not of the wire's shape, exactly, or if junk is answered more often than it may be.
   */
  async heard(): Promise<ServerMessage[]> {
    await this.socket.settled();
    const messages = this.socket.texts().map(readExactly);
    for (const message of messages) {
      if (message.type === 'welcome') {
        this.#next = message.lastSeq + 1;
        if (!message.resumed) this.#lastHeard = 0;
      }
      if ('seq' in message && message.seq !== undefined && message.type !== 'ack')
        this.#lastHeard = message.seq;
      if (message.type === 'error' && message.code === 'bad-message') this.#badMessages += 1;
    }
    if (this.#badMessages > 3) throw new Error(`junk was answered ${this.#badMessages} times`);
    return messages;
  }

  /** Whether the server still understands this member: a good hello is welcomed, a good request acknowledged. */
  async isUnderstood(): Promise<boolean> {
    if (this.#next === null) {
      this.say(JSON.stringify(this.hello()));
      return (await this.heard()).some(({ type }) => type === 'welcome');
    }
    const seq = this.#next;
    this.request({ type: 'leave', room: 'nowhere' });
    return (await this.heard()).some((message) => message.type === 'ack' && message.seq === seq);
  }
}

/** Reads a server's text frame. @throws if it says anything less or more than the wire has words for. */
export function readExactly(text: string): ServerMessage {
  const json: unknown = JSON.parse(text);
  const message = v.parse(serverMessageSchema, json);
  // Parsing leaves out what is not in the schema, and mends names; nothing of either may have been sent.
  if (canonical(message) !== canonical(json)) throw new Error(`the server said more than it may: ${text}`);
  return message;
}

function canonical(json: unknown): string {
  return JSON.stringify(json, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** A frame that carries the next number counts, good or bad; an acknowledgement carries another kind of number. */
function isNumbered(text: string, seq: number): boolean {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
    return 'seq' in json && json.seq === seq && !('type' in json && json.type === 'ack');
  } catch {
    return false;
  }
}
