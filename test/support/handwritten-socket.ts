import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FrameReader, OPCODES, writeFrame } from './websocket-frames';

/** How a socket ended: the code of the server's close frame, 1005 for one without, 1006 if there was none. */
export type Ending = number;

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const END_OF_HEADERS = '\r\n\r\n';

/** Enough that no test is taken for one busy address, and few enough to be remembered by a server. */
const ADDRESSES = 512;
let connected = 0;

/**
 * Connects to a port of this machine as somebody else than last time: from the next of many loopback addresses
 * (127.0.0.0/8, of which only macOS has but one).
 */
export function connectFromAnywhere(port: number): Socket {
  connected += 1;
  const nth = connected % ADDRESSES;
  const tcp = connect({
    port,
    host: '127.0.0.1',
    ...(process.platform === 'darwin'
      ? {}
      : { localAddress: `127.1.${nth >> 8}.${1 + ((nth & 0xff) % 254)}` }),
  });
  // One small frame right behind another is what we do all the time; Nagle's algorithm would hold it for 40 ms.
  tcp.setNoDelay(true);
  // Resets are answers like any other; 'close' follows.
  tcp.on('error', () => undefined);
  return tcp;
}

/** An upgrade request as a browser would make it, line by line (RFC 6455, section 4.1). */
export function upgradeRequest(path: string, protocol: string | null, key: string): string[] {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    ...(protocol === null ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
}

/** What a server makes of the key in a request (section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${GUID}`).digest('base64');
}

/**
 * A WebSocket on a bare TCP socket: a valid upgrade, and from then on whatever bytes a test wants to say. It answers
 * no ping and no close by itself.
 */
export class HandwrittenSocket {
  readonly tcp: Socket;
  /** Text frames, oldest first; taken out by {@link texts}. */
  readonly #texts: string[] = [];
  readonly #reader = new FrameReader();
  readonly #pongs = new Set<string>();
  #pings = 0;
  #ending: Ending | null = null;
  #violation: Error | null = null;
  #isOver = false;
  #wake: () => void = () => undefined;

  private constructor(tcp: Socket) {
    this.tcp = tcp;
    tcp.on('close', () => {
      this.#ending ??= 1006;
      this.#isOver = true;
      this.#wake();
    });
  }

  /** @throws if the server does not accept. */
  static async open(port: number, path: string, protocol: string | null = null): Promise<HandwrittenSocket> {
    const tcp = connectFromAnywhere(port);
    const key = randomBytes(16).toString('base64');
    tcp.write(upgradeRequest(path, protocol, key).join('\r\n') + END_OF_HEADERS);
    let head = Buffer.alloc(0);
    while (!head.includes(END_OF_HEADERS)) {
      const [chunk] = (await once(tcp, 'data')) as [Buffer];
      head = Buffer.concat([head, chunk]);
    }
    const end = head.indexOf(END_OF_HEADERS) + END_OF_HEADERS.length;
    const response = head.subarray(0, end).toString('latin1');
    if (!response.startsWith('HTTP/1.1 101 ') || !response.includes(acceptOf(key)))
      throw new Error(`not accepted: ${response}`);
    const socket = new HandwrittenSocket(tcp);
    socket.#onBytes(head.subarray(end));
    tcp.on('data', (bytes: Buffer) => {
      socket.#onBytes(bytes);
    });
    return socket;
  }

  /** How the server ended it, as soon as it said so; `null` while it is open. */
  get ending(): Ending | null {
    return this.#ending;
  }

  /** Takes out the text frames that came. @throws if the server broke the protocol. */
  texts(): string[] {
    if (this.#violation !== null) throw this.#violation;
    return this.#texts.splice(0);
  }

  write(bytes: Buffer): void {
    if (!this.tcp.destroyed) this.tcp.write(bytes);
  }

  say(text: string): void {
    this.write(writeFrame({ opcode: OPCODES.text, payload: Buffer.from(text) }));
  }

  /** Waits until the server has handled all that was written, or has ended the socket. @returns how, or `null`. */
  async settled(): Promise<Ending | null> {
    this.#pings += 1;
    const payload = Buffer.from(`settled ${this.#pings}`);
    this.write(writeFrame({ opcode: OPCODES.ping, payload }));
    await this.#until(() => this.#pongs.has(payload.toString()));
    return this.#ending;
  }

  /** The next text frame. @throws if the socket ends before. */
  async nextText(): Promise<string> {
    await this.#until(() => this.#texts.length > 0);
    const text = this.#texts.shift();
    if (text === undefined) throw new Error(`ended with ${String(this.#ending)} before the next frame`);
    return text;
  }

  /** Whether a pong with this payload came (section 5.5.3). */
  wasAnswered(payload: Buffer): boolean {
    return this.#pongs.has(payload.toString());
  }

  /** Waits for the server to end it. */
  async ended(): Promise<Ending> {
    await this.#until(() => this.#ending !== null);
    return this.#ending ?? 1006;
  }

  /** Waits until the TCP connection is gone too. */
  async gone(): Promise<void> {
    while (!this.#isOver) await this.#nextNews();
  }

  /** Says that nothing more will come, and waits for whatever the server makes of that. */
  async finish(): Promise<Ending> {
    this.tcp.end();
    await this.gone();
    return this.#ending ?? 1006;
  }

  destroy(): void {
    this.tcp.destroy();
  }

  async #until(happened: () => boolean): Promise<void> {
    while (!happened() && this.#ending === null) await this.#nextNews();
  }

  #nextNews(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #onBytes(bytes: Buffer): void {
    try {
      for (const { opcode, payload } of this.#reader.read(bytes)) {
        if (opcode === OPCODES.text) this.#texts.push(payload.toString('utf8'));
        else if (opcode === OPCODES.pong) this.#pongs.add(payload.toString());
        else if (opcode === OPCODES.close) {
          this.#ending ??= payload.length === 0 ? 1005 : payload.readUInt16BE(0);
        }
      }
    } catch (violation) {
      this.#violation ??= violation instanceof Error ? violation : new Error(String(violation));
      this.tcp.destroy();
    }
    this.#wake();
  }
}
