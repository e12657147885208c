/**
 * The bridge: all that the page may ask of the app, in one contract. Main answers it (`main/bridge-host.ts`), the
 * preload exposes it as `window.parley`, the page knows nothing else of the world outside.
 *
 * Anything that can fail returns a {@link Result}: thrown errors lose their type on the way between processes.
 */
import * as v from 'valibot';
import {
  cancelReasonSchema,
  declineReasonSchema,
  doorSchema,
  fingerprintSchema,
  iceServerSchema,
  memberIdSchema,
  nameInputSchema,
  partSchema,
  publicKeySchema,
  ringIdSchema,
  ringMediaSchema,
  signalSchema,
  type AwayReason,
  type CancelReason,
  type DeclineReason,
  type Door,
  type IceServer,
  type LeftReason,
  type Member,
  type Person,
  type RingMedia,
  type Signal,
} from '../main/signaling/protocol';

/** Every way something can go wrong, as a code; the page has a sentence for each in every language. */
export type ErrorCode =
  // you
  | 'camera-denied'
  | 'camera-in-use'
  | 'no-camera'
  | 'microphone-denied'
  | 'microphone-in-use'
  | 'no-microphone'
  | 'bad-link'
  | 'bad-address'
  | 'bad-room-name'
  | 'bad-group-name'
  | 'own-address'
  | 'bad-ice-server'
  | 'turn-without-secret'
  | 'too-long'
  | 'room-full'
  | 'room-not-open'
  | 'turned-away'
  | 'cancelled'
  // network
  | 'server-unreachable'
  | 'not-parley'
  | 'peer-unreachable'
  | 'peer-unavailable'
  | 'nobody-there'
  | 'signaling-lost'
  // operator
  | 'bad-config'
  | 'unauthorized'
  | 'wrong-address'
  | 'password-required'
  | 'password-wrong'
  | 'turn-refused'
  | 'too-many'
  | 'port-taken'
  | 'port-refused'
  | 'presence-off'
  // us
  | 'bad-message'
  | 'not-present'
  | 'replaced'
  | 'login-item-failed'
  | 'shortcut-refused'
  | 'settings-not-saved'
  | 'profile-not-saved'
  | 'key-lost'
  | 'settings-restored'
  | 'settings-reset'
  | 'people-restored'
  | 'people-reset'
  | 'calls-restored'
  | 'calls-reset'
  | 'book-not-saved'
  | 'unexpected';

export type Result<T> = { ok: true; value: T } | { ok: false; code: ErrorCode };

// ---------------------------------------------------------------- settings

export const languageSchema = v.picklist(['en', 'zh']);
export type Language = v.InferOutput<typeof languageSchema>;

/** What the page can be heard with: each can be turned off. */
export type Sound = 'ring' | 'ringBack' | 'knock' | 'connected' | 'reconnecting' | 'ended';

/** A sound that a file does not know yet is on. */
const soundsSchema = v.object({
  ring: v.optional(v.boolean(), true),
  ringBack: v.optional(v.boolean(), true),
  knock: v.optional(v.boolean(), true),
  connected: v.optional(v.boolean(), true),
  reconnecting: v.optional(v.boolean(), true),
  ended: v.optional(v.boolean(), true),
} satisfies Record<Sound, v.GenericSchema<boolean | undefined, boolean>>);

/** `ws://host:port` or `wss://host:port`: a URL without a path. */
const serverUrlSchema = v.pipe(v.string(), v.maxLength(300), v.regex(/^wss?:\/\/[^/?#\s]+$/));

/** Addresses of one server, tried at once. */
const serversSchema = v.pipe(v.array(serverUrlSchema), v.minLength(1), v.maxLength(16));

const deviceIdSchema = v.nullable(v.pipe(v.string(), v.maxLength(256)));

/** Keys that may mute from everywhere, as Electron writes them. Few other apps want them. */
export const GLOBAL_MUTE_KEYS = [
  'CommandOrControl+Shift+M',
  'CommandOrControl+Alt+M',
  'CommandOrControl+Alt+F9',
] as const;

/** What a person chose, kept on disk per profile. */
export const settingsSchema = v.object({
  /** Shown to the other side. */
  name: nameInputSchema,
  /** The first-start page was answered. */
  welcomed: v.boolean(),
  /** `null`: as the OS says. */
  language: v.nullable(languageSchema),
  /** The self preview was turned on and not off again since. */
  preview: v.boolean(),
  /** Calls start without the camera. */
  voiceOnly: v.boolean(),
  /** Device ids as the page knows them; `null`: the system's default. */
  camera: deviceIdSchema,
  microphone: deviceIdSchema,
  /** What newcomers to a hosted room meet. */
  door: doorSchema,
  /** Echo cancellation, noise suppression and gain control; off for music. */
  audioProcessing: v.boolean(),
  /** Where this person is present, to be seen and rung; `null`: nowhere. */
  server: v.nullable(v.object({ servers: serversSchema, namespace: partSchema })),
  /** Seen and rung by people on the same network; `null`: not asked yet, which is no. */
  reachable: v.nullable(v.boolean()),
  /** How, while no call is under way. */
  status: v.picklist(['free', 'do-not-disturb', 'invisible']),
  /** Which sounds play. */
  sounds: soundsSchema,
  /** Where it rings; `null`: where everything else is heard. */
  ringSpeaker: deviceIdSchema,
  /** Closing the window leaves the app reachable, where it is; `null`: not asked yet. */
  closeToTray: v.nullable(v.boolean()),
  /** Mutes in a call while another app has the focus; `null`: no key does. */
  globalMute: v.nullable(v.picklist(GLOBAL_MUTE_KEYS)),
  iceServers: v.pipe(v.array(iceServerSchema), v.maxLength(8)),
  /** Whom this app connects to while it rings, and so tells its network address: who one knows, or nobody. */
  connectAhead: v.picklist(['known', 'never']),
  /** Media goes through a TURN server only, so that the other side never learns this machine's addresses. */
  alwaysRelay: v.boolean(),
});
export type Settings = v.InferOutput<typeof settingsSchema>;

const settingsChangeSchema = v.strictObject(v.partial(settingsSchema).entries);
export type SettingsChange = v.InferOutput<typeof settingsChangeSchema>;

// ---------------------------------------------------------------- rooms

/** Where a room is. */
export const joinTargetSchema = v.object({
  servers: serversSchema,
  namespace: partSchema,
  room: partSchema,
});
export type JoinTarget = v.InferOutput<typeof joinTargetSchema>;

/** An address the embedded server can be reached at. */
export interface HostAddress {
  /** `ws://192.168.1.5:9238` */
  url: string;
  /** The interface's name as the OS calls it. */
  network: string;
  /** Virtual ones belong to containers, machines in the machine and tunnels, beside a LAN. */
  kind: 'lan' | 'virtual' | 'loopback';
}

/** What the waiting screen of a host shows. */
export interface HostedRoom {
  port: number;
  /** Most useful first. */
  addresses: HostAddress[];
  /** `parley://join?…` carrying all addresses. */
  link: string;
  door: Door;
}

/** A seat in a room. */
export interface RoomSeat {
  namespace: string;
  room: string;
  /** This member's id. */
  self: string;
  /** The member whose room it is; `null` where nobody hosts. */
  host: string | null;
  /** The others. */
  members: Member[];
  /** From the server's welcome; the person's own come on top. */
  iceServers: IceServer[];
  /** The server that answered, `ws://host:port`. */
  server: string;
  /** Only in one's own hosted room. */
  hosted: HostedRoom | null;
}

const hostRequestSchema = v.object({
  /** `null`: three random words. */
  room: v.nullable(partSchema),
  door: doorSchema,
});
export type HostRequest = v.InferOutput<typeof hostRequestSchema>;

// ---------------------------------------------------------------- people

/** How people are met: on the server that was saved, or on the network this computer is on. */
export type LinkKind = 'saved' | 'nearby';

/** How being reachable on this network is doing. */
export interface NearbyView {
  /**
   * `off`: not wanted, or invisible. `starting`: about to be. `on`: others can find this app. `failed`: it cannot
   * listen, `problem` says why.
   */
  state: 'off' | 'starting' | 'on' | 'failed';
  problem: ErrorCode | null;
  /**
   * How looking for others fares. `looking`: for a few seconds. `looked`: whoever is there was told. `blocked`: what
   * this app sends to all does not even come back to itself. `no-network`: there is nothing to look on.
   */
  search: 'looking' | 'looked' | 'blocked' | 'no-network';
  /** Leads others here who cannot find this app by themselves; `null` while it is not reachable. */
  link: string | null;
  /** `192.168.1.5:9238`, most useful first. */
  addresses: string[];
}

/** What a ring or its answer says of the side that makes it. */
const ringOfferSchema = v.object({
  /** 16 random bytes, base64url: names the ring and the call it becomes. */
  call: ringIdSchema,
  media: ringMediaSchema,
  /** Of the certificate that the call's media will be encrypted to. */
  fingerprint: fingerprintSchema,
  /** Where the call is already, for a side that lost it; `null`: a new room. */
  room: v.nullable(partSchema),
  /** Whether to connect while it rings, if the other side would. */
  ahead: v.boolean(),
});
export type RingOffer = v.InferOutput<typeof ringOfferSchema>;

const ringAnswerSchema = v.variant('answer', [
  v.object({ answer: v.literal('accept'), media: ringMediaSchema, fingerprint: fingerprintSchema }),
  v.object({ answer: v.literal('decline'), reason: declineReasonSchema }),
]);
export type RingAnswer = v.InferOutput<typeof ringAnswerSchema>;

/** A call that a ring became. */
export interface RungCall {
  call: string;
  /** By which conversation. */
  link: string;
  peer: Person;
  /** What this side began with. */
  media: RingMedia;
}

// ---------------------------------------------------------------- the book: people one knows, and recent calls

const momentSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));

/** Their own servers on a LAN that are remembered of one person. */
export const MAX_ADDRESSES = 4;

/** What may change of somebody. */
const changeableEntries = {
  /** What this person calls them; `null`: their own name. */
  givenName: v.nullable(nameInputSchema),
  /** What they called themselves last. */
  name: nameInputSchema,
  favourite: v.boolean(),
  /** The safety code was compared with them. */
  verified: v.boolean(),
  /** Their rings are not heard; see `PeopleLink`. */
  blocked: v.boolean(),
  /** Their calls are answered by the app itself: only those of verified favourites ever are. */
  autoAnswer: v.boolean(),
};

/** Someone this person has met, by their device key: whatever rests on who somebody is rests on it, never on a name. */
export const knownPersonSchema = v.object({
  key: publicKeySchema,
  ...changeableEntries,
  /** `ws://host:port` of their own server on a LAN, where they were reached last; newest first. */
  addresses: v.pipe(v.array(serverUrlSchema), v.maxLength(MAX_ADDRESSES)),
  /** Unix time. */
  seenAtMs: momentSchema,
});
export type KnownPerson = v.InferOutput<typeof knownPersonSchema>;

const knownChangeSchema = v.partial(v.strictObject(changeableEntries));
/** A change of somebody. */
export type KnownChange = v.InferOutput<typeof knownChangeSchema>;

/**
 * Why a call is over. Both sides hold the same reason; `by` says who acted.
 * - `hung-up`: a person ended it
 * - `left`: the other's app left the room without a word
 * - `lost`: ten minutes without a path
 * - `peer-unreachable`: both agreed on how, and no path was ever found between the two
 * - `no-response`: the other never came, or never said how: its app has stopped, or the way to it has gone
 * - `room-closed`: the room ended under it before the call was connected
 *
 * And of a ring, before there was a call:
 * - `declined`, `busy`, `do-not-disturb`: by the callee, by hand or by what they are doing or asked for
 * - `cancelled`: who rang gave up, or who had accepted did at once
 * - `no-answer`: nobody did anything for 45 seconds
 * - `unreachable`: the other's app, or the way to it, has gone
 * - `not-verified`: what came back was not signed by the one who was rung, or not encrypted to them
 */
const endReasonSchema = v.picklist([
  'hung-up',
  'left',
  'lost',
  'peer-unreachable',
  'no-response',
  'room-closed',
  'declined',
  'busy',
  'do-not-disturb',
  'no-answer',
  'cancelled',
  'unreachable',
  'not-verified',
]);
export type EndReason = v.InferOutput<typeof endReasonSchema>;

/** A call that is over, or a ring that nothing came of. */
export const callRecordSchema = v.object({
  id: ringIdSchema,
  /** Whose device it was, where that was proved or is whom one rang; `null` for whoever just came to a room or claims a key. */
  key: v.nullable(publicKeySchema),
  /** What they called themselves. */
  name: nameInputSchema,
  direction: v.picklist(['out', 'in']),
  media: ringMediaSchema,
  /** When it began to ring, or the two met in a room; Unix time. */
  startedAtMs: momentSchema,
  /** How long media flowed; `null` when it never did. */
  lastedMs: v.nullable(v.pipe(v.number(), v.minValue(0))),
  reason: endReasonSchema,
  by: v.picklist(['self', 'peer', 'network']),
  /** Only missed calls begin unseen. */
  seen: v.boolean(),
  /** Rings that came one after the other and are one record: at least 1. */
  times: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
export type CallRecord = v.InferOutput<typeof callRecordSchema>;

/** Calls that are remembered; the oldest are forgotten first. */
export const MAX_CALLS = 1000;

/** Everything the app remembers of people and calls. */
export interface Book {
  people: KnownPerson[];
  /** Newest first. */
  calls: CallRecord[];
  /** What could not be read of it; said once. */
  problems: ErrorCode[];
}
// ---------------------------------------------------------------- outside the page

/** A ring, as a small window and a notification show it. */
const ringOutsideSchema = v.object({
  call: ringIdSchema,
  /** Never empty. */
  name: nameInputSchema,
  media: ringMediaSchema,
  /** The ring proves whose it is. */
  signed: v.boolean(),
  /** Whose it is was made sure of once: the safety code was compared. */
  verified: v.boolean(),
  /** Somebody this person relies on has this name, and another key. */
  namesake: v.nullable(nameInputSchema),
  /** The app is about to answer it: the count-down is to be seen. */
  answersItself: v.boolean(),
});
export type RingOutside = v.InferOutput<typeof ringOutsideSchema>;

/** What of the present call is seen outside the page: in a small window, a notification, the tray and the menu. */
const outsideSchema = v.variant('state', [
  v.object({ state: v.literal('none') }),
  v.object({ state: v.literal('ringing'), ring: ringOutsideSchema }),
  /** This person rings someone, or is on the way into the call. */
  v.object({ state: v.literal('calling') }),
  v.object({
    state: v.literal('talking'),
    name: nameInputSchema,
    muted: v.boolean(),
    cameraOn: v.boolean(),
  }),
]);
export type Outside = v.InferOutput<typeof outsideSchema>;

/** What a person does about a ring without coming to the page first. */
export type OutsideAnswer = RingMedia | 'decline' | 'silence';

// ---------------------------------------------------------------- start

/** What the app was asked to do on the command line or by a link. */
export type Launch =
  | { type: 'host'; room: string | null; door: Door }
  /** `link` leads to `target`, for the form that opens when joining fails. `confirmed`: asked for on the command line, so no screen asks again. */
  | { type: 'join'; target: JoinTarget; link: string; confirmed: boolean }
  /**
   * The app ended without leaving this room: its seat may still be there. `rung`: with whom it was in a call there, if
   * a ring led to it.
   */
  | { type: 'return'; target: JoinTarget; link: string; rung: RungCall | null }
  /** `link` leads to a person at one of these servers. Nothing is connected before somebody says so. */
  | { type: 'person'; servers: string[]; key: string; link: string }
  /** `text` is what was given, for a person to mend. */
  | { type: 'bad-link'; code: ErrorCode; text: string };

/** Everything the page needs to draw its first frame. */
export interface StartInfo {
  version: string;
  /** This device's public key, by which others know it. */
  key: string;
  platform: 'linux' | 'darwin' | 'win32';
  /** Settled from `--lang`, the settings and the OS, in that order. */
  language: Language;
  settings: Settings;
  launch: Launch | null;
  /** Whether any of the window can be seen, or is about to be. */
  shown: boolean;
  /** Something that went wrong before the page was there: settings that could not be read, say. */
  notice: ErrorCode | null;
}

/** What can be done in a call from outside the page too. */
export type CallCommand = 'answer' | 'decline' | 'mute' | 'camera' | 'hang-up';
export type MenuCommand = CallCommand | 'settings' | 'about' | 'fullscreen';

// ---------------------------------------------------------------- the interface

/** What happens outside that the page hears of. */
export type BridgeEvent =
  | { type: 'member-joined'; member: Member }
  | { type: 'member-away'; member: string; reason: AwayReason }
  | { type: 'member-back'; member: string }
  | { type: 'member-left'; member: string; reason: LeftReason }
  | { type: 'knocking'; hostName: string }
  | { type: 'knock'; member: Member }
  | { type: 'knock-ended'; member: string }
  | { type: 'signal'; from: string; signal: Signal }
  | { type: 'peer-unavailable'; member: string }
  /**
   * The signaling socket was lost and is being reconnected, or is there again (with what changed meanwhile). On the
   * way into a room too: then there are no members yet.
   */
  | { type: 'signaling-down' }
  | { type: 'signaling-up'; members: Member[]; iceServers: IceServer[] }
  /** The server gave new credentials, before those of the seat run out. */
  | { type: 'ice-servers'; iceServers: IceServer[] }
  /** The seat is gone for good. */
  | { type: 'room-closed'; code: ErrorCode }
  /** Addresses changed, or the server moved to another port. */
  | { type: 'hosting-changed'; hosted: HostedRoom }
  /** A link was opened while the app runs, or a second launch handed over its arguments. */
  | { type: 'launch'; launch: Launch }
  /** Whether any of the window can be seen; `document.hidden` does not tell in an app that never sleeps. */
  | { type: 'window-shown'; shown: boolean }
  /** The window fills the screen, or no longer does: by us, or by the window manager's own ways. */
  | { type: 'full-screen'; on: boolean }
  /**
   * A conversation that makes people visible. `connecting`: not yet, `up`: they are shown, `down`: they were.
   * `problem`: why not.
   */
  | {
      type: 'link-changed';
      link: string;
      kind: LinkKind;
      server: string;
      state: 'connecting' | 'up' | 'down';
      problem: ErrorCode | null;
    }
  | { type: 'link-closed'; link: string }
  | { type: 'nearby-changed'; nearby: NearbyView }
  /** Everybody who is present there but oneself. */
  | { type: 'people'; link: string; people: Person[] }
  | { type: 'person'; link: string; person: Person }
  | { type: 'person-gone'; link: string; member: string }
  /**
   * Someone rings. `signed`: the ring proves the key of `from`, and that the media will be encrypted to
   * `fingerprint`; if not, anybody may have made it. `ahead`: their app would connect while it rings.
   */
  | {
      type: 'ring';
      link: string;
      from: Person;
      call: string;
      media: RingMedia;
      fingerprint: string;
      signed: boolean;
      ahead: boolean;
      target: JoinTarget;
    }
  /**
   * The other's app shows the ring. `target`: the room it leads to, where it is open already; `ahead`: both connect there
   * meanwhile.
   */
  | { type: 'ringing'; link: string; call: string; target: JoinTarget | null; ahead: boolean }
  | {
      type: 'ring-accepted';
      link: string;
      call: string;
      media: RingMedia;
      fingerprint: string;
      signed: boolean;
      target: JoinTarget;
    }
  | { type: 'ring-declined'; link: string; call: string; reason: DeclineReason }
  | { type: 'ring-cancelled'; link: string; call: string; reason: CancelReason }
  /** The other, or the way there, has gone. */
  | { type: 'ring-lost'; link: string; call: string }
  | { type: 'known-changed'; person: KnownPerson }
  | { type: 'known-forgotten'; key: string }
  /** All that are left or new; newest first. */
  | { type: 'calls-changed'; calls: CallRecord[] }
  /** The small window that shows a ring was used. */
  | { type: 'answered-outside'; call: string; answer: OutsideAnswer }
  /** The window was closed for the first time while people can reach this person: what is that to mean? */
  | { type: 'close-asked' }
  /** The window was closed and the app goes on: whatever went on in the window does not. */
  | { type: 'window-closed' }
  /** Chosen in the tray. */
  | { type: 'status-chosen'; status: Settings['status'] }
  /** The system gave the key that mutes to another app. */
  | { type: 'shortcut-refused' }
  /** The person chose this from the native menu or the tray, or by a key that works everywhere. */
  | { type: 'menu'; command: MenuCommand };

/** Methods of the bridge that answer; see {@link Bridge}. */
export interface BridgeMethods {
  /** Asked once, before the first frame. */
  start(): Promise<StartInfo>;
  /** Merges and writes the settings atomically. */
  changeSettings(change: SettingsChange): Promise<Result<Settings>>;
  /** Reads a pasted link or a typed address; with an address, `room` names the room. Opens no connection. */
  readTarget(text: string, room: string): Promise<Result<JoinTarget>>;
  /** Three random words out of 2,048. */
  suggestRoom(): Promise<string>;
  /** Starts the embedded server, opens the room and takes the host's seat in it. */
  hostRoom(request: HostRequest): Promise<Result<RoomSeat>>;
  /**
   * From now on, and until the app ends, this is the join secret for these servers; that of the saved server is kept
   * longer where {@link canKeepPassword}. A server that asks for one it was not given answers `password-required`, and
   * where it was given another one `password-wrong`.
   */
  usePassword(servers: string[], password: string): Promise<void>;
  /** Whether the system has a key store that keeps the saved server's password. */
  canKeepPassword(): Promise<boolean>;
  /** Takes a seat. While the host is asked, a `knocking` event comes first; this answers when it is decided. */
  joinRoom(target: JoinTarget): Promise<Result<RoomSeat>>;
  /** Leaves the room, or stops trying to get in; a host's server stops listening. Always succeeds. */
  leaveRoom(): Promise<void>;
  /** Host only. */
  setDoor(door: Door): Promise<void>;
  answerKnock(member: string, answer: 'let-in' | 'turn-away'): Promise<void>;
  sendSignal(to: string, signal: Signal): Promise<void>;
  /**
   * The server's ICE servers to restart ICE with, their credentials renewed where they are older than half their life.
   * Answers at once where the server cannot be asked, else within half a second.
   */
  freshIceServers(): Promise<IceServer[]>;
  /**
   * Goes to where somebody is reachable, by a link of theirs or their computer's address; they are shown as everybody
   * nearby is. `nobody-there` where nobody can be called, `own-address` where that is this app.
   */
  meetNearby(text: string): Promise<Result<null>>;
  /** Looks again for people on this network. */
  lookNearby(): Promise<void>;
  /** Says how every conversation is doing and who is there, as events. What changes is said from then on. */
  watchPeople(): Promise<void>;
  /**
   * Rings someone who is present. `false` where they were not there to take it. For a call that is somewhere already
   * (see {@link RingOffer}) they are waited for a little: this app may have just started.
   */
  ring(link: string, to: string, offer: RingOffer): Promise<boolean>;
  /** The ring is shown to the person. `ahead`: this side connects meanwhile. */
  confirmRinging(link: string, call: string, ahead: boolean): Promise<void>;
  /** `false` for a ring that is no longer open. */
  answerRing(link: string, call: string, answer: RingAnswer): Promise<boolean>;
  cancelRing(link: string, call: string, reason: CancelReason): Promise<void>;
  /** The people one knows and the recent calls. Not needed for the first frame. */
  readBook(): Promise<Book>;
  /** Who is not known yet is from then on. What does not go together (who is blocked is no favourite) is put right. */
  changeKnown(key: string, change: KnownChange): Promise<Result<KnownPerson>>;
  /** Nothing is remembered of them any more but the calls. */
  forgetKnown(key: string): Promise<Result<null>>;
  addCall(record: CallRecord): Promise<Result<null>>;
  /** All missed calls have been seen. */
  seeCalls(): Promise<Result<null>>;
  forgetCalls(ids: string[]): Promise<Result<null>>;
  /** Brings back what was forgotten last. */
  restoreCalls(): Promise<Result<null>>;
  /**
   * Whether a call is under way, or its room kept open: others see that, and a ring would be busy. Nobody is to see
   * whether it rings here.
   */
  setInCall(inCall: boolean): Promise<void>;
  /** What of the present call is to be seen outside the page, each time it changes. */
  showOutside(outside: Outside): Promise<void>;
  /** Answers `close-asked`. */
  answerClose(answer: 'hide' | 'quit' | 'stay'): Promise<void>;
  /** Whether the app starts, without its window, when the person logs in. */
  startsAtLogin(): Promise<boolean>;
  setStartAtLogin(on: boolean): Promise<Result<null>>;
  /** Whether the system would let this key mute from everywhere. */
  canMuteWith(key: NonNullable<Settings['globalMute']>): Promise<boolean>;
  copyText(text: string): Promise<void>;
  /** Opens the OS's privacy settings for a device that was refused. `false` where there is no such page. */
  openPrivacySettings(device: 'camera' | 'microphone'): Promise<boolean>;
  setFullScreen(on: boolean): Promise<void>;
}

/** `window.parley` */
export interface Bridge extends BridgeMethods {
  /** Hears every event from now on; returns how to stop. */
  on(listener: (event: BridgeEvent) => void): () => void;
}

const textSchema = (units: number) => v.pipe(v.string(), v.maxLength(units));

const linkSchema = textSchema(64);

/** Longest text a person may paste into one field, in UTF-16 units. */
const MAX_PASTE = 2 * 1024 * 1024;

/** The one table of channels: each method with the schema of its arguments. */
export const METHODS: {
  [K in keyof BridgeMethods]: v.GenericSchema<unknown, Parameters<BridgeMethods[K]>>;
} = {
  start: v.strictTuple([]),
  changeSettings: v.strictTuple([settingsChangeSchema]),
  readTarget: v.strictTuple([textSchema(MAX_PASTE), textSchema(MAX_PASTE)]),
  suggestRoom: v.strictTuple([]),
  hostRoom: v.strictTuple([hostRequestSchema]),
  canKeepPassword: v.strictTuple([]),
  usePassword: v.strictTuple([joinTargetSchema.entries.servers, textSchema(1024)]),
  joinRoom: v.strictTuple([joinTargetSchema]),
  leaveRoom: v.strictTuple([]),
  setDoor: v.strictTuple([doorSchema]),
  answerKnock: v.strictTuple([memberIdSchema, v.picklist(['let-in', 'turn-away'])]),
  sendSignal: v.strictTuple([memberIdSchema, signalSchema]),
  freshIceServers: v.strictTuple([]),
  meetNearby: v.strictTuple([textSchema(MAX_PASTE)]),
  lookNearby: v.strictTuple([]),
  watchPeople: v.strictTuple([]),
  ring: v.strictTuple([linkSchema, memberIdSchema, ringOfferSchema]),
  confirmRinging: v.strictTuple([linkSchema, ringIdSchema, v.boolean()]),
  answerRing: v.strictTuple([linkSchema, ringIdSchema, ringAnswerSchema]),
  cancelRing: v.strictTuple([linkSchema, ringIdSchema, cancelReasonSchema]),
  readBook: v.strictTuple([]),
  changeKnown: v.strictTuple([publicKeySchema, knownChangeSchema]),
  forgetKnown: v.strictTuple([publicKeySchema]),
  addCall: v.strictTuple([callRecordSchema]),
  seeCalls: v.strictTuple([]),
  forgetCalls: v.strictTuple([v.pipe(v.array(ringIdSchema), v.maxLength(MAX_CALLS))]),
  restoreCalls: v.strictTuple([]),
  setInCall: v.strictTuple([v.boolean()]),
  showOutside: v.strictTuple([outsideSchema]),
  answerClose: v.strictTuple([v.picklist(['hide', 'quit', 'stay'])]),
  startsAtLogin: v.strictTuple([]),
  setStartAtLogin: v.strictTuple([v.boolean()]),
  canMuteWith: v.strictTuple([v.picklist(GLOBAL_MUTE_KEYS)]),
  copyText: v.strictTuple([textSchema(8192)]),
  openPrivacySettings: v.strictTuple([v.picklist(['camera', 'microphone'])]),
  setFullScreen: v.strictTuple([v.boolean()]),
};

/** The IPC channel of a method. */
export const methodChannel = (method: string): string => `parley:${method}`;

/** The IPC channel all events come through. */
export const EVENT_CHANNEL = 'parley:event';

declare global {
  interface Window {
    readonly parley: Bridge;
  }
}
