/** A TURN client over UDP, just large enough to be told yes or no: RFC 8489 (STUN) and RFC 8656 (TURN). */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

const MAGIC_COOKIE = Buffer.from('2112a442', 'hex');
/** Until the answer comes, what was lost is said again. */
const RESEND_MS = 250;

const METHOD = { allocate: 0x003, createPermission: 0x008, channelBind: 0x009 } as const;
const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  channelNumber: 0x000c,
  peerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  requestedAddressFamily: 0x0017,
  requestedTransport: 0x0019,
} as const;
const UDP = Buffer.from([17, 0, 0, 0]);
const IPV6 = Buffer.from([2, 0, 0, 0]);
const SUCCESS = 0x0100;
const FIRST_CHANNEL = 0x4000;

type Attribute = readonly [type: number, value: Buffer];

/** What a person's browser would be given. */
export interface TurnCredentials {
  username?: string | undefined;
  credential?: string | undefined;
}

/** What the server said: 200 for yes, else its error code (RFC 8489, section 14.8). */
export type TurnAnswer = number;

/** One allocation, or the way to it. */
export class TurnClient {
  readonly #socket: Socket = createSocket('udp4');
  readonly #port: number;
  readonly #username: string;
  readonly #password: string;
  #realm = '';
  #nonce: Buffer = Buffer.alloc(0);
  #channels = 0;

  /** @param port of a server on 127.0.0.1 */
  constructor(port: number, { username = '', credential = '' }: TurnCredentials = {}) {
    this.#port = port;
    this.#username = username;
    this.#password = credential;
  }

  async allocate(family: 'ipv4' | 'ipv6' = 'ipv4'): Promise<TurnAnswer> {
    const wanted: Attribute[] = [
      [ATTRIBUTE.requestedTransport, UDP],
      ...(family === 'ipv6' ? [[ATTRIBUTE.requestedAddressFamily, IPV6] as const] : []),
    ];
    // The first try is refused with what the second needs: the realm and a nonce.
    const refused = await this.#exchange(METHOD.allocate, wanted);
    this.#realm = refused.get(ATTRIBUTE.realm)?.toString() ?? '';
    this.#nonce = refused.get(ATTRIBUTE.nonce) ?? this.#nonce;
    return this.#ask(METHOD.allocate, wanted);
  }

  createPermission(peer: string): Promise<TurnAnswer> {
    return this.#ask(METHOD.createPermission, [], peer);
  }

  channelBind(peer: string): Promise<TurnAnswer> {
    const channel = Buffer.alloc(4);
    channel.writeUInt16BE(FIRST_CHANNEL + this.#channels);
    this.#channels += 1;
    return this.#ask(METHOD.channelBind, [[ATTRIBUTE.channelNumber, channel]], peer);
  }

  close(): void {
    this.#socket.close();
  }

  /** A request with credentials. */
  async #ask(method: number, attributes: readonly Attribute[], peer?: string): Promise<TurnAnswer> {
    const answer = await this.#exchange(method, attributes, peer, [
      [ATTRIBUTE.username, Buffer.from(this.#username)],
      [ATTRIBUTE.realm, Buffer.from(this.#realm)],
      [ATTRIBUTE.nonce, this.#nonce],
    ]);
    const code = answer.get(ATTRIBUTE.errorCode);
    return code ? (code[2] ?? 0) * 100 + (code[3] ?? 0) : 200;
  }

  async #exchange(
    method: number,
    attributes: readonly Attribute[],
    peer?: string,
    proof: readonly Attribute[] = [],
  ): Promise<Map<number, Buffer>> {
    const transaction = randomBytes(12);
    const about: Attribute[] =
      peer === undefined ? [] : [[ATTRIBUTE.peerAddress, xorAddress(peer, transaction)]];
    const body = Buffer.concat([...attributes, ...about, ...proof].map(encode));
    const key = createHash('md5').update(`${this.#username}:${this.#realm}:${this.#password}`).digest();
    const request =
      proof.length > 0 ? signed(method, transaction, body, key) : plain(method, transaction, body);

    const say = (): void => {
      this.#socket.send(request, this.#port, '127.0.0.1');
    };
    const again = setInterval(say, RESEND_MS);
    say();
    try {
      return decode(await this.#answerTo(transaction));
    } finally {
      clearInterval(again);
    }
  }

  #answerTo(transaction: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      const listen = (message: Buffer): void => {
        if (!message.subarray(8, 20).equals(transaction)) return;
        this.#socket.off('message', listen);
        resolve(message);
      };
      this.#socket.on('message', listen);
    });
  }
}

function header(method: number, length: number, transaction: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(method, 0);
  head.writeUInt16BE(length, 2);
  return Buffer.concat([head, MAGIC_COOKIE, transaction]);
}

function plain(method: number, transaction: Buffer, body: Buffer): Buffer {
  return Buffer.concat([header(method, body.length, transaction), body]);
}

/** The length that is signed counts the signature already (RFC 8489, section 14.5). */
function signed(method: number, transaction: Buffer, body: Buffer, key: Buffer): Buffer {
  const message = Buffer.concat([header(method, body.length + 24, transaction), body]);
  const integrity = createHmac('sha1', key).update(message).digest();
  return Buffer.concat([message, encode([ATTRIBUTE.messageIntegrity, integrity])]);
}

function encode([type, value]: Attribute): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** Attributes by type; a success without any is an empty map. */
function decode(message: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= message.length;) {
    const length = message.readUInt16BE(at + 2);
    attributes.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  const isSuccess = (message.readUInt16BE(0) & 0x0110) === SUCCESS;
  if (!isSuccess && !attributes.has(ATTRIBUTE.errorCode)) throw new Error('neither yes nor no');
  return attributes;
}

/** XOR-PEER-ADDRESS (RFC 8489, section 14.2). The port is never reached by anything. */
function xorAddress(address: string, transaction: Buffer): Buffer {
  const bytes = addressBytes(address);
  const mask = Buffer.concat([MAGIC_COOKIE, transaction]);
  const head = Buffer.from([0, bytes.length === 16 ? 2 : 1, 0, 0]);
  head.writeUInt16BE(9 ^ mask.readUInt16BE(0), 2);
  return Buffer.concat([head, bytes.map((byte, i) => byte ^ (mask[i] ?? 0))]);
}

/** The bytes of an address: 4, or 16 for IPv6 (without dotted parts). */
export function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [front = [], back = []] = address
    .split('::')
    .map((half) => half.split(':').filter((word) => word !== ''));
  const gap = Array<string>(address.includes('::') ? 8 - front.length - back.length : 0).fill('0');
  return Buffer.from([...front, ...gap, ...back].map((word) => word.padStart(4, '0')).join(''), 'hex');
}
