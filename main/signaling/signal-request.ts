import * as v from 'valibot';
import { LIMITS, memberIdSchema, parseJson, partSchema, type Request, type Signal } from './protocol';

/** A request to carry a signal. */
export type SignalRequest = Extract<Request, { type: 'signal' }>;
/** One whose signal may go on as its sender wrote it: `json`. */
export type SplicedRequest = SignalRequest & { json: string };
type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the one request that most frames are, by hand: the same as by `requestSchema`, which a property test compares
 * it with, at a fraction of the cost. To run the schema was half of what carrying a frame costs.
 * @param json an object whose `type` is `signal`.
 */
export function readSignalRequest({ seq, room, to, signal }: Json): SignalRequest | null {
  if (!isCount(seq) || !v.is(partSchema, room) || !v.is(memberIdSchema, to)) return null;
  const read = isObject(signal) ? readSignal(signal) : null;
  return read && { type: 'signal', seq, room, to, signal: read };
}

/** How our own client writes everything before the signal of such a request. */
const HEAD = /^\{"seq":(0|[1-9]\d{0,14}),"type":"signal","room":"([\w-]{1,64})","to":"([\w-]{22})","signal":/;

/**
 * Reads a request written as our own client writes it, and leaves its signal as it came: to write it again would cost
 * as much as to read it. The signal is parsed by itself, so that nothing beside it passes for a part of it.
 * @returns null for anything else, which may still be a request in other words, with more in it than we know, or none.
 */
export function spliceSignalRequest(text: string): SplicedRequest | null {
  const [head, seq, room, to] = HEAD.exec(text) ?? [];
  if (head === undefined || room === undefined || to === undefined || !text.endsWith('}')) return null;
  const json = text.slice(head.length, -1);
  const written = parseJson(json);
  const signal = isObject(written) ? readSignal(written) : null;
  if (signal === null || !hasNothingElse(written, signal)) return null;
  return { type: 'signal', seq: Number(seq), room, to, signal, json };
}

/** Whether everything that was written was read. */
function hasNothingElse(written: unknown, read: unknown): boolean {
  if (!isObject(written) || !isObject(read)) return true;
  const keys = Object.keys(read);
  return (
    keys.length === Object.keys(written).length &&
    keys.every((key) => hasNothingElse(written[key], read[key]))
  );
}

/** Whether some JSON is an object, whose every key may be asked for. */
export function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null;
}

function readSignal(json: Json): Signal | null {
  const { call, n } = json;
  if (typeof call !== 'string' || !/^[\w-]{1,64}$/.test(call) || !isCount(n)) return null;
  if ('description' in json) {
    const description = isObject(json['description']) ? readDescription(json['description']) : null;
    return description && { call, n, description };
  }
  if (!('candidate' in json)) return readBye(call, n, json);
  if (json['candidate'] === null) return { call, n, candidate: null };
  const candidate = isObject(json['candidate']) ? readCandidate(json['candidate']) : null;
  return candidate && { call, n, candidate };
}

function readBye(call: string, n: number, { bye, reason }: Json): Signal | null {
  if (bye !== true) return null;
  if (reason === undefined) return { call, n, bye };
  return reason === 'no-response' || reason === 'peer-unreachable' ? { call, n, bye, reason } : null;
}

function readDescription({
  type,
  sdp,
}: Json): Extract<Signal, { description: unknown }>['description'] | null {
  if ((type !== 'offer' && type !== 'answer') || !isText(sdp, LIMITS.frameBytes)) return null;
  return { type, sdp };
}

function readCandidate(json: Json): Extract<Signal, { candidate: unknown }>['candidate'] {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = json;
  if (!isText(candidate, 4096)) return null;
  if (sdpMid !== null && !isText(sdpMid, 256)) return null;
  if (sdpMLineIndex !== null && !isCount(sdpMLineIndex, 255)) return null;
  if (usernameFragment === undefined) return { candidate, sdpMid, sdpMLineIndex };
  if (usernameFragment !== null && !isText(usernameFragment, 256)) return null;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength;
}

function isCount(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
