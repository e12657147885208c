/**
 * What two Parleys tell each other over their data channel (W3C WebRTC, section 6): what is muted, that the call is
 * over, signs of life, and the two steps to a safety code (safety-code.ts). JSON text, one message each.
 */
import * as v from 'valibot';
import type { Clock } from './clock';

/** How often a sign of life goes out. */
export const BEAT_MS = 500;
/** This many in a row missed, and the path is silent. */
export const MISSED_BEATS = 4;

/**
 * How long the channel may stay mute on a path that is there again: SCTP sends nothing before its retransmission timer
 * runs out (RFC 9260, section 6.3.3), which Chromium lets grow to 3 s.
 */
const RETRANSMISSION_MS = 3000;

const MAX_MESSAGE = 64 * 1024;

/** Exactly 32 bytes in base64url: 43 characters, of which the last has two bits to spare. */
const bytes32Schema = v.pipe(v.string(), v.regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/));

const messageSchema = v.variant('type', [
  v.object({ type: v.literal('state'), muted: v.boolean(), cameraOff: v.boolean() }),
  v.object({ type: v.literal('bye') }),
  v.object({ type: v.literal('beat') }),
  v.object({ type: v.literal('commit'), commit: bytes32Schema }),
  v.object({ type: v.literal('reveal'), random: bytes32Schema }),
]);
/**
 * `state`: what the sender's devices do. `bye`: the call is over. `beat`: nothing but a sign of life. `commit` and
 * `reveal`: the sender's part in the safety code, each said once for a connection. Older Parleys ignore these two.
 */
export type PeerMessage = v.InferOutput<typeof messageSchema>;

/**
 * Reads one message.
 * @returns `null` for what is none of ours: not text, not JSON, too long, or of a type this version does not know.
 */
export function parsePeerMessage(data: unknown): PeerMessage | null {
  if (typeof data !== 'string' || data.length > MAX_MESSAGE) return null;
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return null;
  }
  const parsed = v.safeParse(messageSchema, json, { abortEarly: true });
  return parsed.success ? parsed.output : null;
}

/** A moment on the call's own clock, and as Unix time, which goes on while this machine sleeps. */
export interface Heard {
  atMs: number;
  wallMs: number;
}

export interface PeerChannelEvents {
  opened(): void;
  heard(message: PeerMessage): void;
  /** The path went silent, or speaks again; said only when it changes. */
  silenceChanged(silent: boolean): void;
}

/** One end of the channel. Beats as soon as it is open. */
export class PeerChannel {
  readonly #channel: RTCDataChannel;
  readonly #clock: Clock;
  readonly #wallClock: () => number;
  readonly #events: PeerChannelEvents;
  #heard: Heard;
  #missed = 0;
  #silent = false;
  #stopBeat: (() => void) | null = null;
  readonly #listening = new AbortController();

  constructor(channel: RTCDataChannel, clock: Clock, wallClock: () => number, events: PeerChannelEvents) {
    this.#channel = channel;
    this.#clock = clock;
    this.#wallClock = wallClock;
    this.#events = events;
    this.#heard = this.#moment();
    const { signal } = this.#listening;
    channel.addEventListener('open', () => this.#onOpen(), { signal });
    channel.addEventListener('message', (event) => this.#onMessage(event.data), { signal });
    // The other end closes its channel on purpose only together with its connection, so nothing more can come.
    channel.addEventListener('close', () => this.#setSilent(true), { signal });
    if (channel.readyState === 'open') this.#onOpen();
  }

  get open(): boolean {
    return this.#channel.readyState === 'open';
  }

  /** Open once, and nothing heard for {@link MISSED_BEATS} beats. */
  get silent(): boolean {
    return this.#silent;
  }

  /** When something last arrived; at first, when this end was made. */
  get heard(): Heard {
    return this.#heard;
  }

  /** The other side was heard on a path again, so the channel will speak as soon as it is its turn. */
  onPathFound(): void {
    if (!this.#silent || !this.open) return;
    this.#missed = -RETRANSMISSION_MS / BEAT_MS;
    this.#setSilent(false);
  }

  /** Says something; nothing happens while the channel is not open. */
  say(message: PeerMessage): void {
    if (!this.open) return;
    try {
      this.#channel.send(JSON.stringify(message));
    } catch {
      // A path that is silent for long fills the send buffer (OperationError). What is lost then is said again: states
      // on return, `bye` also by signal.
    }
  }

  /** Stops beating and listening. The underlying channel closes with its connection. */
  close(): void {
    this.#listening.abort();
    this.#stopBeat?.();
    this.#stopBeat = null;
  }

  #onOpen(): void {
    if (this.#stopBeat) return;
    this.#events.opened();
    this.#beat();
  }

  // Silence is counted in our own beats, not by the clock: after this machine has slept, one late beat is one missed
  // beat and not an hour of silence.
  #beat(): void {
    this.say({ type: 'beat' });
    this.#stopBeat = this.#clock.after(BEAT_MS, () => {
      this.#missed += 1;
      if (this.#missed >= MISSED_BEATS) this.#setSilent(true);
      if (!this.#listening.signal.aborted) this.#beat();
    });
  }

  #onMessage(data: unknown): void {
    // Whatever arrives proves the path, also what a newer Parley says and we cannot read.
    this.#missed = 0;
    this.#heard = this.#moment();
    this.#setSilent(false);
    const message = parsePeerMessage(data);
    if (message) this.#events.heard(message);
  }

  #moment(): Heard {
    return { atMs: this.#clock.now(), wallMs: this.#wallClock() };
  }

  #setSilent(silent: boolean): void {
    if (this.#silent === silent) return;
    this.#silent = silent;
    this.#events.silenceChanged(silent);
  }
}
