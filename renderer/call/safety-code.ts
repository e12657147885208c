/**
 * The safety code: thirty bits that are equal on both sides of a call only if nobody is in the middle. Two people read
 * them out to each other.
 *
 * DTLS proves that the other end of a connection holds the certificate whose fingerprint its description names (RFC
 * 8122, RFC 8827 section 6.5). Whoever carries the descriptions could put their own fingerprints there and sit between
 * two such connections. Then the two sides have negotiated different fingerprints, and so get different codes.
 *
 * A code hashed straight from fingerprints would not do: whoever is in the middle varies certificates, for seconds, until
 * one fits thirty bits. So first both commit to random bytes and only then reveal them:
 *
 *     c = SHA-256(label, role, call, own fingerprint, r)       each sends c, once the data channel is open
 *     r                                                        each sends r, once both c are there
 *     code = HKDF-SHA-256(r of both, label, call and fingerprints of both)
 *
 * Somebody in the middle has to commit towards each side before knowing what that side brings, and has one guess in
 * 2^30 for each connection. Whatever does not go exactly like this ends as `failed`, for the life of the connection.
 */
import type { Clock } from './clock';
import type { PeerMessage } from './peer-channel';

/** Who made the first offer of a connection, and who answered it. */
export type SafetyRole = 'offerer' | 'answerer';

/** The same thirty bits twice. */
export interface SafetyCode {
  /** Five numbers from 0 to 63, for a table of pictures. */
  pictures: readonly number[];
  /** Ten digits in groups, from `000 000 0000` to `107 374 1823`. */
  digits: string;
}

/** `none`: no exchange, or the other side takes no part in it. `failed`: it does, and something was not as it must be. */
export type SafetyCodeState =
  { state: 'none' } | { state: 'exchanging' } | { state: 'ready'; code: SafetyCode } | { state: 'failed' };

/** SHA-256 fingerprints in upper case, as in `a=fingerprint` (RFC 8122, section 5). */
export interface Fingerprints {
  own: string;
  remote: string;
}

export type SafetyMessage = Extract<PeerMessage, { type: 'commit' | 'reveal' }>;

type Bytes = Uint8Array<ArrayBuffer>;

const LABEL = 'parley sas 1';
const RANDOM_BYTES = 32;
/** A few round trips take less than this on any path one can talk over. */
export const EXCHANGE_MS = 10_000;

const utf8 = new TextEncoder();

// ---------------------------------------------------------------- fingerprints

/**
 * The fingerprint in a description, in upper case.
 * @returns `null` where there is none, more than one, or one of another hash or shape
 */
export function fingerprintOf(sdp: string): string | null {
  const found = new Set<string>();
  for (const line of sdp.split(/\r\n|\r|\n/)) {
    if (!/^a=fingerprint\b/i.test(line)) continue;
    const value = /^a=fingerprint:sha-256 ((?:[\dA-F]{2}:){31}[\dA-F]{2})$/i.exec(line)?.[1];
    if (value === undefined) return null;
    found.add(value.toUpperCase());
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

/** Both fingerprints of a connection as it was negotiated; `null` unless each is exactly one. */
export function fingerprintsOf({
  localDescription,
  remoteDescription,
}: Pick<RTCPeerConnection, 'localDescription' | 'remoteDescription'>): Fingerprints | null {
  const own = fingerprintOf(localDescription?.sdp ?? '');
  const remote = fingerprintOf(remoteDescription?.sdp ?? '');
  return own === null || remote === null ? null : { own, remote };
}

// ---------------------------------------------------------------- what is hashed

/** Each field after its length in bytes (32 bits, big-endian), so that no two lists give the same bytes. */
export function encodeFields(...fields: readonly (string | Bytes)[]): Bytes {
  const parts = fields.flatMap((field) => {
    const bytes = typeof field === 'string' ? utf8.encode(field) : field;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    return [...length, ...bytes];
  });
  return Uint8Array.from(parts);
}

/**
 * What a side sends before it says its random bytes.
 * @param fingerprint that side's own
 * @returns SHA-256 in base64url, 43 characters
 */
export async function commitmentOf(
  role: SafetyRole,
  call: string,
  fingerprint: string,
  random: Bytes,
): Promise<string> {
  const fields = encodeFields(LABEL, role, call, fingerprint, random);
  return toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', fields)));
}

/** What the code depends on, of one side. */
interface Contribution {
  fingerprint: string;
  random: Bytes;
}

/** HKDF-SHA-256 (RFC 5869): the random bytes are the key material, all that is public goes into `info`. */
export async function deriveCode(
  call: string,
  { offerer, answerer }: Record<SafetyRole, Contribution>,
): Promise<SafetyCode> {
  const material = Uint8Array.from([...offerer.random, ...answerer.random]);
  const key = await crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveBits']);
  const info = encodeFields(call, offerer.fingerprint, answerer.fingerprint);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: utf8.encode(LABEL), info };
  const derived = await crypto.subtle.deriveBits(parameters, key, 32);
  return codeOf(new DataView(derived).getUint32(0) >>> 2);
}

/** @param bits 0 to 2^30 - 1 */
export function codeOf(bits: number): SafetyCode {
  const digits = String(bits).padStart(10, '0');
  return {
    pictures: [24, 18, 12, 6, 0].map((shift) => (bits >>> shift) & 63),
    digits: `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
  };
}

// ---------------------------------------------------------------- the exchange

export interface SafetyExchangeOptions {
  role: SafetyRole;
  /** The id of the call, the same on both sides. */
  call: string;
  fingerprints: Fingerprints;
  clock: Clock;
  /** Over the channel of the connection that has these fingerprints. */
  send(message: SafetyMessage): void;
  changed(state: SafetyCodeState): void;
}

/** One side of one exchange: begins when it is made, and happens once for a connection. */
export class SafetyExchange {
  readonly #options: SafetyExchangeOptions;
  readonly #random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  readonly #stopDeadline: () => void;
  #state: SafetyCodeState['state'] = 'exchanging';
  #ownCommit: string | null = null;
  #otherCommit: string | null = null;
  #revealed = false;
  #heardReveal = false;
  #closed = false;

  constructor(options: SafetyExchangeOptions) {
    this.#options = options;
    this.#stopDeadline = options.clock.after(EXCHANGE_MS, () => this.#onDeadline());
    options.changed({ state: 'exchanging' });
    const { own, remote } = options.fingerprints;
    // Nobody but this side has the key of its certificate.
    if (own === remote) this.#fail();
    else void this.#commit(own);
  }

  /** Takes what the other side says; out of order, twice or too late ends the exchange. */
  hear(message: SafetyMessage): void {
    if (message.type === 'commit') {
      if (this.#otherCommit !== null || this.#state !== 'exchanging') {
        this.#fail();
        return;
      }
      this.#otherCommit = message.commit;
      this.#reveal();
      return;
    }
    // Who keeps to the order reveals only after our commit, and a commit of its own, which is answered at once.
    if (!this.#revealed || this.#heardReveal) {
      this.#fail();
      return;
    }
    this.#heardReveal = true;
    void this.#finish(message.random);
  }

  /**
   * A description was applied. Certificates last as long as their connection, so other fingerprints than those of the
   * exchange mean another other side: the code is void, and there is no second guess on the same connection.
   */
  check(fingerprints: Fingerprints | null): void {
    const { own, remote } = this.#options.fingerprints;
    if (fingerprints?.own !== own || fingerprints.remote !== remote) this.#fail();
  }

  /** The connection is gone, and the code with it. */
  close(): void {
    this.#become({ state: 'none' });
    this.#closed = true;
  }

  async #commit(own: string): Promise<void> {
    const { role, call } = this.#options;
    try {
      const commit = await commitmentOf(role, call, own, this.#random);
      if (this.#closed) return;
      this.#ownCommit = commit;
      // Also after a failure: who hears no commit takes this side for an older Parley, and is told of nothing.
      this.#options.send({ type: 'commit', commit });
      if (this.#isRunning) this.#reveal();
    } catch {
      this.#fail();
    }
  }

  /** Says the random bytes as soon as nobody can choose theirs to match any more, and not before. */
  #reveal(): void {
    if (this.#ownCommit === null || this.#otherCommit === null) return;
    if (this.#ownCommit === this.#otherCommit) {
      this.#fail();
      return;
    }
    this.#revealed = true;
    this.#options.send({ type: 'reveal', random: toBase64url(this.#random) });
  }

  async #finish(revealed: string): Promise<void> {
    const { role, call, fingerprints } = this.#options;
    try {
      const random = fromBase64url(revealed);
      const otherRole = role === 'offerer' ? 'answerer' : 'offerer';
      if ((await commitmentOf(otherRole, call, fingerprints.remote, random)) !== this.#otherCommit) {
        this.#fail();
        return;
      }
      const own = { fingerprint: fingerprints.own, random: this.#random };
      const other = { fingerprint: fingerprints.remote, random };
      const code = await deriveCode(
        call,
        role === 'offerer' ? { offerer: own, answerer: other } : { offerer: other, answerer: own },
      );
      if (this.#isRunning) this.#become({ state: 'ready', code });
    } catch {
      this.#fail();
    }
  }

  get #isRunning(): boolean {
    return this.#state === 'exchanging' && !this.#closed;
  }

  /** An older Parley never commits. Who has committed and then goes silent is another matter. */
  #onDeadline(): void {
    if (this.#otherCommit === null) this.#become({ state: 'none' });
    else this.#fail();
  }

  #fail(): void {
    if (this.#state !== 'failed') this.#become({ state: 'failed' });
  }

  #become(state: SafetyCodeState): void {
    if (this.#closed) return;
    this.#stopDeadline();
    this.#state = state.state;
    this.#options.changed(state);
  }
}

// ---------------------------------------------------------------- base64url (RFC 4648, section 5), without padding

function toBase64url(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64url(text: string): Bytes {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
}
