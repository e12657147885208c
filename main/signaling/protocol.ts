/**
 * The wire: every message between a member and a signaling server, in both dialects, with the codes both ends
 * may say. A leaf that the server, the client and the page share; it imports only the schema library and `names.ts`.
 *
 * Text frames, one JSON object each, at most `LIMITS.frameBytes`. The path of the WebSocket URL is the address:
 * `/<namespace>/<room>`, blank parts are `default`.
 */
import * as v from 'valibot';
import { cleanName, NAME_LENGTH } from './names';

/** Asked for in `Sec-WebSocket-Protocol` by everyone who speaks the first dialect; without it a socket is plain. */
export const SUBPROTOCOL = 'parley.1';

/** The port a Parley server listens on unless told otherwise. */
export const DEFAULT_PORT = 9238;

/** Stands for a namespace or room that was left blank. */
export const DEFAULT_PART = 'default';

/** Namespace of an app's own server where people of its network are present, and the rooms of their rings are. */
export const NEARBY = 'nearby';

/** Bounds both ends keep; lengths in bytes or UTF-16 units, times in milliseconds. */
export const LIMITS = {
  frameBytes: 64 * 1024,
  /** From the open socket to a valid `hello`. */
  helloMs: 10_000,
  /** How long a seat outlives its socket. */
  graceMs: 30_000,
  /** Frames sent and not yet acknowledged; past either bound the receiver counts as unavailable. */
  unackedFrames: 64,
  unackedBytes: 256 * 1024,
  /** An acknowledgement is due after this many frames or this long, whichever is first. */
  ackFrames: 16,
  ackMs: 1000,
  roomCapacity: 2,
  /** Rooms one member may sit or knock in at a time. */
  roomsPerMember: 16,
  /** People present in a namespace at a time, and how many of them one frame tells of. */
  people: 500,
  peoplePerFrame: 50,
  /** Newcomers that may wait at the door of one room. */
  knocks: 8,
  /** Frames of a lone or waiting plain member kept for whoever comes next, and their UTF-16 units. */
  plainBacklog: 64,
  plainBacklogUnits: 256 * 1024,
  /** Unreadable frames answered with `error`; the next one closes the socket. */
  junkReplies: 3,
  /** Bytes a slow reader may make the server queue on its socket. */
  socketBacklogBytes: 1024 * 1024,
  nameLength: NAME_LENGTH,
  partLength: 64,
} as const;

/** One option of a union that is told apart by `type`. */
type TypedSchema = v.GenericSchema & { entries: { type: { literal: string } } };

/**
 * What `v.variant('type', options)` accepts; that tries one option after the other, this looks up the one that
 * `type` names. `options` are for unions made of this one. Without side effects, so that the page, which uses few of
 * these, is built without the others.
 */
/* @__NO_SIDE_EFFECTS__ */
function byType<const Options extends readonly [TypedSchema, ...TypedSchema[]]>(
  options: Options,
): v.LazySchema<Options[number]> & { options: Options } {
  const named = new Map<unknown, Options[number]>(
    options.map((option) => [option.entries.type.literal, option]),
  );
  const [other] = options;
  return Object.assign(
    v.lazy((input) => named.get(isObject(input) && 'type' in input ? input.type : null) ?? other),
    { options },
  );
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null;
}

// ---------------------------------------------------------------- addresses

/**
 * A namespace or room name: 1 to `partLength` units, already clean (see {@link cleanName}). Not `.` or `..`: a URL's
 * path cannot carry them, in whatever encoding.
 */
export const partSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(LIMITS.partLength),
  // Most names are of letters nobody needs to clean, and every frame carries one.
  v.check((text) => /^[\w-]+$/.test(text) || (cleanName(text) === text && text !== '.' && text !== '..')),
);

/** Where members meet. */
export interface RoomAddress {
  namespace: string;
  room: string;
}

/** The URL path of a room, percent-encoded: `/<namespace>/<room>`. */
export function formatRoomPath({ namespace, room }: RoomAddress): string {
  return `/${encodeURIComponent(namespace)}/${encodeURIComponent(room)}`;
}

/**
 * Reads a URL path (without query). `room` is `null` where the path names none.
 * @returns `null` for what is no address: no path at all (`*`, a whole URL), too many parts, bad percent-encoding,
 * unprintable names.
 */
export function parseRoomPath(path: string): { namespace: string; room: string | null } | null {
  if (!path.startsWith('/')) return null;
  const parts = path.split('/').slice(1);
  if (parts.length > 2) return null;
  const decoded: string[] = [];
  for (const part of parts) {
    try {
      decoded.push(decodeURIComponent(part));
    } catch {
      return null;
    }
  }
  const [namespace = '', room = ''] = decoded;
  if (![namespace, room].every((part) => part === '' || v.is(partSchema, part))) return null;
  return { namespace: namespace || DEFAULT_PART, room: room || null };
}

// ---------------------------------------------------------------- members

/** 16 bytes in base64url. A parley.1 member's id follows from its namespace and key; a plain member's is random. */
export const memberIdSchema = v.pipe(v.string(), v.regex(/^[\w-]{22}$/));
const base64urlSchema = v.pipe(v.string(), v.regex(/^[\w-]{1,256}$/));
/** P-256, SPKI, DER, base64url. */
export const publicKeySchema = base64urlSchema;
/** A public key as others announce it: P-256, SPKI, DER (91 bytes), base64url. Whether it is one, only its use tells. */
export const keySchema = v.pipe(v.string(), v.regex(/^[\w-]{122}$/));
/** A person's name, cleaned on the way in. */
export const nameInputSchema = v.pipe(v.string(), v.transform(cleanName));

const deviceSchema = v.picklist(['desktop', 'web', 'phone', 'other']);

/** Someone in a room, as the server sees them. */
export interface Member {
  id: string;
  /** Shown to people; may be empty. */
  name: string;
  device: v.InferOutput<typeof deviceSchema>;
  /** Public key: P-256, SPKI, DER, base64url; `null` for a plain member. */
  key: string | null;
  plain: boolean;
  /** Its socket is gone and its seat kept for the grace. */
  away: boolean;
}

const memberSchema = v.object({
  id: memberIdSchema,
  name: nameInputSchema,
  device: deviceSchema,
  key: v.nullable(base64urlSchema),
  plain: v.boolean(),
  away: v.boolean(),
});

/** Why a member is away: its socket closed, or said nothing for the time-out, or could not take more. */
const awayReasonSchema = v.picklist(['closed', 'silent', 'backlog']);
export type AwayReason = v.InferOutput<typeof awayReasonSchema>;

/** Why a seat is free: the member left, its grace ended, or another plain member took its place. */
const leftReasonSchema = v.picklist(['left', 'grace-ended', 'replaced']);
export type LeftReason = v.InferOutput<typeof leftReasonSchema>;

/** What happens to newcomers of a hosted room: the host is asked, or they walk in. */
export const doorSchema = v.picklist(['ask', 'open']);
export type Door = v.InferOutput<typeof doorSchema>;

// ---------------------------------------------------------------- signals

const candidateSchema = v.object({
  candidate: v.pipe(v.string(), v.maxLength(4096)),
  sdpMid: v.nullable(v.pipe(v.string(), v.maxLength(256))),
  sdpMLineIndex: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255))),
  usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
});

const signalBase = {
  /** The call this belongs to, chosen by the side that offered first. */
  call: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  /** Counts the signals of one sender in one call, from 0. */
  n: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
};

const descriptionSignalSchema = v.object({
  ...signalBase,
  description: v.object({
    type: v.picklist(['offer', 'answer']),
    sdp: v.pipe(v.string(), v.maxLength(LIMITS.frameBytes)),
  }),
});
const candidateSignalSchema = v.object({ ...signalBase, candidate: v.nullable(candidateSchema) });
/** Why a call is over that nobody hung up: the other never answered, or no path leads to them. */
const byeReasonSchema = v.picklist(['no-response', 'peer-unreachable']);
export type ByeReason = v.InferOutput<typeof byeReasonSchema>;
const byeSignalSchema = v.object({
  ...signalBase,
  bye: v.literal(true),
  /** Absent: a person hung up. */
  reason: v.optional(byeReasonSchema),
});

/**
 * What two peers tell each other through the server: a session description or a candidate (RFC 8829), `null` as the
 * candidate for the end of them, or `bye` when a call ends.
 */
export const signalSchema = v.lazy((input) => {
  if (isObject(input) && 'description' in input) return descriptionSignalSchema;
  return isObject(input) && 'candidate' in input ? candidateSignalSchema : byeSignalSchema;
});
export type Signal = v.InferOutput<typeof signalSchema>;

/** One entry for `RTCConfiguration.iceServers`. */
export const iceServerSchema = v.object({
  urls: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(512), v.regex(/^(stuns?|turns?):[^\s/]+$/i))),
    v.minLength(1),
    v.maxLength(8),
  ),
  username: v.optional(v.pipe(v.string(), v.maxLength(512))),
  credential: v.optional(v.pipe(v.string(), v.maxLength(512))),
});
export type IceServer = v.InferOutput<typeof iceServerSchema>;

/** Which ICE servers to use from now on; part of `welcome`, and what an `ice-servers` event says. */
const iceEntries = {
  iceServers: v.pipe(v.array(iceServerSchema), v.maxLength(16)),
  /** How long the credentials among them are good from now; absent or `null` where none run out. */
  iceTtlMs: v.optional(v.nullable(v.pipe(v.number(), v.minValue(1)))),
};

// ---------------------------------------------------------------- people

/** What others may expect of someone who is present. Who is invisible sees the others and is shown to nobody. */
const statusSchema = v.picklist(['free', 'in-call', 'do-not-disturb', 'invisible']);
export type Status = v.InferOutput<typeof statusSchema>;

/** Someone who is present in a namespace: can be seen there, and rung. */
export const personSchema = v.object({
  id: memberIdSchema,
  name: nameInputSchema,
  device: deviceSchema,
  /** The id follows from it. */
  key: publicKeySchema,
  status: statusSchema,
});
export type Person = v.InferOutput<typeof personSchema>;

/** What a call is asked for with, and answered with: a microphone, or a camera too. */
export const ringMediaSchema = v.picklist(['voice', 'video']);
export type RingMedia = v.InferOutput<typeof ringMediaSchema>;

/** SHA-256 of a DTLS certificate, as in `a=fingerprint` (RFC 8122, section 5). */
export const fingerprintSchema = v.pipe(v.string(), v.regex(/^[\dA-F]{2}(:[\dA-F]{2}){31}$/));

/** Names a ring, and the call it may become: 16 bytes in base64url, chosen by who rings. */
export const ringIdSchema = v.pipe(v.string(), v.regex(/^[\w-]{22}$/));

/**
 * Why a ring was not accepted: by the person, by what they are doing, by what they asked for, by nobody, or because
 * somebody is in the middle.
 */
export const declineReasonSchema = v.picklist([
  'declined',
  'busy',
  'do-not-disturb',
  'no-answer',
  'not-verified',
]);
export type DeclineReason = v.InferOutput<typeof declineReasonSchema>;

/**
 * Why a ring, or the call it became, was taken back: by the person, by nobody, because who rang lost the way to the
 * other, because the other did not come to the room, because no path was found between the two, or because somebody is
 * in the middle.
 */
export const cancelReasonSchema = v.picklist([
  'cancelled',
  'no-answer',
  'unreachable',
  'no-response',
  'peer-unreachable',
  'not-verified',
]);
export type CancelReason = v.InferOutput<typeof cancelReasonSchema>;

const nonceSchema = v.pipe(v.string(), v.regex(/^[\w-]{22}$/));
const ofRing = { call: ringIdSchema };

/**
 * What two people tell each other about a ring. The server carries it and knows nothing of it.
 *
 * A ring is signed over a nonce that the callee has just made for it, so that nobody can ring again with what they
 * once heard: `hail` asks for one, `nonce` gives it, `ring` uses it up. See `ring-proof.ts` for what is signed.
 *
 * An app that was started again in the middle of a call has another certificate. It proves it as it proved the first:
 * by a `ring` for the same call and room, which the other side's app accepts by itself.
 */
const ringMessageSchema = byType([
  v.object({ type: v.literal('hail'), ...ofRing }),
  v.object({ type: v.literal('nonce'), ...ofRing, nonce: nonceSchema }),
  v.object({
    type: v.literal('ring'),
    ...ofRing,
    /** Where the call will be: a name that nobody can guess. */
    room: partSchema,
    media: ringMediaSchema,
    fingerprint: fingerprintSchema,
    /** For the callee to sign its answer over. */
    nonce: nonceSchema,
    /** The caller's app would connect while it rings. Not signed: whether to, each side decides for itself. */
    ahead: v.optional(v.boolean()),
    signature: base64urlSchema,
  }),
  /** The callee's app shows the ring. `ahead`: it goes to the room, and connects to whoever rings there. */
  v.object({ type: v.literal('ringing'), ...ofRing, ahead: v.optional(v.boolean()) }),
  v.object({
    type: v.literal('accept'),
    ...ofRing,
    media: ringMediaSchema,
    fingerprint: fingerprintSchema,
    signature: base64urlSchema,
  }),
  v.object({ type: v.literal('decline'), ...ofRing, reason: declineReasonSchema }),
  /** The ring, or the call it has just become, is taken back. */
  v.object({ type: v.literal('cancel'), ...ofRing, reason: cancelReasonSchema }),
  /**
   * Whoever dialled somebody's own server asks them to prove the key that it says is theirs: anybody could announce it.
   * `call` is made for this question. Until the answer they are not shown.
   */
  v.object({ type: v.literal('prove'), ...ofRing }),
  v.object({ type: v.literal('proof'), ...ofRing, signature: base64urlSchema }),
]);
export type RingMessage = v.InferOutput<typeof ringMessageSchema>;

// ---------------------------------------------------------------- codes

/** What a server can answer; `error {code}` carries one. */
const wireErrorSchema = v.picklist([
  'bad-message',
  'unauthorized',
  'wrong-address',
  'room-full',
  'room-not-open',
  'turned-away',
  'peer-unavailable',
  'too-many',
  'presence-off',
  'not-present',
  'unexpected',
]);
export type WireError = v.InferOutput<typeof wireErrorSchema>;

/** Why a server closes a socket that can still hear. `comeBack`: whether the client should try again by itself. */
export const CLOSE_CODES = {
  1001: { reason: 'draining', comeBack: true },
  1002: { reason: 'bad-frame', comeBack: true },
  1007: { reason: 'not-utf8', comeBack: false },
  1008: { reason: 'too-many-pieces', comeBack: true },
  1009: { reason: 'too-large', comeBack: false },
  4400: { reason: 'bad-message', comeBack: false },
  4401: { reason: 'unauthorized', comeBack: false },
  4403: { reason: 'turned-away', comeBack: false },
  4404: { reason: 'room-not-open', comeBack: false },
  4409: { reason: 'room-full', comeBack: false },
  4410: { reason: 'replaced', comeBack: false },
  4421: { reason: 'wrong-address', comeBack: false },
  4429: { reason: 'too-many', comeBack: false },
} as const;
export type CloseCode = keyof typeof CLOSE_CODES;

// ---------------------------------------------------------------- parley.1

const seqSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

/** Proves who connects: see `identity.ts` for what is signed. Unsequenced, the first thing a client says. */
export const helloSchema = v.object({
  type: v.literal('hello'),
  name: nameInputSchema,
  device: deviceSchema,
  publicKey: base64urlSchema,
  signature: base64urlSchema,
  /** HMAC-SHA256 of what is signed, under the join secret; only where the challenge requires one. */
  proof: v.optional(base64urlSchema),
  /**
   * Coming back to a seat. `lastSeq` is the newest frame this client has handled; `null` when it has forgotten all
   * (a restarted app): then nothing is sent again.
   */
  resume: v.optional(v.object({ member: memberIdSchema, lastSeq: v.nullable(seqSchema) })),
});
export type Hello = v.InferOutput<typeof helloSchema>;

/** "I have handled everything up to `seq`." Either end says it, unsequenced. */
const ackSchema = v.object({ type: v.literal('ack'), seq: seqSchema });

/** What a member asks for. Every one carries `seq`, counted from 1 for the life of a seat, and is acknowledged. */
export const requestSchema = byType([
  v.object({ type: v.literal('join'), seq: seqSchema, room: partSchema }),
  v.object({ type: v.literal('leave'), seq: seqSchema, room: partSchema }),
  v.object({
    type: v.literal('signal'),
    seq: seqSchema,
    room: partSchema,
    to: memberIdSchema,
    signal: signalSchema,
  }),
  /** Host only: answers a knock. */
  v.object({ type: v.literal('admit'), seq: seqSchema, room: partSchema, member: memberIdSchema }),
  v.object({ type: v.literal('turn-away'), seq: seqSchema, room: partSchema, member: memberIdSchema }),
  /** Host only: what happens to newcomers from now on; `open` lets in who waits. */
  v.object({ type: v.literal('door'), seq: seqSchema, room: partSchema, door: doorSchema }),
  /** Be present in the namespace from now on, or with another status; answered by `people` the first time. */
  v.object({ type: v.literal('present'), seq: seqSchema, status: statusSchema }),
  v.object({ type: v.literal('absent'), seq: seqSchema }),
  /**
   * Only between two who are present; answered by `error {peer-unavailable}` where `to` is not, or is invisible and has
   * said nothing to this member.
   */
  v.object({ type: v.literal('tell'), seq: seqSchema, to: memberIdSchema, message: ringMessageSchema }),
  /**
   * Asks for credentials that are as good as new, before an ICE restart; answered by the event of the same name. Only
   * asked of a server whose `welcome` said that its credentials run out: older ones do not know this request.
   */
  v.object({ type: v.literal('ice-servers'), seq: seqSchema }),
]);
export type Request = v.InferOutput<typeof requestSchema>;

/** What a member says once it has been welcomed. */
export const requestOrAckSchema = byType([ackSchema, ...requestSchema.options]);

export const clientMessageSchema = byType([helloSchema, ackSchema, ...requestSchema.options]);

export const challengeSchema = v.object({
  type: v.literal('challenge'),
  nonce: base64urlSchema,
  /** How often the server pings, and the silence after which either end takes the other for gone. */
  heartbeatMs: v.pipe(v.number(), v.minValue(1), v.maxValue(3_600_000)),
  timeoutMs: v.pipe(v.number(), v.minValue(1), v.maxValue(3_600_000)),
  secretRequired: v.boolean(),
});

const welcomeSchema = v.object({
  type: v.literal('welcome'),
  self: memberIdSchema,
  /** Whether the seats and the unacknowledged frames of before are still there. If not, both count from 1 again. */
  resumed: v.boolean(),
  /** The newest request the server has handled; the client sends everything after it again. */
  lastSeq: seqSchema,
  ...iceEntries,
  limits: v.object({ frameBytes: v.number(), graceMs: v.number(), roomCapacity: v.number() }),
});

const inRoom = { seq: seqSchema, room: partSchema };

/** What a server tells a seated or waiting member. Every one carries `seq`, counted from 1 for the life of a seat. */
const eventSchema = byType([
  /**
   * The answer to `join`. `members` are the others. `host` is the member whose room it is, if it is hosted. Said again
   * where too much was unacknowledged to tell who came or went: what was told of the room before no longer counts.
   */
  v.object({
    type: v.literal('joined'),
    ...inRoom,
    members: v.array(memberSchema),
    host: v.nullable(memberIdSchema),
  }),
  /** The answer to `join` while the host is being asked; `joined` or `error {turned-away}` follows. */
  v.object({ type: v.literal('knocking'), ...inRoom, hostName: nameInputSchema }),
  v.object({ type: v.literal('member-joined'), ...inRoom, member: memberSchema }),
  v.object({ type: v.literal('member-away'), ...inRoom, member: memberIdSchema, reason: awayReasonSchema }),
  v.object({ type: v.literal('member-back'), ...inRoom, member: memberIdSchema }),
  v.object({ type: v.literal('member-left'), ...inRoom, member: memberIdSchema, reason: leftReasonSchema }),
  /** Host only: someone asks to come in, or no longer does. */
  v.object({ type: v.literal('knock'), ...inRoom, member: memberSchema }),
  v.object({ type: v.literal('knock-ended'), ...inRoom, member: memberIdSchema }),
  /** The server goes down: the socket will be closed, and a client should come back so long after that. */
  v.object({ type: v.literal('draining'), seq: seqSchema, retryAfterMs: v.pipe(v.number(), v.minValue(0)) }),
  v.object({ type: v.literal('signal'), ...inRoom, from: memberIdSchema, signal: signalSchema }),
  /**
   * Who else is present, from the `offset`-th on; what was told before an `offset` of 0 no longer counts. Said again where
   * too much was unacknowledged to tell who came or went.
   */
  v.object({
    type: v.literal('people'),
    seq: seqSchema,
    offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
    people: v.array(personSchema),
  }),
  /** Someone is present from now on, or has changed. */
  v.object({ type: v.literal('person'), seq: seqSchema, person: personSchema }),
  v.object({ type: v.literal('person-gone'), seq: seqSchema, member: memberIdSchema }),
  v.object({ type: v.literal('told'), seq: seqSchema, from: personSchema, message: ringMessageSchema }),
  /** New credentials, well before those of the `welcome` or of the event before run out, or because they were asked for. */
  v.object({ type: v.literal('ice-servers'), seq: seqSchema, ...iceEntries }),
  v.object({
    type: v.literal('error'),
    /** Absent on errors that come before `welcome` or about a frame that could not be read. */
    seq: v.optional(seqSchema),
    code: wireErrorSchema,
    room: v.optional(partSchema),
    /** With `peer-unavailable`: who cannot be reached. */
    to: v.optional(memberIdSchema),
  }),
]);
export type ServerEvent = v.InferOutput<typeof eventSchema>;

export const serverMessageSchema = byType([
  challengeSchema,
  welcomeSchema,
  ackSchema,
  ...eventSchema.options,
]);
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;
export type Challenge = v.InferOutput<typeof challengeSchema>;
export type Welcome = v.InferOutput<typeof welcomeSchema>;

// ---------------------------------------------------------------- plain

/**
 * The three plain messages a parley.1 member can understand. Any other object is only ever relayed plain to plain,
 * but for `{type: 'keepAlive'}`, which goes nowhere.
 */
export const plainSignalSchema = byType([
  v.object({ type: v.literal('offer'), sdp: v.pipe(v.string(), v.maxLength(LIMITS.frameBytes)) }),
  v.object({ type: v.literal('answer'), sdp: v.pipe(v.string(), v.maxLength(LIMITS.frameBytes)) }),
  v.object({
    type: v.literal('candidate'),
    /** `sdpMid` */
    id: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
    /** `sdpMLineIndex` */
    mlineindex: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)))),
    candidate: v.pipe(v.string(), v.maxLength(4096)),
  }),
]);
export type PlainSignal = v.InferOutput<typeof plainSignalSchema>;

// ---------------------------------------------------------------- parsing

/**
 * Reads one text frame by one schema.
 * @returns the message, or `null` for what is not JSON or not of the schema.
 */
export function parseFrame<T>(schema: v.GenericSchema<unknown, T>, text: string): T | null {
  return readAs(schema, parseJson(text));
}

/** @returns what a frame says, or `undefined` for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads what a frame says by one schema, for who has to try several. @returns the message, or `null`. */
export function readAs<T>(schema: v.GenericSchema<unknown, T>, json: unknown): T | null {
  const parsed = v.safeParse(schema, json, { abortEarly: true });
  return parsed.success ? parsed.output : null;
}
