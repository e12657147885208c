/**
 * The call as the page has it: hears the bridge, the devices and the connection (call-connection.svelte.ts), moves the
 * state (call-state.ts) and performs what each transition asks for.
 */
import type {
  ByeReason,
  Door,
  IceServer,
  Member,
  Person,
  RingMedia,
  Signal,
} from '../../main/signaling/protocol';
import type {
  Bridge,
  BridgeEvent,
  CallRecord,
  JoinTarget,
  OutsideAnswer,
  Result,
  RoomSeat,
  RungCall,
} from '../../preload/bridge';
import type { CallConnection, CallConnectionConstructor } from './call-connection.svelte';
import { CallLog } from './call-log';
import { endedOf } from './call-phases';
import { transition, type CallEvent, type CallState, type Effect } from './call-state';
import {
  NO_SAFETY_CODE,
  UNKNOWN_MEDIA,
  type CallView,
  type Missed,
  type PathQuality,
  type PeerMedia,
} from './call-view';
import type { Clock } from './clock';
import { HeldSignals } from './held-signals';
import type { LocalMedia } from './local-media.svelte';
import { newRingId, ringKey, type Ring } from './ring';
import type { PeerConnectionConstructor } from './peer';
import type { SafetyCodeState } from './safety-code';

export interface CallOptions {
  bridge: Bridge;
  media: LocalMedia;
  connection: PeerConnectionConstructor;
  /** The code of connections: not loaded before the first frame. */
  loadConnection: () => Promise<CallConnectionConstructor>;
  newStream: () => MediaStream;
  newCertificate: () => Promise<RTCCertificate>;
  /** All that video can be received in. */
  videoCodecs: () => readonly RTCRtpCodec[];
  clock: Clock;
  /** Unix time. */
  wallClock: () => number;
  /** A call is over, or a ring that nothing came of. */
  note: (record: CallRecord) => void;
  /** This device's public key. */
  key: string;
  /** Whether the person wants to be left alone. */
  isQuiet: () => boolean;
  /** How this person is reached now, by this link where that leads to them; `null`: not at all. */
  wayTo: (key: string, link: string) => { link: string; person: Person } | null;
  /** Whether to connect to this person while it rings, which tells them this machine's address. */
  mayConnectAhead: (who: { key: string; name: string; link: string }) => boolean;
  /** Of the person's settings; the server's come before them. */
  iceServers: IceServer[];
  alwaysRelay: boolean;
  /** `window`: when it hides for good, the call ends and the devices are released. */
  page: EventTarget | null;
}

const MAX_EARLY = 256;
const MAX_MISSED = 20;

/** What happens in the room, and means nothing without a seat. */
type RoomEvent = Extract<
  BridgeEvent,
  {
    type:
      | 'member-joined'
      | 'member-left'
      | 'member-away'
      | 'member-back'
      | 'knock'
      | 'knock-ended'
      | 'hosting-changed'
      | 'signal'
      | 'room-closed';
  }
>;

export class Call implements CallView {
  readonly media: LocalMedia;
  readonly #options: CallOptions;
  readonly #bridge: Bridge;
  readonly #clock: Clock;
  readonly #log: CallLog;

  #state = $state.raw<CallState>({ phase: 'idle', problem: null });
  /** `null` until its code is loaded. */
  #connection = $state.raw<CallConnection | null>(null);
  #signalingUp = $state(true);
  #timing = $state.raw<{ startedMs: number | null; firstFrameMs: number | null }>({
    startedMs: null,
    firstFrameMs: null,
  });

  #missed = $state.raw<readonly Missed[]>([]);

  /** Of the present ring or call, or of the next. */
  #certificate: RTCCertificate | null = null;
  #wasInCall = false;
  #saidInCall = false;
  #iceServers: readonly IceServer[];
  #alwaysRelay: boolean;
  #loading: Promise<void> | null = null;
  #stopTimer: (() => void) | null = null;
  /** Settled once what was ended last is out: the goodbye, the seat. */
  #goodbye: Promise<unknown> = Promise.resolve();

  readonly #events: CallEvent[] = [];
  #moving = false;
  /** Which attempt to get into a room is the newest; answers to older ones are void. */
  #attempt = 0;
  /** What happens in a room before the answer that there is a seat in it; `null` while none is awaited. */
  #early: RoomEvent[] | null = null;
  readonly #held = new HeldSignals();
  /** Rings that came and are being made ready. */
  #arriving: readonly { call: string; ready: Promise<void> }[] = [];
  readonly #stops: (() => void)[] = [];

  constructor(options: CallOptions) {
    this.#options = options;
    this.#bridge = options.bridge;
    this.#clock = options.clock;
    this.media = options.media;
    this.#log = new CallLog({
      note: options.note,
      now: options.wallClock,
      isVideo: () => this.media.cameraOn,
    });
    this.#iceServers = options.iceServers;
    this.#alwaysRelay = options.alwaysRelay;
    this.#stops.push(
      options.bridge.on((event) => this.#onBridge(event)),
      options.media.onChange(() => this.#connection?.shareMedia()),
    );
    const close = () => this.close();
    options.page?.addEventListener('pagehide', close);
    this.#stops.push(() => options.page?.removeEventListener('pagehide', close));
  }

  get state(): CallState {
    return this.#state;
  }

  get remoteSound(): MediaStream | null {
    return this.#connection?.remoteSound ?? null;
  }

  get remotePicture(): MediaStream | null {
    return this.#connection?.remotePicture ?? null;
  }

  get remoteVideo(): boolean {
    return this.#connection?.remoteVideo ?? false;
  }

  get peerMedia(): PeerMedia {
    return this.#connection?.peerMedia ?? UNKNOWN_MEDIA;
  }

  get quality(): PathQuality | null {
    return this.#connection?.quality ?? null;
  }

  get relayRefused(): boolean {
    return this.#connection?.relayRefused ?? false;
  }

  get safetyCode(): SafetyCodeState {
    return this.#connection?.safetyCode ?? NO_SAFETY_CODE;
  }

  get signalingUp(): boolean {
    return this.#signalingUp;
  }

  get timing(): { startedMs: number | null; firstFrameMs: number | null } {
    return this.#timing;
  }

  get missed(): readonly Missed[] {
    return this.#missed;
  }

  /** Loads what a call needs. Whatever is asked for earlier waits for it. */
  ready(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<void> {
    const { connection, newStream, videoCodecs, wallClock, loadConnection } = this.#options;
    this.#connection = new (await loadConnection())({
      connection,
      newStream,
      videoCodecs,
      clock: this.#clock,
      wallClock,
      media: this.media,
      terms: () => ({
        certificate: this.#certificate,
        iceServers: this.#iceServers,
        relayOnly: this.#alwaysRelay,
      }),
      isRinging: () => this.#isRinging,
      freshIceServers: () => this.#bridge.freshIceServers(),
      send: (to, signal) => void this.#bridge.sendSignal(to, signal),
      restarted: (signals) => this.#onRestarted(signals),
      move: (event) => this.#move(event),
    });
  }

  // ------------------------------------------------------------- what the person does

  async ring(link: string, peer: Person, media: RingMedia): Promise<void> {
    this.#click();
    await this.#readyCertificate();
    const ahead = this.#mayConnectAhead({ link, peer });
    const ring: Ring = {
      call: newRingId(),
      link,
      direction: 'out',
      peer,
      media,
      fingerprint: null,
      room: null,
      ahead,
    };
    await this.#do({ type: 'ring-asked', ring, atMs: this.#clock.now() });
  }

  goBack(target: JoinTarget, rung: RungCall): Promise<void> {
    const ring: Ring = { ...rung, direction: 'out', fingerprint: null, room: target.room, ahead: false };
    return this.#ask({ type: 'return-asked', target, ring });
  }

  accept(media: RingMedia): Promise<void> {
    this.#click();
    return this.#do({ type: 'accepted', media, atMs: this.#clock.now() });
  }

  decline(): Promise<void> {
    return this.#do({ type: 'declined' });
  }

  silence(): Promise<void> {
    return this.#do({ type: 'silenced' });
  }

  forgetMissed(): void {
    this.#missed = [];
  }

  host(request: { room: string | null; door: Door }): Promise<void> {
    this.#click();
    return this.#do({ type: 'host-asked', ...request });
  }

  join(target: JoinTarget, confirmed: boolean): Promise<void> {
    if (!confirmed) return this.#ask({ type: 'join-asked', target, confirmed });
    this.#click();
    return this.#do({ type: 'join-asked', target, confirmed });
  }

  async confirm(): Promise<void> {
    this.#click();
    if (this.#state.phase === 'confirming' && this.#state.ring) await this.#readyCertificate();
    await this.#do({ type: 'confirmed' });
  }

  cancel(): Promise<void> {
    return this.#do({ type: 'cancelled' });
  }

  letIn(member: string): Promise<void> {
    this.#click();
    return this.#do({ type: 'let-in', member });
  }

  turnAway(member: string): Promise<void> {
    return this.#do({ type: 'turn-away', member });
  }

  setDoor(door: Door): Promise<void> {
    return this.#do({ type: 'door-set', door });
  }

  hangUp(): Promise<void> {
    return this.#do({ type: 'hung-up', atMs: this.#clock.now() });
  }

  callAgain(): Promise<void> {
    const { state } = this;
    if (state.phase !== 'ended' || !state.ring) {
      this.#click();
      return this.#do({ type: 'call-again' });
    }
    const { ring, lastedMs } = state;
    // The way of before may have gone, and another be there.
    const way = this.#options.wayTo(ring.peer.key, ring.link) ?? { link: ring.link, person: ring.peer };
    // Who did not answer has done nothing with their camera, and rings back as they were rung.
    const asRung = ring.direction === 'in' && lastedMs === null && ring.media === 'voice';
    return this.ring(way.link, way.person, asRung ? 'voice' : this.#mediaNow);
  }

  leave(): Promise<void> {
    // A ring goes on: the small window shows it.
    if (this.#state.phase === 'ringing') return Promise.resolve();
    this.#move({ type: 'cancelled' });
    this.#move({ type: 'hung-up', atMs: this.#clock.now() });
    return this.#do({ type: 'done' });
  }

  done(): Promise<void> {
    return this.#do({ type: 'done' });
  }

  setIceServers(servers: IceServer[]): void {
    this.#iceServers = servers;
    this.#prepareAgain();
  }

  setAlwaysRelay(on: boolean): void {
    this.#alwaysRelay = on;
    this.#prepareAgain();
  }

  noteFirstFrame(): void {
    if (!this.#connection?.begun) return;
    this.#connection.sawPicture();
    if (this.#timing.firstFrameMs === null)
      this.#timing = { ...this.#timing, firstFrameMs: this.#clock.now() };
  }

  /** The page goes away: everything stops now, what can still be said is said. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.media.release();
    this.#move({ type: 'hung-up', atMs: this.#clock.now() });
    const { phase } = this.#state;
    const ended = phase === 'ended' ? this.#state : phase === 'confirming' ? this.#state.from : null;
    if (ended?.seat) void this.#bridge.leaveRoom();
    this.#stopTimer?.();
    this.#connection?.unprepare();
    this.media.close();
  }

  /** The moment from which a person waits for the other's picture. */
  #click(): void {
    if ((this.#connection?.begun && !this.#isRinging) || this.#state.phase === 'joining') return;
    this.#timing = { startedMs: this.#clock.now(), firstFrameMs: null };
  }

  // ------------------------------------------------------------- moving

  /** What a person does shows in the state at once; the promise is for those who care when a goodbye is out. */
  async #do(event: CallEvent): Promise<void> {
    if (this.#connection === null) await this.ready();
    this.#move(event);
    await this.#goodbye;
  }

  /** The same for what only asks the person something, which needs nothing loaded and is to be seen at once. */
  async #ask(event: CallEvent): Promise<void> {
    this.#move(event);
    await this.#goodbye;
  }

  #move(event: CallEvent): void {
    this.#events.push(event);
    // What a transition asks for may itself cause events; they wait until it is done.
    if (this.#moving) return;
    this.#moving = true;
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) {
        const before = this.#state;
        const { state, effects } = transition(before, next);
        this.#state = state;
        this.#log.moved(before, state, this.#clock.now());
        for (const effect of effects) this.#perform(effect);
        this.#considerHeld();
      }
      this.#tellInCall();
    } finally {
      this.#moving = false;
    }
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'open-media':
        if (effect.start !== undefined) void this.media.setCameraOn(effect.start === 'video');
        // In parallel with everything else: the call begins without tracks if need be, and they follow.
        void this.media.openForCall();
        return;
      case 'unmute':
        void this.media.setMuted(false);
        return;
      case 'release-media':
        this.media.release();
        return;
      case 'host-room':
        this.#enter(this.#bridge.hostRoom({ room: effect.room, door: effect.door }));
        return;
      case 'join-room':
        this.#enter(this.#bridge.joinRoom(effect.target));
        return;
      case 'leave-room': {
        this.#attempt += 1;
        this.#early = null;
        this.#held.clear();
        const left = this.#bridge.leaveRoom().then(() => {
          // The next attempt may have begun; until here it was still the former room that was heard.
          if (this.#early) this.#early = [];
        });
        this.#goodbye = Promise.allSettled([this.#goodbye, left]);
        return;
      }
      case 'set-door':
        void this.#bridge.setDoor(effect.door);
        return;
      case 'send-ring':
        void this.#sendRing(effect.ring);
        return;
      case 'confirm-ringing':
        void this.#bridge.confirmRinging(effect.ring.link, effect.ring.call, effect.ahead);
        return;
      case 'accept-ring':
        void this.#acceptRing(effect.ring, effect.media ?? this.#mediaNow);
        return;
      case 'decline-ring':
        void this.#bridge.answerRing(effect.link, effect.call, { answer: 'decline', reason: effect.reason });
        return;
      case 'cancel-ring':
        void this.#bridge.cancelRing(effect.ring.link, effect.ring.call, effect.reason);
        return;
      case 'note-missed':
        this.#noteMissed(effect.ring, effect.reason);
        return;
      case 'answer-knock':
        void this.#bridge.answerKnock(effect.member, effect.answer);
        return;
      case 'prepare-peer':
        this.#connected.prepare(effect.iceServers, effect.offers);
        return;
      case 'connect':
        this.#endConnection(false);
        this.#connected.begin(effect, this.#held.take(effect.peer.id));
        return;
      case 'use-ahead':
        this.#useAhead(effect.fingerprint);
        return;
      case 'end-peer':
        this.#connection?.unprepare();
        this.#endConnection(effect.bye);
        return;
      case 'start-timer': {
        const { timer } = effect;
        this.#stopTimer?.();
        this.#stopTimer = this.#clock.after(effect.afterMs, () =>
          this.#move({ type: 'time-up', timer, atMs: this.#clock.now() }),
        );
        return;
      }
      case 'stop-timer':
        this.#stopTimer?.();
        this.#stopTimer = null;
        return;
      default:
        effect satisfies never;
    }
  }

  #enter(answer: Promise<Result<RoomSeat>>): void {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#early = [];
    this.#signalingUp = true;
    const settle = (result: Result<RoomSeat>) => {
      if (attempt !== this.#attempt) return;
      const early = this.#early ?? [];
      this.#early = null;
      if (!result.ok) {
        this.#move({ type: 'refused', code: result.code });
        return;
      }
      this.#move({ type: 'seated', seat: result.value });
      for (const event of early) {
        // One of them may have led out of the room.
        if (attempt === this.#attempt) this.#onRoom(event);
      }
    };
    answer.then(settle, () => settle({ ok: false, code: 'unexpected' }));
  }

  // ------------------------------------------------------------- the bridge

  #onBridge(event: BridgeEvent): void {
    switch (event.type) {
      case 'signaling-down':
        this.#signalingUp = false;
        return;
      case 'signaling-up':
        this.#signalingUp = true;
        this.#move(event);
        this.#connection?.useIceServers(event.iceServers);
        this.#connection?.resend();
        return;
      case 'ice-servers':
        this.#move(event);
        this.#connection?.useIceServers(event.iceServers);
        this.#prepareAgain();
        return;
      case 'knocking':
        this.#move(event);
        return;
      case 'peer-unavailable':
        // Said again by and by, see `Peer`.
        return;
      case 'ring':
        this.#arriving = [...this.#arriving, { call: event.call, ready: this.#onRing(event) }];
        return;
      case 'ringing':
      case 'ring-declined':
        this.#move(event);
        return;
      case 'ring-lost':
        this.#afterRing(event.call, () => this.#move(event));
        return;
      case 'ring-accepted':
        this.#move({ ...event, atMs: this.#clock.now() });
        return;
      case 'ring-cancelled':
        this.#afterRing(event.call, () => {
          this.#log.takenBack(event.call, event.reason);
          this.#move({ ...event, atMs: this.#clock.now() });
        });
        return;
      case 'link-changed':
      case 'link-closed':
      case 'nearby-changed':
      case 'people':
      case 'person':
      case 'person-gone':
        // Of `People`.
        return;
      case 'known-changed':
      case 'known-forgotten':
      case 'calls-changed':
        // Of `Book`.
        return;
      case 'answered-outside':
        this.#onAnsweredOutside(event.call, event.answer);
        return;
      case 'launch':
      case 'full-screen':
      case 'window-shown':
      case 'close-asked':
      case 'window-closed':
      case 'status-chosen':
      case 'shortcut-refused':
      case 'menu':
        // The page's, not the call's.
        return;
      case 'member-joined':
      case 'member-left':
      case 'member-away':
      case 'member-back':
      case 'knock':
      case 'knock-ended':
      case 'hosting-changed':
      case 'signal':
      case 'room-closed':
        if (!this.#early) this.#onRoom(event);
        else if (this.#early.length < MAX_EARLY) this.#early.push(event);
        return;
      default:
        event satisfies never;
    }
  }

  /** The seat is there, so what happens in its room counts. */
  #onRoom(event: RoomEvent): void {
    switch (event.type) {
      case 'signal':
        this.#onSignal(event.from, event.signal);
        return;
      case 'member-back':
        this.#move(event);
        this.#connection?.resend();
        return;
      case 'member-left':
        // Should it come back, it begins anew.
        this.#held.forget(event.member);
        this.#move({ ...event, atMs: this.#clock.now() });
        return;
      case 'room-closed':
        this.#signalingUp = false;
        this.#move({ ...event, atMs: this.#clock.now() });
        return;
      case 'hosting-changed':
        this.#move(event);
        // Addresses changed, so what was gathered for whoever comes is out of date.
        this.#prepareAgain();
        return;
      case 'member-joined':
      case 'member-away':
      case 'knock':
      case 'knock-ended':
        this.#move(event);
        return;
      default:
        event satisfies never;
    }
  }

  #onSignal(from: string, signal: Signal): void {
    const other = this.#other;
    if (other?.id === from) {
      if (other.plain || !this.#held.isRetired(signal)) this.#connection?.receive(signal);
      return;
    }
    const bye = this.#held.takeBye(signal);
    if (bye) void this.#bridge.sendSignal(from, bye);
    this.#held.hold(from, signal);
    this.#considerHeld();
  }

  /** Somebody in the room offers while this side waits: that begins a call as well as their coming in does. */
  #considerHeld(): void {
    const state = this.#state;
    if (state.phase !== 'waiting') return;
    const member = this.#held.offerer(state.seat.members);
    if (member !== null) this.#move({ type: 'offered', member });
  }

  // ------------------------------------------------------------- rings

  async #sendRing({ link, call, peer, media, room, ahead }: Ring): Promise<void> {
    const offer = { call, media, fingerprint: this.#fingerprint, room, ahead };
    const isTaken = await this.#bridge.ring(link, peer.id, offer).catch(() => false);
    if (!isTaken) this.#move({ type: 'ring-failed', call });
  }

  async #acceptRing({ link, call }: Ring, media: RingMedia): Promise<void> {
    const answer = { answer: 'accept', media, fingerprint: this.#fingerprint } as const;
    const isOpen = await this.#bridge.answerRing(link, call, answer).catch(() => false);
    // What became of it has been said before, unless it was lost.
    if (!isOpen) this.#move({ type: 'ring-lost', link, call });
  }

  async #onRing(ring: Extract<BridgeEvent, { type: 'ring' }>): Promise<void> {
    // Made while nobody waits for it: an answer has to name it.
    await Promise.all([this.ready(), this.#readyCertificate()]);
    // The ring of the smaller key wins, on whichever server.
    const wins = ring.from.key < this.#options.key;
    const ahead = ring.ahead && ring.signed && this.#mayConnectAhead({ link: ring.link, peer: ring.from });
    this.#arriving = this.#arriving.filter(({ call }) => call !== ring.call);
    this.#move({ ...ring, type: 'rung', ahead, wins, isQuiet: this.#options.isQuiet() });
  }

  /** The end of a ring waits for the ring: nothing else would end it. */
  #afterRing(call: string, act: () => void): void {
    const arriving = this.#arriving.find((ring) => ring.call === call);
    if (arriving) void arriving.ready.then(act);
    else act();
  }

  #mayConnectAhead({ link, peer }: Pick<Ring, 'link' | 'peer'>): boolean {
    return this.#options.mayConnectAhead({ key: peer.key, name: peer.name, link });
  }

  /** Nobody has answered yet: whatever is connected is only made ready. */
  get #isRinging(): boolean {
    return this.#state.phase === 'calling' || this.#state.phase === 'ringing';
  }

  /** Who the connection is with. */
  get #other(): Member | null {
    const state = this.#state;
    if ('peer' in state) return state.peer;
    return 'ahead' in state ? (state.ahead?.peer ?? null) : null;
  }

  /** What was connected while it rang is the call. */
  #useAhead(fingerprint: string | null): void {
    if (!this.#connected.useAhead(fingerprint)) {
      this.#move({ type: 'impostor', atMs: this.#clock.now() });
      return;
    }
    if (this.#state.phase === 'connected') this.#connected.watchPath();
  }

  #onAnsweredOutside(call: string, answer: OutsideAnswer): void {
    const state = this.#state;
    // The ring that was shown may be over, and another one here by now.
    if (state.phase !== 'ringing' || state.ring.call !== call) return;
    if (answer === 'decline') void this.decline();
    else if (answer === 'silence') void this.silence();
    else void this.accept(answer);
  }

  /** A certificate for the next call: none is used for two. */
  async #readyCertificate(): Promise<void> {
    if (this.#certificate !== null) return;
    const made = await this.#options.newCertificate();
    this.#certificate ??= made;
  }

  /** What this side would answer with as its camera is. */
  get #mediaNow(): RingMedia {
    return this.media.cameraOn ? 'video' : 'voice';
  }

  get #fingerprint(): string {
    const fingerprints = this.#certificate?.getFingerprints() ?? [];
    const sha256 = fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
    return sha256?.value?.toUpperCase() ?? '';
  }

  #noteMissed(ring: Ring, reason: Missed['reason']): void {
    const missed = { key: ringKey(ring), name: ring.peer.name, reason };
    this.#missed = [...this.#missed, missed].slice(-MAX_MISSED);
    this.#log.missed(ring, reason);
  }

  #tellInCall(): void {
    const { phase } = this.#state;
    const inCall = phase !== 'idle' && phase !== 'ended' && phase !== 'confirming';
    if (this.#wasInCall && !inCall) this.#certificate = null;
    this.#wasInCall = inCall;
    // Not while it only rings: who is blocked would see that nothing does when they ring. A room that is kept open after a
    // call is in the way of a ring as the call was.
    const isBusy = (inCall && phase !== 'ringing') || (endedOf(this.#state)?.seat ?? null) !== null;
    if (isBusy === this.#saidInCall) return;
    this.#saidInCall = isBusy;
    void this.#bridge.setInCall(isBusy);
  }

  // ------------------------------------------------------------- the connection

  get #connected(): CallConnection {
    if (this.#connection === null) throw new Error('nobody is to be connected before the call is ready');
    return this.#connection;
  }

  /** What was made ready for whoever comes is out of date. */
  #prepareAgain(): void {
    this.#connection?.unprepare();
    if (this.#state.phase === 'waiting') this.#connection?.prepare(this.#state.seat.iceServers, false);
  }

  #endConnection(bye: boolean | ByeReason): void {
    const ended = this.#connection?.end(bye);
    if (!ended) return;
    this.#held.retire(ended.call, bye === true);
    if (bye) this.#goodbye = ended.goodbye;
  }

  #onRestarted(signals: Signal[]): void {
    const other = this.#other;
    if (!other) return;
    this.#held.clear();
    this.#held.hold(other.id, ...signals);
    this.#move({ type: 'peer-restarted' });
  }
}
