/**
 * The connection of a call: made ready while one waits, held as long as there is somebody at the other end, and what
 * the page shows of them meanwhile.
 */
import type { ByeReason, IceServer, Signal } from '../../main/signaling/protocol';
import { LOST_MS, type CallEvent, type Effect } from './call-state';
import { NO_SAFETY_CODE, UNKNOWN_MEDIA, type PathQuality, type PeerMedia } from './call-view';
import type { Clock } from './clock';
import type { LocalMedia } from './local-media.svelte';
import { PathWatch } from './path-watch';
import { Peer, type PeerConnectionConstructor } from './peer';
import type { SafetyCodeState } from './safety-code';
import { leanCodecs } from './video-codecs';

export interface CallConnectionOptions {
  connection: PeerConnectionConstructor;
  newStream: () => MediaStream;
  clock: Clock;
  /** Unix time. */
  wallClock: () => number;
  media: LocalMedia;
  /** All that video can be received in. */
  videoCodecs: () => readonly RTCRtpCodec[];
  /** What the next connection is made with; the servers beside those of the room. */
  terms: () => { certificate: RTCCertificate | null; iceServers: readonly IceServer[]; relayOnly: boolean };
  /** Nobody has answered yet: whatever is connected is only made ready. */
  isRinging: () => boolean;
  /** Of the room's server, renewed if need be. */
  freshIceServers: () => Promise<readonly IceServer[]>;
  /** To be carried to this member. */
  send: (to: string, signal: Signal) => void;
  /** The other app has begun a new call: see {@link Peer}. */
  restarted: (signals: Signal[]) => void;
  move: (event: CallEvent) => void;
}

export type CallConnectionConstructor = new (options: CallConnectionOptions) => CallConnection;

/** Addresses change while one waits; a connection made ready is not older than this. */
const SPARE_MS = 60_000;

export class CallConnection {
  readonly #options: CallConnectionOptions;
  readonly #clock: Clock;

  #remoteSound = $state.raw<MediaStream | null>(null);
  #remotePicture = $state.raw<MediaStream | null>(null);
  #pictureSeen = $state(false);
  #peerMedia = $state.raw<PeerMedia>(UNKNOWN_MEDIA);
  #quality = $state.raw<PathQuality | null>(null);
  #safetyCode = $state.raw<SafetyCodeState>(NO_SAFETY_CODE);
  #relayRefused = $state(false);

  #peer: Peer | null = null;
  /** Who each connection is with. */
  readonly #members = new WeakMap<Peer, string>();
  /** Made ready for whoever comes. */
  #spare: Peer | null = null;
  #stopSpareTimer: (() => void) | null = null;
  #watch: PathWatch | null = null;

  constructor(options: CallConnectionOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  get remoteSound(): MediaStream | null {
    return this.#remoteSound;
  }

  get remotePicture(): MediaStream | null {
    return this.#remotePicture;
  }

  get remoteVideo(): boolean {
    return this.#pictureSeen && !this.#peerMedia.cameraOff;
  }

  get peerMedia(): PeerMedia {
    return this.#peerMedia;
  }

  get quality(): PathQuality | null {
    return this.#quality;
  }

  get safetyCode(): SafetyCodeState {
    return this.#safetyCode;
  }

  get relayRefused(): boolean {
    return this.#relayRefused;
  }

  /** There is somebody at the other end. */
  get begun(): boolean {
    return this.#peer !== null;
  }

  /** Makes a connection ready for whoever comes, and again as that gets old; `offers`: to whom this side will offer. */
  prepare(iceServers: readonly IceServer[], offers: boolean): void {
    this.unprepare();
    this.#spare = this.#newPeer(iceServers, offers);
    this.shareMedia();
    this.#stopSpareTimer = this.#clock.after(SPARE_MS, () => this.prepare(iceServers, offers));
  }

  /** What was made ready is not needed, or out of date. */
  unprepare(): void {
    this.#stopSpareTimer?.();
    this.#stopSpareTimer = null;
    this.#spare?.close();
    this.#spare = null;
  }

  /** Begins with a member, who has said this much already. Whoever was there before is dropped without a word. */
  begin(
    { self, peer: member, offers, iceServers, fingerprint }: Extract<Effect, { type: 'connect' }>,
    said: readonly Signal[],
  ): void {
    const peer = this.#spare ?? this.#newPeer(iceServers, false);
    this.#spare = null;
    this.unprepare();
    this.#peer = peer;
    this.#members.set(peer, member.id);
    if (!this.#options.isRinging()) this.#remotePicture = peer.remotePicture;
    this.#peerMedia = UNKNOWN_MEDIA;
    this.#pictureSeen = false;
    this.#relayRefused = false;
    this.shareMedia();
    peer.begin({
      polite: self > member.id,
      plain: member.plain,
      offers,
      iceServers: this.#allServers(iceServers),
      fingerprint,
    });
    for (const signal of said) peer.receive(signal);
  }

  /**
   * What was connected while it rang is the call.
   * @returns whether it is with whom it should be: the holder of this fingerprint, `null` for anybody
   */
  useAhead(fingerprint: string | null): boolean {
    const peer = this.#peer;
    if (!peer) return true;
    if (fingerprint !== null && !peer.holdTo(fingerprint)) return false;
    this.#remotePicture = peer.remotePicture;
    // Said while it rang, when it meant nothing to the ring yet.
    if (peer.exchanged) this.#onExchanged(peer);
    this.shareMedia();
    return true;
  }

  /** A signal of the member at the other end. */
  receive(signal: Signal): void {
    this.#peer?.receive(signal);
  }

  /** Says again what may have been lost. */
  resend(): void {
    this.#peer?.resend();
  }

  /** The room's server has renewed its credentials. */
  useIceServers(iceServers: readonly IceServer[]): void {
    this.#peer?.useIceServers(this.#allServers(iceServers));
  }

  /** A picture of the other was presented. */
  sawPicture(): void {
    this.#pictureSeen = true;
  }

  /** Sends what the devices give now, and says what they do not. Before anybody has answered nothing is sent. */
  shareMedia(): void {
    if (this.#options.isRinging()) return;
    const { audioTrack, videoTrack, muted } = this.#options.media;
    for (const peer of [this.#peer, this.#spare]) {
      peer?.setTrack('audio', audioTrack);
      peer?.setTrack('video', videoTrack);
      peer?.stateMedia({ muted: muted || audioTrack === null, cameraOff: videoTrack === null });
    }
  }

  /** Begins to look at how the media travels. */
  watchPath(): void {
    const peer = this.#peer;
    if (!peer) return;
    this.#watch ??= new PathWatch({
      connection: () => peer.connection,
      clock: this.#clock,
      pictureSeen: () => this.#pictureSeen,
      onReading: ({ quality, framesDecoded }) => {
        this.#quality = quality;
        if (framesDecoded > 0) this.#pictureSeen = true;
      },
    });
  }

  /**
   * Lets go of whoever is there.
   * @param bye whether to say goodbye, see {@link Peer.end}; otherwise without a word
   * @returns the id of the call that this was, and what settles once the goodbye is out; `null` if nobody was there
   */
  end(bye: boolean | ByeReason): { call: string; goodbye: Promise<void> } | null {
    const peer = this.#peer;
    this.#watch?.stop();
    this.#watch = null;
    this.#peer = null;
    this.#remoteSound = null;
    this.#remotePicture = null;
    this.#quality = null;
    this.#safetyCode = NO_SAFETY_CODE;
    this.#pictureSeen = false;
    if (!peer) return null;
    if (bye) return { call: peer.call, goodbye: peer.end(bye === true ? null : bye) };
    peer.close();
    return { call: peer.call, goodbye: Promise.resolve() };
  }

  #newPeer(iceServers: readonly IceServer[], offersSoon: boolean): Peer {
    const { connection, newStream, wallClock, terms, move } = this.#options;
    const { certificate, relayOnly } = terms();
    const present = (run: () => void) => {
      if (this.#peer === peer) run();
    };
    const peer: Peer = new Peer({
      connection,
      newStream,
      clock: this.#clock,
      wallClock,
      iceServers: this.#allServers(iceServers),
      offersSoon,
      videoCodecs: leanCodecs(this.#options.videoCodecs()),
      certificate,
      relayOnly,
      freshIceServers: async () => this.#allServers(await this.#options.freshIceServers()),
      events: {
        send: (signal) => this.#send(peer, signal),
        callSettled: (call) => present(() => move({ type: 'call-settled', call })),
        exchanged: () => present(() => this.#onExchanged(peer)),
        pathChanged: (alive) => present(() => (alive ? this.#onPathFound() : this.#onPathLost(peer))),
        mediaStated: (media) => present(() => (this.#peerMedia = media)),
        safetyCodeChanged: (state) => present(() => (this.#safetyCode = state)),
        relayRefused: () => present(() => (this.#relayRefused = true)),
        bye: (reason) => present(() => move({ type: 'bye', reason, atMs: this.#clock.now() })),
        restarted: (signals) => present(() => this.#options.restarted(signals)),
        impostor: () => present(() => move({ type: 'impostor', atMs: this.#clock.now() })),
        // A later description may still be right; if none is, the call ends as one without a path.
        badMessage: (cause) => console.warn('bad-message', cause),
      },
    });
    return peer;
  }

  #allServers(iceServers: readonly IceServer[]): IceServer[] {
    return [...iceServers, ...this.#options.terms().iceServers];
  }

  // Also the goodbye of a connection that is no longer the present one.
  #send(peer: Peer, signal: Signal): void {
    const to = this.#members.get(peer);
    if (to !== undefined) this.#options.send(to, signal);
  }

  #onExchanged(peer: Peer): void {
    if (!this.#options.isRinging()) this.#remoteSound = peer.remoteSound;
    this.#options.move({ type: 'exchanged' });
  }

  #onPathFound(): void {
    this.#options.move({ type: 'path-found', atMs: this.#clock.now() });
    if (!this.#options.isRinging()) this.watchPath();
  }

  #onPathLost(peer: Peer): void {
    const { move, wallClock } = this.#options;
    const now = { atMs: this.#clock.now(), wallMs: wallClock() };
    const heard = peer.heard ?? now;
    move({ type: 'path-lost', atMs: heard.atMs });
    // While this machine slept no timer of it ran, and the other side has given up meanwhile.
    if (now.wallMs - heard.wallMs > LOST_MS) move({ type: 'time-up', timer: 'lost', atMs: now.atMs });
  }
}
