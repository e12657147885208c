/**
 * One peer connection to one other member, from the first offer to the last goodbye: perfect negotiation (W3C WebRTC,
 * section 10.7), trickled candidates (RFC 8838), ICE restarts (RFC 8445, section 9) and the data channel's signs of
 * life. Knows no page, no framework and no server: signals go out through a callback and come in through `receive`.
 *
 * What holds throughout:
 *
 * - Politeness is fixed for life. Of two colliding offers the impolite side's stands.
 * - Media never renegotiates. Audio, video and screen have their transceivers from the first offer on, in this order;
 *   everything later is `replaceTrack`. What remains to negotiate again is ICE.
 * - Colliding *first* offers are not rolled back. JSEP (RFC 9429, section 5.10) never matches an offered m-section with
 *   a transceiver made by `addTransceiver`, so a rollback would leave both sides' transceivers side by side, six
 *   instead of three. The side that yields takes a fresh RTCPeerConnection and answers on that.
 * - A call has an id, chosen by whoever offers first, and each sender numbers its signals in it. So signals may come
 *   late, twice, in any order, or again after a restart of the other app, and are still applied right.
 */
import type { ByeReason, IceServer, Signal } from '../../main/signaling/protocol';
import type { Clock } from './clock';
import { heardPairs, heardSince, type HeardPairs } from './heard-pairs';
import { PeerChannel, type Heard, type PeerMessage } from './peer-channel';
import { fingerprintsOf, SafetyExchange, type SafetyCodeState, type SafetyMessage } from './safety-code';
import { SignalInbox } from './signal-inbox';
import { tuneDescription } from './tune-description';

/** `RTCPeerConnection`, or something like it. */
export type PeerConnectionConstructor = new (configuration?: RTCConfiguration) => RTCPeerConnection;

export type MediaKind = 'audio' | 'video' | 'screen';
const KINDS = ['audio', 'video', 'screen'] as const satisfies readonly MediaKind[];

export interface PeerEvents {
  /** To be carried to the other member, in this order where possible. */
  send(signal: Signal): void;
  /** The call's id is known, or gave way to the other side's. */
  callSettled(call: string): void;
  /** Both descriptions are in place for the first time on a connection: from here on only a path is missing. */
  exchanged(): void;
  /**
   * Media can flow, or surely cannot any more. Said when it changes, and that it cannot every {@link TEND_MS} again;
   * nothing is said of mere hints.
   */
  pathChanged(alive: boolean): void;
  /** Microphone and camera of the other side. */
  mediaStated(state: { muted: boolean; cameraOff: boolean }): void;
  /** How far the safety code of the present connection is; `none` until something else is said. */
  safetyCodeChanged(state: SafetyCodeState): void;
  /** A TURN server does not accept the user name or the password. May be said again. */
  relayRefused(): void;
  /** The other side ended the call; `reason`: not because a person hung up. */
  bye(reason?: ByeReason): void;
  /** The other app has begun a new call: this object is of the past, a new one should be given these signals. */
  restarted(signals: Signal[]): void;
  /** A description names another certificate than {@link PeerStart.fingerprint}; it is not applied. */
  impostor(): void;
  /** A description could not be applied. Said once. */
  badMessage(cause: unknown): void;
}

export interface PeerOptions {
  connection: PeerConnectionConstructor;
  newStream: () => MediaStream;
  clock: Clock;
  /** Unix time. */
  wallClock: () => number;
  events: PeerEvents;
  iceServers: readonly IceServer[];
  /**
   * Make the first offer now, and keep it until {@link Peer.begin}: this side will come second to somebody. Not done
   * with servers, which would hold a relay for as long as one waits.
   */
  offersSoon?: boolean;
  /** What video is offered in to another Parley; empty: whatever the browser has, as a plain peer is offered. */
  videoCodecs: readonly RTCRtpCodec[];
  /** What the media is encrypted with, where the other side was told; otherwise one is made. */
  certificate?: RTCCertificate | null;
  /** Through TURN servers only: the other side learns none of this machine's addresses. */
  relayOnly: boolean;
  /** What to restart ICE with; settles soon, whatever has become of the server. */
  freshIceServers: () => Promise<readonly IceServer[]>;
}

export interface PeerStart {
  polite: boolean;
  /** The other speaks the plain dialect: audio and video only, no data channel, nothing a simple page would not know. */
  plain: boolean;
  /** Offer at once, because this side came second. Otherwise the other's offer is awaited first. */
  offers: boolean;
  iceServers: readonly IceServer[];
  /** SHA-256 of the only certificate the other side may use, as in RFC 8122; `null`: any. */
  fingerprint: string | null;
}

/** How long the other's first offer is awaited before this side makes one. */
const EXPECT_PLAIN_MS = 1000;
const EXPECT_PARLEY_MS = 4000;
/** How long a plain page whose offer crossed ours may take to answer ours after all. */
const CROSSED_MS = 1000;
/** How long a second call of the same member may be a leftover of a collision before it counts as its newest. */
const YIELD_MS = 3000;
/** Between two attempts to mend a silent path or to have an offer answered. */
const TEND_MS = 5000;
/** The polite side lets the other restart ICE first; a collision would only cost a round trip. */
const POLITE_PATIENCE_MS = 1000;
/** A path that was not found by then gets the one ICE restart there is before the call is given up. */
const SLOW_PATH_MS = 8000;
/** How long a goodbye may take to get out before the connection closes under it. */
const FAREWELL_MS = 200;
/** Signals kept to be said again, and calls of the other side whose signals are kept apart. */
const MAX_OUTBOX = 256;
const MAX_INBOXES = 4;
/** A commit and a reveal, and one too many, which ends the exchange. */
const MAX_EARLY_SAFETY = 3;
/** 720p30 looks good at this and a busy Wi-Fi still carries two of them. */
const MAX_VIDEO_BITRATE = 2_500_000;

type Description = { type: 'offer' | 'answer'; sdp: string };
type Timer = 'expect' | 'yield' | 'tend' | 'slow' | 'restart';

/** The session id of an `o=` line (RFC 8866, section 5.2): another one means another RTCPeerConnection. */
const sessionOf = (sdp: string): string | null => /^o=\S+ (\S+)/m.exec(sdp)?.[1] ?? null;

export class Peer {
  readonly #options: PeerOptions;
  readonly #clock: Clock;
  readonly #events: PeerEvents;

  /** The other's picture; the same object whatever happens underneath. */
  readonly remotePicture: MediaStream;
  #remoteSound: MediaStream;
  /** Never holds a track: their ids group the sent tracks for the other side (`a=msid`, RFC 8830). */
  readonly #cameraStream: MediaStream;
  readonly #screenStream: MediaStream;
  readonly #tracks = new Map<MediaKind, MediaStreamTrack>();
  readonly #transceivers = new Map<MediaKind, RTCRtpTransceiver>();

  #pc: RTCPeerConnection;
  #iceServers: readonly IceServer[];
  #listening = new AbortController();
  #channel: PeerChannel | null = null;
  #safety: SafetyExchange | null = null;
  /** What the other side said of it before this side could begin. */
  #earlySafety: SafetyMessage[] = [];
  /** What the path had brought when the channel fell silent. */
  #heardBefore: Promise<HeardPairs> | null = null;
  #media: { muted: boolean; cameraOff: boolean } | null = null;

  #begun = false;
  #over = false;
  #polite = true;
  #plain = false;
  #fingerprint: string | null = null;
  /** This side made the transceivers and the first offer on the present connection. */
  #offering = false;
  /** A description of the present call has come from the other side. */
  #answered = false;
  #exchanged = false;
  #everAlive = false;
  #alive: boolean | null = null;
  #reported = false;

  // Perfect negotiation.
  #makingOffer = false;
  #ignoreOffer = false;
  /** Incoming signals are applied one after the other: a candidate must not overtake its description. */
  #applying: Promise<void> = Promise.resolve();
  #earlyCandidates: (RTCIceCandidateInit | null)[] = [];
  /** Candidates found before the description they belong to was sent; `null` while none is being made. */
  #heldBack: (RTCIceCandidate | null)[] | null = null;

  #call: string;
  #n = 0;
  #outbox: Signal[] = [];
  /**
   * `n` of the newest own offer and answer. The answer to an offer proves that everything up to that offer has
   * arrived, and the other side's next offer that everything up to our answer has.
   */
  #offerN = -1;
  #answerN = -1;
  /** `n` of the newest offer of the other side that was answered. */
  #answeredN = -1;
  readonly #inboxes = new Map<string, SignalInbox>();
  #otherCall: string | null = null;
  /** When the first description of the present call came. */
  #settledMs = -Infinity;
  /** A plain member's offer that crossed ours, and what it said after that; `null` while nothing is undecided. */
  #crossed: Signal[] | null = null;
  #session: string | null = null;

  #lastRestartMs = -Infinity;
  #restarts = 0;
  /** Ends the wait of {@link Peer.end}. */
  #onGone: (() => void) | null = null;
  readonly #timers = new Map<Timer, () => void>();

  /** Makes the connection ready: its certificate and, where it offers soon and has no servers to bother, its offer. */
  constructor(options: PeerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#iceServers = options.iceServers;
    this.#call = crypto.randomUUID();
    this.#remoteSound = options.newStream();
    this.remotePicture = options.newStream();
    this.#cameraStream = options.newStream();
    this.#screenStream = options.newStream();
    this.#pc = this.#open();
    if (options.offersSoon && options.iceServers.length === 0) this.#makeOffer();
  }

  /** The id of the call; the other side's once that one has offered first. */
  get call(): string {
    return this.#call;
  }

  /**
   * The other's sound, complete from {@link PeerEvents.exchanged} on; another object each time that is said. Chromium
   * takes an element for paused whose stream got its only sound afterwards.
   */
  get remoteSound(): MediaStream {
    return this.#remoteSound;
  }

  /** Both descriptions are in place: {@link PeerEvents.exchanged} was said of the present connection. */
  get exchanged(): boolean {
    return this.#exchanged;
  }

  /** When the other side last said something; `null` where it has no channel to do so. */
  get heard(): Heard | null {
    return this.#channel?.heard ?? null;
  }

  /** For statistics and tests. */
  get connection(): RTCPeerConnection {
    return this.#pc;
  }

  /** The other member is known. Call once. */
  begin(start: PeerStart): void {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    this.#polite = start.plain || start.polite;
    this.#plain = start.plain;
    this.#fingerprint = start.fingerprint;
    const otherServers = !this.#isUsing(start.iceServers);
    const otherOffer = this.#offering && (start.plain || !start.offers);
    if (otherServers || otherOffer) {
      this.#iceServers = start.iceServers;
      this.#reopen();
    }
    this.#setTimer('tend', TEND_MS, () => this.#tend());
    if (start.offers) this.#offer();
    else this.#setTimer('expect', start.plain ? EXPECT_PLAIN_MS : EXPECT_PARLEY_MS, () => this.#offer());
  }

  /**
   * From now on the other side may use no other certificate than this one, see {@link PeerStart.fingerprint}.
   * @returns whether it does so as far as is known; if not, nothing must be sent to it
   */
  holdTo(fingerprint: string): boolean {
    this.#fingerprint = fingerprint;
    const described = this.#pc.remoteDescription;
    return described === null || isEncryptedTo(described.sdp, fingerprint);
  }

  /** Credentials were renewed: they count from the next ICE restart on, whichever side asks for it. */
  useIceServers(iceServers: readonly IceServer[]): void {
    if (this.#over || this.#isUsing(iceServers)) return;
    this.#iceServers = iceServers;
    const pc = this.#pc;
    // The rest must stay as it was (W3C WebRTC, section 4.4.1.6).
    this.#withServers((servers) => pc.setConfiguration({ ...pc.getConfiguration(), iceServers: servers }));
  }

  /** Sends this track from now on, or nothing; never negotiates. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | null): void {
    if (this.#over || (this.#tracks.get(kind) ?? null) === track) return;
    if (track) this.#tracks.set(kind, track);
    else this.#tracks.delete(kind);
    this.#sendTrack(kind);
  }

  /** What the other side should show of this one's microphone and camera. */
  stateMedia(state: { muted: boolean; cameraOff: boolean }): void {
    this.#media = state;
    this.#channel?.say({ type: 'state', ...state });
  }

  /** A signal of the other member, in whatever order they come. */
  receive(signal: Signal): void {
    if (!this.#begun || this.#over) return;
    if (this.#plain) {
      // The server numbers a plain member's signals as they come; there is nothing to sort and no second call.
      this.#receivePlain(signal);
      return;
    }
    if ('bye' in signal) {
      // Who declines before anything was agreed may not know this call's id yet.
      const declines = !this.#answered && signal.n === 0;
      if (signal.call === this.#call || declines) this.#events.bye(signal.reason);
      return;
    }
    const inbox = this.#inboxOf(signal.call);
    const repeated = inbox.has(signal);
    inbox.put(signal);
    if (signal.call !== this.#call) {
      this.#consider(signal.call);
      return;
    }
    // The offer answered last comes again from someone who lacks the answer.
    if (repeated && signal.n === this.#answeredN) this.resend();
    for (const ready of inbox.take()) this.#take(ready);
  }

  /**
   * Says again what may have been lost with a socket; duplicates are dropped over there. Plain members have no way of
   * telling, so nothing is ever repeated to them.
   */
  resend(): void {
    if (this.#over || this.#plain) return;
    for (const signal of this.#outbox) this.#events.send(signal);
  }

  /**
   * Says goodbye on the ways there are and closes once it is out, at the latest after {@link FAREWELL_MS}. The channel
   * is the quicker way, but SCTP says nothing again before 400 ms: one lost packet, and by then it is closed.
   * @param reason why the call is given up, which the channel has no words for; `null`: a person hangs up
   */
  async end(reason: ByeReason | null = null): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    const channel = this.#channel;
    if (reason === null) channel?.say({ type: 'bye' });
    if (this.#begun && !this.#plain) this.#post({ bye: true, ...(reason && { reason }) });
    if (this.#alive === true && channel?.open === true) await this.#farewell();
    this.close();
  }

  /** Lets go of everything at once, without a word. */
  close(): void {
    this.#over = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#shut();
    holdOnly(this.#remoteSound);
    holdOnly(this.remotePicture);
  }

  // ------------------------------------------------------------- the connection

  #isUsing(iceServers: readonly IceServer[]): boolean {
    return JSON.stringify(iceServers) === JSON.stringify(this.#iceServers);
  }

  // No pool of candidates: who makes an offer gathers for it anyway, and who answers has theirs thrown away by the
  // answer. Chromium then gathers nothing at all, if it learns of its first networks just between the two.
  #configuration(iceServers: RTCIceServer[]): RTCConfiguration {
    return {
      iceServers,
      iceTransportPolicy: this.#options.relayOnly ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
      ...(this.#options.certificate ? { certificates: [this.#options.certificate] } : {}),
    };
  }

  /** One server that is refused (TURN without a password, say) must not cost the call the others, or the LAN. */
  #withServers<T>(use: (servers: RTCIceServer[]) => T): T {
    const Connection = this.#options.connection;
    const servers = this.#iceServers.map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    }));
    try {
      return use(servers);
    } catch {
      return use(servers.filter((server) => isUsable(Connection, server)));
    }
  }

  #open(): RTCPeerConnection {
    const Connection = this.#options.connection;
    const pc = this.#withServers((servers) => new Connection(this.#configuration(servers)));
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    pc.addEventListener('negotiationneeded', () => void this.#onNegotiationNeeded(pc), { signal });
    pc.addEventListener('icecandidate', (event) => this.#onCandidate(event.candidate), { signal });
    pc.addEventListener('icecandidateerror', (event) => this.#onCandidateError(event), { signal });
    pc.addEventListener('connectionstatechange', () => this.#onConnectionState(pc), { signal });
    return pc;
  }

  /** Of a STUN or TURN server, by the codes of RFC 8489 and 8656: most of them only say that a server is not there. */
  #onCandidateError({ errorCode }: RTCPeerConnectionIceErrorEvent): void {
    if (errorCode === 401 || errorCode === 403) this.#events.relayRefused();
  }

  #shut(): void {
    this.#listening.abort();
    this.#channel?.close();
    this.#channel = null;
    this.#safety?.close();
    this.#safety = null;
    this.#earlySafety = [];
    this.#heardBefore = null;
    this.#transceivers.clear();
    this.#pc.close();
  }

  /** Starts over on a connection without transceivers, to answer the other's first offer. */
  #reopen(): void {
    this.#shut();
    this.#remoteSound = this.#options.newStream();
    this.#pc = this.#open();
    this.#offering = false;
    this.#makingOffer = false;
    this.#ignoreOffer = false;
    this.#exchanged = false;
    this.#alive = null;
    this.#earlyCandidates = [];
    this.#heldBack = null;
    this.#session = null;
    // Promises of a closed connection never settle (W3C WebRTC, section 4.4.1.6), so its queue is left behind.
    this.#applying = Promise.resolve();
  }

  /** After every wait: the connection it began on may not be the one that counts any more. */
  #isPast(pc: RTCPeerConnection): boolean {
    return pc !== this.#pc || this.#over;
  }

  #openChannel(pc: RTCPeerConnection): void {
    if (this.#plain || this.#channel) return;
    const channel = pc.createDataChannel('parley', { negotiated: true, id: 0 });
    this.#channel = new PeerChannel(channel, this.#clock, this.#options.wallClock, {
      opened: () => this.#onChannelOpened(pc),
      heard: (message) => this.#onMessage(message),
      silenceChanged: (silent) => {
        this.#heardBefore = silent ? heardPairs(pc) : null;
        this.#assess();
      },
    });
  }

  // ------------------------------------------------------------- media

  /** Sends the first offer: the one that is ready, or as soon as it is. */
  #offer(): void {
    this.#clearTimer('expect');
    if (!this.#plain) this.#events.callSettled(this.#call);
    if (!this.#offering) this.#makeOffer();
    else if (this.#pc.signalingState === 'have-local-offer') this.#sendDescription(this.#pc, 'offer');
  }

  /** Makes the first offer. `negotiationneeded` follows by itself. */
  #makeOffer(): void {
    this.#offering = true;
    for (const kind of KINDS) {
      if (kind === 'screen' && this.#plain) continue;
      const transceiver = this.#pc.addTransceiver(kind === 'audio' ? 'audio' : 'video', {
        direction: 'sendrecv',
        streams: [this.#streamOf(kind)],
      });
      if (kind !== 'audio' && !this.#plain) transceiver.setCodecPreferences([...this.#options.videoCodecs]);
      this.#transceivers.set(kind, transceiver);
      this.#sendTrack(kind);
    }
    void this.#limitVideo();
    this.#openChannel(this.#pc);
    this.#receiveTracks();
  }

  /**
   * After an offer of the other side: its sections, in their order, become audio, video and screen. A plain page may
   * begin with sound and add the picture by a second offer.
   * @returns whether there was anything new
   */
  #adoptTransceivers(pc: RTCPeerConnection): boolean {
    const transceivers = pc.getTransceivers();
    const ofKind = (kind: string) => transceivers.filter((each) => each.receiver.track.kind === kind);
    const [audio] = ofKind('audio');
    const [video, screen] = ofKind('video');
    const found = { audio, video, screen: this.#plain ? undefined : screen };
    let isNew = false;
    for (const kind of KINDS) {
      const transceiver = found[kind];
      if (!transceiver || this.#transceivers.get(kind) === transceiver) continue;
      isNew = true;
      // `setRemoteDescription` makes them `recvonly`. Sending is agreed on even while there is nothing to send.
      transceiver.direction = 'sendrecv';
      transceiver.sender.setStreams(this.#streamOf(kind));
      this.#transceivers.set(kind, transceiver);
      this.#sendTrack(kind);
    }
    return isNew;
  }

  #streamOf(kind: MediaKind): MediaStream {
    return kind === 'screen' ? this.#screenStream : this.#cameraStream;
  }

  #sendTrack(kind: MediaKind): void {
    const sender = this.#transceivers.get(kind)?.sender;
    const track = this.#tracks.get(kind) ?? null;
    if (!sender || sender.track === track) return;
    // Refused only when the connection has closed meanwhile, and then there is nobody to send to.
    sender.replaceTrack(track).catch(() => undefined);
  }

  // A receiver has its track from the beginning (section 5.3), so `track` events are not needed.
  #receiveTracks(): void {
    holdOnly(this.#remoteSound, this.#transceivers.get('audio')?.receiver.track);
    holdOnly(this.remotePicture, this.#transceivers.get('video')?.receiver.track);
  }

  async #limitVideo(): Promise<void> {
    const sender = this.#transceivers.get('video')?.sender;
    if (!sender) return;
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    if (!encoding) return;
    encoding.maxBitrate = MAX_VIDEO_BITRATE;
    // Faces move: on a narrow path a smaller picture is better than a slower one.
    parameters.degradationPreference = 'maintain-framerate';
    try {
      await sender.setParameters(parameters);
    } catch {
      // A bound that is refused leaves the browser's own, which is good enough to talk.
    }
  }

  // ------------------------------------------------------------- signals out

  #post(
    body:
      | { description: Description }
      | { candidate: RTCIceCandidate | null }
      | { bye: true; reason?: ByeReason },
  ): void {
    const head = { call: this.#call, n: this.#n };
    this.#n += 1;
    const signal: Signal =
      'candidate' in body ? { ...head, candidate: wireCandidate(body.candidate) } : { ...head, ...body };
    this.#outbox.push(signal);
    if (this.#outbox.length > MAX_OUTBOX) this.#outbox.shift();
    this.#events.send(signal);
  }

  #onCandidate(candidate: RTCIceCandidate | null): void {
    if (this.#over) return;
    // The empty string ends one generation of candidates; `null`, which follows it, ends gathering.
    if (candidate?.candidate === '') return;
    if (this.#heldBack) this.#heldBack.push(candidate);
    else if (candidate || !this.#plain) this.#post({ candidate });
  }

  /** Sends the local description as it is by now, with the candidates found for it meanwhile. */
  #sendDescription(pc: RTCPeerConnection, type: 'offer' | 'answer'): void {
    const description = pc.localDescription;
    // An offer that was rolled back in between means nothing to anybody; the answer that did it is on its way.
    if (description?.type !== type || (type === 'offer' && pc.signalingState !== 'have-local-offer')) return;
    const held = this.#heldBack ?? [];
    this.#heldBack = null;
    if (type === 'offer') this.#offerN = this.#n;
    else this.#answerN = this.#n;
    this.#post({ description: { type, sdp: description.sdp } });
    // A description holds what was gathered before it was read (W3C WebRTC, section 4.4.1.5).
    for (const candidate of held)
      if (!candidate || !description.sdp.includes(addressOf(candidate))) this.#onCandidate(candidate);
  }

  // ------------------------------------------------------------- negotiation

  async #onNegotiationNeeded(pc: RTCPeerConnection): Promise<void> {
    // The data channel of an answering side asks for a negotiation that is about to happen anyway.
    if (this.#over || !(this.#begun || this.#offering)) return;
    try {
      this.#makingOffer = true;
      this.#heldBack ??= [];
      await pc.setLocalDescription();
      if (this.#isPast(pc) || !this.#begun) return;
      this.#sendDescription(pc, 'offer');
    } catch (cause) {
      if (!this.#isPast(pc)) this.#report(cause);
    } finally {
      if (!this.#isPast(pc)) this.#makingOffer = false;
    }
  }

  /** The next signal of this call: queued behind those that are being applied. */
  #take(signal: Signal): void {
    if ('bye' in signal) return;
    if ('description' in signal) this.#onDescriptionTaken(signal.description);
    const pc = this.#pc;
    this.#applying = this.#applying.then(async () => {
      if (this.#isPast(pc)) return;
      if ('description' in signal) await this.#applyDescription(pc, signal.description, signal.n);
      else await this.#applyCandidate(pc, signal.candidate && candidateOf(signal.candidate));
    });
  }

  /** Decides, before the queue goes on, whether a description continues on this connection. */
  #onDescriptionTaken({ type, sdp }: Description): void {
    this.#clearTimer('expect');
    if (this.#plain && type === 'offer') {
      // A plain page that loses patience or reloads offers from a new connection without saying so.
      const collides = this.#crosses;
      const replaced = this.#session !== null && this.#session !== sessionOf(sdp);
      if (collides || replaced) this.#reopen();
    }
    if (this.#plain) this.#session = sessionOf(sdp);
    else if (!this.#answered) this.#settleOnCall();
    this.#answered = true;
    const arrived = type === 'answer' ? this.#offerN : this.#answerN;
    this.#outbox = this.#outbox.filter((signal) => signal.n > arrived);
  }

  async #applyDescription(pc: RTCPeerConnection, { type, sdp }: Description, n: number): Promise<void> {
    const collides = type === 'offer' && (this.#makingOffer || pc.signalingState !== 'stable');
    this.#ignoreOffer = collides && !this.#polite;
    if (this.#ignoreOffer) return;
    if (!this.#isExpected(sdp)) return;
    // Too late: the offer it answers was rolled back or answered already.
    if (type === 'answer' && pc.signalingState !== 'have-local-offer') return;
    try {
      // A polite side's own offer is rolled back by this.
      await pc.setRemoteDescription({ type, sdp: this.#plain ? sdp : tuneDescription(sdp) });
      // The other side may have proved itself meanwhile, to be somebody else than is described.
      if (this.#isPast(pc) || !this.#isExpected(sdp)) return;
      if (type === 'offer') {
        const isNew = this.#adoptTransceivers(pc);
        this.#heldBack = [];
        await pc.setLocalDescription();
        if (this.#isPast(pc)) return;
        this.#sendDescription(pc, 'answer');
        this.#answeredN = n;
        // What the answer need not wait for.
        if (isNew) {
          void this.#limitVideo();
          this.#openChannel(pc);
          this.#receiveTracks();
        }
        // The other side's ICE restart is as good as our own, and deserves as much time.
        this.#lastRestartMs = this.#clock.now();
      }
    } catch (cause) {
      this.#heldBack = null;
      if (!this.#isPast(pc)) this.#report(cause);
      return;
    }
    const early = this.#earlyCandidates;
    this.#earlyCandidates = [];
    for (const candidate of early) await this.#applyCandidate(pc, candidate);
    this.#exchangeSafety(pc);
    this.#onExchanged();
  }

  #isExpected(sdp: string): boolean {
    const isExpected = this.#fingerprint === null || isEncryptedTo(sdp, this.#fingerprint);
    if (!isExpected) this.#events.impostor();
    return isExpected;
  }

  async #applyCandidate(pc: RTCPeerConnection, candidate: RTCIceCandidateInit | null): Promise<void> {
    if (!pc.remoteDescription) {
      if (!this.#ignoreOffer && this.#earlyCandidates.length < MAX_OUTBOX)
        this.#earlyCandidates.push(candidate);
      return;
    }
    try {
      await (candidate ? pc.addIceCandidate(candidate) : pc.addIceCandidate(null));
    } catch {
      // One that cannot be read, or of an offer that was ignored or restarted since. The others are no worse for it.
    }
  }

  #onExchanged(): void {
    if (this.#exchanged || this.#over) return;
    this.#exchanged = true;
    this.#setTimer('slow', SLOW_PATH_MS, () => {
      if (!this.#everAlive) this.#restartIce();
    });
    this.#events.exchanged();
  }

  #report(cause: unknown): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#events.badMessage(cause);
  }

  // ------------------------------------------------------------- offers that cross a plain page's

  get #crosses(): boolean {
    return this.#offering && !this.#answered;
  }

  /**
   * A page that was slow, because a person had to allow the camera, offers while our offer is under way to it. Then one
   * page waits for its answer, and the next gives its own offer up for ours without knowing: `setRemoteDescription`
   * does that by itself (W3C WebRTC, section 4.4.1.5). An answer tells the second; without one, it is the first.
   */
  #receivePlain(signal: Signal): void {
    const type = 'description' in signal ? signal.description.type : null;
    if (type === 'offer' && this.#crosses) {
      this.#crossed = [signal];
      this.#setTimer('yield', CROSSED_MS, () => this.#yieldToPlain());
      return;
    }
    if (type === 'answer') {
      // What came in between belongs to the offer that is no more.
      this.#crossed = null;
      this.#clearTimer('yield');
    }
    if (!this.#crossed) this.#take(signal);
    else if (this.#crossed.length < MAX_OUTBOX) this.#crossed.push(signal);
  }

  #yieldToPlain(): void {
    const signals = this.#crossed ?? [];
    this.#crossed = null;
    for (const signal of signals) this.#take(signal);
  }

  // ------------------------------------------------------------- more than one call

  #inboxOf(call: string): SignalInbox {
    const known = this.#inboxes.get(call);
    if (known) return known;
    for (const old of this.#inboxes.keys()) {
      if (this.#inboxes.size < MAX_INBOXES) break;
      if (old !== this.#call) this.#inboxes.delete(old);
    }
    const inbox = new SignalInbox();
    this.#inboxes.set(call, inbox);
    return inbox;
  }

  /**
   * Signals of another call than ours have come. Either both sides offered first at once (then one call gives way by
   * politeness), or the other app started again (then ours is over), or these are leftovers of a collision (then they
   * mean nothing). The last two look alike until the path tells them apart.
   */
  #consider(call: string): void {
    const first = this.#inboxOf(call).peek();
    if (!first || !('description' in first) || first.description.type !== 'offer') return;
    if (!this.#answered && (!this.#offering || this.#polite)) {
      this.#adopt(call);
      return;
    }
    // What comes late of a collision comes now. An app that was started again will say its offer again.
    if (this.#alive === null && this.#clock.now() - this.#settledMs < YIELD_MS) return;
    this.#otherCall = call;
    if (this.#answered && this.#alive === false) this.#decide();
    else if (!this.#timers.has('yield')) this.#setTimer('yield', YIELD_MS, () => this.#decide());
  }

  /** Both sides are in this call: what else they offered gave way to it, however long its path may take. */
  #settleOnCall(): void {
    this.#settledMs = this.#clock.now();
    this.#otherCall = null;
    this.#clearTimer('yield');
  }

  #decide(): void {
    const call = this.#otherCall;
    this.#otherCall = null;
    this.#clearTimer('yield');
    if (call === null) return;
    // An impolite offer that nobody answers was made to an app that is gone.
    if (!this.#answered) this.#adopt(call);
    else if (this.#alive !== true) this.#events.restarted(this.#inboxOf(call).drain());
  }

  #adopt(call: string): void {
    this.#clearTimer('expect');
    if (this.#offering) this.#reopen();
    this.#call = call;
    this.#n = 0;
    this.#outbox = [];
    this.#offerN = -1;
    this.#answerN = -1;
    this.#answeredN = -1;
    this.#events.callSettled(call);
    for (const signal of this.#inboxOf(call).take()) this.#take(signal);
  }

  // ------------------------------------------------------------- the path

  #onConnectionState(pc: RTCPeerConnection): void {
    if (pc.connectionState === 'connected') void this.#provePath(pc);
    this.#assess();
  }

  /**
   * ICE says `connected` also when it gives a dead pair up for another one whose checks have not failed yet, seconds
   * after the other app was killed. So it counts for a silent path only once the other side was heard.
   */
  async #provePath(pc: RTCPeerConnection): Promise<void> {
    const before = this.#heardBefore;
    if (!before) return;
    const isProven = heardSince(await before, await heardPairs(pc));
    if (isProven && !this.#isPast(pc) && pc.connectionState === 'connected') this.#channel?.onPathFound();
  }

  /**
   * Judges the path. `disconnected` is a hint that may pass; a silent channel or `failed` is a fact. A plain peer has
   * no channel to ask, so there the hint has to do.
   */
  #assess(): void {
    const state = this.#pc.connectionState;
    const silent = this.#channel?.silent ?? false;
    const dead =
      silent || state === 'failed' || state === 'closed' || (this.#plain && state === 'disconnected');
    if (this.#over) {
      if (dead) this.#onGone?.();
      return;
    }
    if (dead) this.#setAlive(false);
    else if (state === 'connected') this.#setAlive(true);
  }

  #setAlive(alive: boolean): void {
    if (this.#alive === alive) return;
    this.#alive = alive;
    if (alive) {
      this.#clearTimer('restart');
      this.#everAlive = true;
      this.#sayMedia();
    } else {
      if (this.#otherCall !== null && this.#answered) this.#decide();
      if (this.#over) return;
      this.#mend();
    }
    this.#events.pathChanged(alive);
  }

  /** Regularly, until the call is over: mends a dead path and asks again for an answer that does not come. */
  #tend(): void {
    this.#setTimer('tend', TEND_MS, () => this.#tend());
    if (this.#alive === false) {
      this.#mend();
      this.#events.pathChanged(false);
      if (this.#over) return;
    }
    if (this.#pc.signalingState === 'have-local-offer') this.resend();
  }

  #mend(): void {
    if (this.#timers.has('restart')) return;
    this.#setTimer('restart', this.#polite && !this.#plain ? POLITE_PATIENCE_MS : 0, () => {
      if (this.#alive === false) this.#restartIce();
    });
  }

  #restartIce(): void {
    // Toward a plain peer only when there is nothing left to hope for; simple pages take an offer for a new call.
    if (this.#plain && this.#pc.connectionState !== 'failed') return;
    // An offer is out already, or a path was never found with a second try: more of the same would not help.
    if (this.#pc.signalingState !== 'stable' || this.#makingOffer || !this.#exchanged) return;
    if (!this.#everAlive && this.#restarts > 0) return;
    // Checks that are under way get twice the time before they are thrown away.
    const patience = this.#pc.connectionState === 'connecting' ? 2 * TEND_MS : TEND_MS;
    if (this.#everAlive && this.#clock.now() - this.#lastRestartMs < patience - 1) return;
    this.#lastRestartMs = this.#clock.now();
    this.#restarts += 1;
    void this.#restartWithFreshServers(this.#pc, this.#lastRestartMs);
  }

  async #restartWithFreshServers(pc: RTCPeerConnection, beganMs: number): Promise<void> {
    // Without an answer, what one has: it may still be good, and a path without a relay needs none.
    const servers = await this.#options.freshIceServers().catch(() => this.#iceServers);
    if (this.#isPast(pc)) return;
    this.useIceServers(servers);
    // The other side may have been quicker, or the path have come back by itself.
    const isNeeded = this.#lastRestartMs === beganMs && this.#alive !== true;
    if (isNeeded && pc.signalingState === 'stable' && !this.#makingOffer) pc.restartIce();
  }

  // ------------------------------------------------------------- the channel

  #onChannelOpened(pc: RTCPeerConnection): void {
    this.#sayMedia();
    this.#exchangeSafety(pc);
  }

  /**
   * Begins as soon as the channel is open and both descriptions are in place. On a quick path the channel may be the
   * first: Chromium opens it before it says that the answer was applied.
   */
  #exchangeSafety(pc: RTCPeerConnection): void {
    const fingerprints = fingerprintsOf(pc);
    if (this.#safety) {
      this.#safety.check(fingerprints);
      return;
    }
    if (!fingerprints || !this.#channel?.open) return;
    this.#safety = new SafetyExchange({
      role: this.#offering ? 'offerer' : 'answerer',
      call: this.#call,
      fingerprints,
      clock: this.#clock,
      send: (message) => this.#channel?.say(message),
      changed: (state) => this.#events.safetyCodeChanged(state),
    });
    for (const message of this.#earlySafety.splice(0)) this.#safety.hear(message);
  }

  #sayMedia(): void {
    if (this.#media) this.#channel?.say({ type: 'state', ...this.#media });
  }

  #onMessage(message: PeerMessage): void {
    if (this.#over) return;
    switch (message.type) {
      case 'state':
        this.#events.mediaStated({ muted: message.muted, cameraOff: message.cameraOff });
        return;
      case 'bye':
        this.#events.bye();
        return;
      case 'beat':
        return;
      case 'commit':
      case 'reveal':
        if (this.#safety) this.#safety.hear(message);
        else if (this.#earlySafety.length < MAX_EARLY_SAFETY) this.#earlySafety.push(message);
        return;
      default:
        message satisfies never;
    }
  }

  /** Resolves once the other side has closed (it does so on hearing `bye`), or after a bounded wait. */
  #farewell(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(FAREWELL_MS, resolve);
      this.#onGone = () => {
        cancel();
        resolve();
      };
    });
  }

  // ------------------------------------------------------------- timers

  #setTimer(name: Timer, ms: number, run: () => void): void {
    this.#clearTimer(name);
    this.#timers.set(
      name,
      this.#clock.after(ms, () => {
        this.#timers.delete(name);
        if (!this.#over) run();
      }),
    );
  }

  #clearTimer(name: Timer): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}

function isUsable(connection: PeerConnectionConstructor, server: RTCIceServer): boolean {
  try {
    new connection({ iceServers: [server] }).close();
    return true;
  } catch {
    return false;
  }
}

/** Whether every certificate a description names is the one of this SHA-256 fingerprint (RFC 8122, section 5). */
function isEncryptedTo(sdp: string, fingerprint: string): boolean {
  const named = [...sdp.matchAll(/^a=fingerprint:(.*?)\r?$/gm)].map(([, value = '']) => value);
  return (
    named.length > 0 && named.every((value) => value.toLowerCase() === `sha-256 ${fingerprint.toLowerCase()}`)
  );
}

function holdOnly(stream: MediaStream, wanted?: MediaStreamTrack): void {
  const held = stream.getTracks();
  for (const track of held) if (track !== wanted) stream.removeTrack(track);
  if (wanted && !held.includes(wanted)) stream.addTrack(wanted);
}

/** A candidate's line up to its extensions, which Chromium does not write alike in events and descriptions. */
const addressOf = ({ candidate }: RTCIceCandidate): string =>
  candidate.replace(/ (generation|ufrag) .*$/, '');

function wireCandidate(candidate: RTCIceCandidate | null): WireCandidate | null {
  if (!candidate) return null;
  const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: line, sdpMid, sdpMLineIndex, usernameFragment };
}

type WireCandidate = NonNullable<Extract<Signal, { candidate: unknown }>['candidate']>;

function candidateOf({ usernameFragment, ...rest }: WireCandidate): RTCIceCandidateInit {
  return usernameFragment === undefined ? rest : { ...rest, usernameFragment };
}
