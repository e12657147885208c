/** WebSocket frames by hand (RFC 6455, section 5): written as wrong as a test likes, read as strictly as it says. */
import { randomBytes } from 'node:crypto';

/** RFC 6455, section 5.2. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame to write; every field can break a rule. */
export interface FrameToWrite {
  opcode: number;
  payload: Buffer;
  /** The last one of its message (5.4). */
  fin?: boolean;
  /** The three reserved bits, as a number up to 7 (5.2). */
  reserved?: number;
  /** `null` leaves the frame unmasked, which a client must not (5.3). */
  mask?: Buffer | null;
  /** The key the payload is really masked with, where it is to differ from the one announced. */
  maskedWith?: Buffer;
  /** The length the header claims, where it is to lie. */
  claimedLength?: bigint;
  /** Bytes the length takes: 0 within the header, 2 or 8; the shortest that holds it, if not given (5.2). */
  lengthBytes?: 0 | 2 | 8;
}

/** The bytes of a frame. */
export function writeFrame(frame: FrameToWrite): Buffer {
  const { opcode, payload, fin = true, reserved = 0, mask = randomBytes(4) } = frame;
  const { maskedWith = mask, claimedLength = BigInt(payload.length) } = frame;
  const { lengthBytes = claimedLength < 126n ? 0 : claimedLength < 65_536n ? 2 : 8 } = frame;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const second = (mask ? 0x80 : 0) | { 0: Number(claimedLength & 0x7fn), 2: 126, 8: 127 }[lengthBytes];
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes === 2) length.writeUInt16BE(Number(claimedLength & 0xffffn));
  if (lengthBytes === 8) length.writeBigUInt64BE(claimedLength);
  const header = Buffer.concat([Buffer.from([first, second]), length, mask ?? Buffer.alloc(0)]);
  return Buffer.concat([header, maskedWith ? masked(payload, maskedWith) : payload]);
}

/** The payload of a close frame (5.5.1). */
export function closePayload(code: number, reason: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, reason]);
}

function masked(payload: Buffer, key: Buffer): Buffer {
  const bytes = Buffer.from(payload);
  // Some are many megabytes: a call for each byte would hold up everybody in this process, until servers give them up.
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = (bytes[at] ?? 0) ^ (key[at & 3] ?? 0);
  return bytes;
}

/** A frame a server sent. */
export interface FrameRead {
  opcode: number;
  payload: Buffer;
}

/** Reads what a server sends, in pieces of any size. Ours sends each message as one frame, so nothing else is right. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws if the server breaks a rule of section 5. */
  read(chunk: Buffer): FrameRead[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: FrameRead[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): FrameRead | null {
    const bytes = this.#rest;
    if (bytes.length < 2) return null;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
    const opcode = first & 0x0f;
    if ((first & 0xf0) !== 0x80) throw new Error(`the server fragmented or reserved: ${first.toString(16)}`);
    if ((second & 0x80) !== 0) throw new Error('the server masked');
    if (!Object.values<number>(OPCODES).includes(opcode)) throw new Error(`the server's opcode is ${opcode}`);
    if (opcode >= OPCODES.close && second > 125) throw new Error('a control frame of the server is too long');
    const lengthBytes = second === 127 ? 8 : second === 126 ? 2 : 0;
    const start = 2 + lengthBytes;
    if (bytes.length < start) return null;
    const length =
      lengthBytes === 0
        ? second
        : lengthBytes === 2
          ? bytes.readUInt16BE(2)
          : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + length) return null;
    this.#rest = bytes.subarray(start + length);
    return { opcode, payload: bytes.subarray(start, start + length) };
  }
}
