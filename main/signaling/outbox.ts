import { LIMITS } from './protocol';

/** A frame that waits for its acknowledgement; its bytes are counted once. */
interface Kept<Frame> {
  seq: number;
  frame: Frame;
  bytes: number;
}

/** Frames and bytes that may wait for their acknowledgement. */
export interface OutboxBounds {
  frames: number;
  bytes: number;
}

const BOUNDS: OutboxBounds = { frames: LIMITS.unackedFrames, bytes: LIMITS.unackedBytes };

/**
 * One direction of a conversation that outlives its sockets: numbers frames from 1, keeps them until the other end
 * says it has handled them, and gives back what is left to send again. Both ends of the wire use it.
 */
export class Outbox<Frame> {
  readonly #write: (frame: Frame) => string;
  readonly #bounds: OutboxBounds;
  #kept: Kept<Frame>[] = [];
  #bytes = 0;
  #lastSeq = 0;

  /** @param write a frame as a JSON object with something in it, which its number is put in front of. */
  constructor(write: (frame: Frame) => string, bounds: OutboxBounds = BOUNDS) {
    this.#write = write;
    this.#bounds = bounds;
  }

  /** The number of the newest frame; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Whether another frame is within both bounds. */
  get hasRoom(): boolean {
    return this.#kept.length < this.#bounds.frames && this.#bytes < this.#bounds.bytes;
  }

  /** Whether half of both bounds is free: enough to tell a whole picture, not only what changed in it. */
  get hasPlenty(): boolean {
    return 2 * this.#kept.length <= this.#bounds.frames && 2 * this.#bytes <= this.#bounds.bytes;
  }

  /** Whether even twice the bounds are used up: whoever this is for will never catch up. */
  get isHopeless(): boolean {
    return this.#kept.length >= 2 * this.#bounds.frames || this.#bytes >= 2 * this.#bounds.bytes;
  }

  /** Numbers a frame and keeps it. The caller asks {@link hasRoom} first for frames that may be refused. */
  push(frame: Frame): { seq: number; text: string } {
    this.#lastSeq += 1;
    const seq = this.#lastSeq;
    const text = numbered(seq, this.#write(frame));
    const bytes = Buffer.byteLength(text);
    this.#kept.push({ seq, frame, bytes });
    this.#bytes += bytes;
    return { seq, text };
  }

  /**
   * The other end has handled everything up to `seq`.
   * @returns false for a number that was never given out; nothing changes then.
   */
  ack(seq: number): boolean {
    if (seq > this.#lastSeq) return false;
    let handled = 0;
    for (const kept of this.#kept) {
      if (kept.seq > seq) break;
      this.#bytes -= kept.bytes;
      handled += 1;
    }
    // An array that was emptied keeps its room for seventeen frames; most conversations are idle.
    if (handled === this.#kept.length) this.#kept = [];
    else this.#kept.splice(0, handled);
    return true;
  }

  /** What was not acknowledged, oldest first, as it goes on the wire. */
  unacked(): string[] {
    return this.#kept.map(({ seq, frame }) => numbered(seq, this.#write(frame)));
  }

  /** Forgets everything and counts from 1 again. @returns the frames that were not acknowledged, oldest first. */
  reset(): Frame[] {
    const frames = this.#kept.map((kept) => kept.frame);
    this.#kept = [];
    this.#bytes = 0;
    this.#lastSeq = 0;
    return frames;
  }
}

function numbered(seq: number, json: string): string {
  return `{"seq":${seq},${json.slice(1)}`;
}
