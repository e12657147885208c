const FINAL_TEXT = 0x81;
const LONG = 126;
const VERY_LONG = 127;

/**
 * A text message of a server as it goes on the wire: one frame, unmasked, uncompressed (RFC 6455, section 5.2).
 * `ws` writes head and body apart, with a system call for several buffers that costs more than one copy.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < LONG ? 2 : length < 0x1_0000 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = FINAL_TEXT;
  if (head === 2) {
    frame[1] = length;
  } else if (head === 4) {
    frame[1] = LONG;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = VERY_LONG;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  // As many bytes as units: all of them ASCII, which is copied rather than encoded.
  frame.write(text, head, length === text.length ? 'latin1' : 'utf8');
  return frame;
}

/** An empty ping of a server. */
export const PING_FRAME: Buffer = Buffer.from([0x89, 0]);
