/**
 * A small model of RTCPeerConnection (W3C WebRTC, JSEP): the signaling states and their errors, the chain of
 * operations, rollback, transceivers and mids, negotiation-needed, candidates with user name fragments, ICE restart,
 * data channels. Two of them connect over a {@link FakeNetwork} exactly when their descriptions and candidates fit.
 * Every step takes a moment of the clock, drawn from `random`, so that schedules differ from seed to seed.
 */
import type { Clock } from '../../renderer/call/clock';
import type { PeerConnectionConstructor } from '../../renderer/call/peer';
import { FakeTrack, type FakeStream } from './fake-media-devices';

interface Section {
  kind: 'audio' | 'video' | 'application';
  mid: string;
  direction: string;
}

interface Description {
  type: 'offer' | 'answer';
  sdp: string;
  session: string;
  ufrag: string;
  sections: Section[];
  /** Candidates gathered or stated so far, without their extensions. */
  candidates: string[];
}

const error = (name: string, message: string) => new DOMException(message, name);

/** As Chromium writes it in every section: of one certificate, which lasts as long as its connection. */
function fingerprint(session: string, certificate: RTCCertificate | undefined): string {
  const [given] = certificate?.getFingerprints() ?? [];
  if (given?.value !== undefined) return `a=fingerprint:sha-256 ${given.value.toUpperCase()}`;
  const byte = (value: number) => (value & 255).toString(16).toUpperCase().padStart(2, '0');
  const bytes = Array.from({ length: 32 }, (_, index) => byte(Number(session) * 13 + index * 7));
  return `a=fingerprint:sha-256 ${bytes.join(':')}`;
}

function write(
  type: 'offer' | 'answer',
  session: string,
  version: number,
  ufrag: string,
  sections: Section[],
  certificate: RTCCertificate | undefined,
): Description {
  const codecs = {
    audio: [
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1',
    ],
    video: [
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
      'a=rtpmap:96 VP8/90000',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
    ],
    application: ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=sctp-port:5000'],
  };
  const lines = ['v=0', `o=- ${session} ${version} IN IP4 127.0.0.1`, 's=-', 't=0 0'];
  for (const { kind, mid, direction } of sections) {
    const [head = '', ...rest] = codecs[kind];
    const path = ['c=IN IP4 0.0.0.0', `a=ice-ufrag:${ufrag}`, fingerprint(session, certificate)];
    lines.push(head, ...path, `a=mid:${mid}`, `a=${direction}`, ...rest);
  }
  return { type, sdp: `${lines.join('\r\n')}\r\n`, session, ufrag, sections, candidates: [] };
}

/** As Chromium writes them: without the user name fragment that an event's has. */
function withCandidates({ type, sdp, candidates }: Description): { type: 'offer' | 'answer'; sdp: string } {
  return { type, sdp: sdp + candidates.map((candidate) => `a=${candidate} generation 0\r\n`).join('') };
}

function read({ type, sdp = '' }: RTCSessionDescriptionInit): Description {
  const session = /^o=- (\S+) /m.exec(sdp)?.[1];
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const sections = sdp
    .split(/\r?\n(?=m=)/)
    .slice(1)
    .map((section): Section => {
      const kind = /^m=(audio|video|application) /.exec(section)?.[1];
      const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
      const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(section)?.[1];
      if (mid === undefined || direction === undefined) throw error('OperationError', 'bad section');
      if (kind !== 'audio' && kind !== 'video' && kind !== 'application')
        throw error('OperationError', 'bad kind');
      return { kind, mid, direction };
    });
  if (session === undefined || ufrag === undefined || (type !== 'offer' && type !== 'answer'))
    throw error('OperationError', 'bad description');
  const candidates = [...sdp.matchAll(/^a=(candidate:\S.*?)\r?$/gm)].map(([, candidate = '']) => candidate);
  return { type, sdp, session, ufrag, sections, candidates };
}

class FakeSender {
  track: FakeTrack | null = null;
  streams: FakeStream[] = [];
  parameters: { encodings: RTCRtpEncodingParameters[] } = { encodings: [{}] };

  replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }

  setStreams(...streams: FakeStream[]): void {
    this.streams = streams;
  }

  getParameters() {
    return structuredClone(this.parameters);
  }

  setParameters(parameters: { encodings: RTCRtpEncodingParameters[] }): Promise<void> {
    this.parameters = parameters;
    return Promise.resolve();
  }
}

class FakeTransceiver {
  mid: string | null = null;
  currentDirection: string | null = null;
  readonly kind: 'audio' | 'video';
  readonly sender = new FakeSender();
  readonly receiver: { track: FakeTrack };
  direction: string;
  /** Made by `setRemoteDescription`, so taken away again by a rollback. */
  readonly remote: boolean;
  /** What is offered, best first; empty: whatever there is. */
  codecs: RTCRtpCodec[] = [];

  constructor(kind: 'audio' | 'video', direction: string, remote: boolean) {
    this.kind = kind;
    this.direction = direction;
    this.remote = remote;
    this.receiver = { track: new FakeTrack(kind) };
  }

  setCodecPreferences(codecs: RTCRtpCodec[]): void {
    this.codecs = codecs;
  }
}

class FakeDataChannel extends EventTarget {
  readyState: RTCDataChannelState = 'connecting';
  readonly id: number;
  readonly #owner: FakePeerConnection;

  constructor(id: number, owner: FakePeerConnection) {
    super();
    this.id = id;
    this.#owner = owner;
  }

  send(data: string): void {
    if (this.readyState !== 'open') throw error('InvalidStateError', 'not open');
    this.#owner.network.carry(this.#owner, this.id, data);
  }

  become(state: RTCDataChannelState): void {
    if (this.readyState === state || this.readyState === 'closed') return;
    this.readyState = state;
    if (state === 'open') this.dispatchEvent(new Event('open'));
    if (state === 'closed') this.dispatchEvent(new Event('close'));
  }
}

function refuseUselessServers({ iceServers = [] }: RTCConfiguration): void {
  for (const { urls, credential } of iceServers)
    if ([urls].flat().some((url) => url.startsWith('turn')) && credential === undefined)
      throw error('InvalidAccessError', 'TURN without credential');
}

/** The wires between the fakes. */
export class FakeNetwork {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly connections: FakePeerConnection[] = [];
  /** Ends (by session) that nothing comes from or goes to. */
  readonly #cut = new Set<string>();
  #kept: (() => void)[] = [];
  #count = 0;
  readonly Connection: PeerConnectionConstructor;

  constructor(clock: Clock, random: () => number = () => 0.5) {
    this.clock = clock;
    this.random = random;
    const make = (configuration: RTCConfiguration = {}) => {
      refuseUselessServers(configuration);
      const made = new FakePeerConnection(this, String(++this.#count), configuration);
      this.connections.push(made);
      return made;
    };
    // `new` on a function that returns an object gives that object.
    this.Connection = function FakeConstructor(configuration?: RTCConfiguration) {
      return make(configuration);
    } as unknown as PeerConnectionConstructor;
  }

  get open(): FakePeerConnection[] {
    return this.connections.filter(({ signalingState }) => signalingState !== 'closed');
  }

  /** How long the next step takes. */
  moment(): number {
    return Math.floor(this.random() * 4);
  }

  /** Whose descriptions and candidates fit this one's. */
  otherEnd(pc: FakePeerConnection): FakePeerConnection | undefined {
    return this.open.find((other) => other !== pc && fits(pc, other) && fits(other, pc));
  }

  reaches(pc: FakePeerConnection, other: FakePeerConnection): boolean {
    return !this.#cut.has(pc.session) && !this.#cut.has(other.session);
  }

  /** Looks who can talk to whom now. */
  evaluate(): void {
    this.clock.after(this.moment(), () => {
      for (const pc of this.open) {
        const other = this.otherEnd(pc);
        if (!other || !this.reaches(pc, other)) continue;
        if (pc.hasCandidateOf(other) || other.hasCandidateOf(pc)) {
          pc.connect(other);
          other.connect(pc);
        }
      }
    });
  }

  carry(from: FakePeerConnection, id: number, data: string): void {
    const deliver = () =>
      this.clock.after(1, () => {
        const other = from.linked;
        if (!other || other.linked !== from) return;
        // Reliable: what cannot pass now passes later.
        if (!this.reaches(from, other)) this.#kept.push(deliver);
        else other.hear(id, data);
      });
    deliver();
  }

  /** Nothing passes to or from these any more; the ends notice as real ones do. */
  cut(...ends: FakePeerConnection[]): void {
    for (const end of ends) this.#cut.add(end.session);
    for (const pc of this.open) {
      if (!pc.linked || this.reaches(pc, pc.linked)) continue;
      this.clock.after(5000, () => this.#decay(pc, 'connected', 'disconnected'));
      this.clock.after(15_000, () => this.#decay(pc, 'disconnected', 'failed'));
    }
  }

  #decay(pc: FakePeerConnection, from: RTCPeerConnectionState, to: RTCPeerConnectionState): void {
    if (pc.linked && this.reaches(pc, pc.linked)) return;
    if (pc.connectionState === from) pc.become(to);
  }

  /** The path is back. What has failed stays failed until ICE is restarted. */
  heal(): void {
    this.#cut.clear();
    for (const deliver of this.#kept.splice(0)) deliver();
    for (const pc of this.open) if (pc.connectionState === 'disconnected') pc.comeBack();
    this.evaluate();
  }
}

/** `pc` has applied what `other` says of itself, and nothing older. */
const fits = (pc: FakePeerConnection, other: FakePeerConnection) =>
  pc.remote !== null && pc.remote.session === other.session && pc.remote.ufrag === other.localUfrag;

class FakePeerConnection extends EventTarget {
  readonly network: FakeNetwork;
  /** The id in the `o=` line. */
  readonly session: string;
  configuration: RTCConfiguration;
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  /** The other end, once connected. */
  linked: FakePeerConnection | null = null;

  #transceivers: FakeTransceiver[] = [];
  readonly #channels: FakeDataChannel[] = [];
  readonly #local: { current: Description | null; pending: Description | null } = {
    current: null,
    pending: null,
  };
  readonly #remote: { current: Description | null; pending: Description | null } = {
    current: null,
    pending: null,
  };
  readonly #candidates = new Set<string>();
  #version = 0;
  #generation = 0;
  #restart = false;
  /** Connectivity checks that the other end has answered. */
  #answers = 0;
  #chain: Promise<unknown> = Promise.resolve();
  #chainLength = 0;
  #neededQueued = false;

  constructor(network: FakeNetwork, session: string, configuration: RTCConfiguration) {
    super();
    this.network = network;
    this.session = session;
    this.configuration = configuration;
  }

  get remote(): Description | null {
    return this.#remote.current;
  }

  get localUfrag(): string | null {
    return this.#local.current?.ufrag ?? null;
  }

  get localDescription(): { type: 'offer' | 'answer'; sdp: string } | null {
    const description = this.#local.pending ?? this.#local.current;
    return description && withCandidates(description);
  }

  get remoteDescription(): { type: 'offer' | 'answer'; sdp: string } | null {
    return this.#remote.pending ?? this.#remote.current;
  }

  // ------------------------------------------------------------- making things

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.#refuseWhenClosed();
    refuseUselessServers(configuration);
    const { iceCandidatePoolSize } = this.configuration;
    if (this.localDescription && configuration.iceCandidatePoolSize !== iceCandidatePoolSize)
      throw error('InvalidModificationError', 'the pool is fixed once there is a description');
    this.configuration = configuration;
  }

  addTransceiver(
    kind: 'audio' | 'video',
    init: { direction?: string; streams?: FakeStream[] } = {},
  ): FakeTransceiver {
    this.#refuseWhenClosed();
    const transceiver = new FakeTransceiver(kind, init.direction ?? 'sendrecv', false);
    transceiver.sender.streams = init.streams ?? [];
    this.#transceivers.push(transceiver);
    this.#updateNeeded();
    return transceiver;
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.#transceivers];
  }

  createDataChannel(_label: string, { id = 0 }: RTCDataChannelInit = {}): FakeDataChannel {
    this.#refuseWhenClosed();
    const channel = new FakeDataChannel(id, this);
    this.#channels.push(channel);
    this.#updateNeeded();
    this.#openChannels();
    return channel;
  }

  restartIce(): void {
    this.#restart = true;
    this.#updateNeeded();
  }

  getStats(): Promise<Map<string, object>> {
    const other = this.linked;
    const sending = other?.getTransceivers().some(({ sender }) => sender.track?.kind === 'video') ?? false;
    const stats: { id: string; type: string }[] = [
      { id: 'T', type: 'transport', ...(other ? { selectedCandidatePairId: 'P' } : {}) },
      {
        id: 'P',
        type: 'candidate-pair',
        ...{ localCandidateId: 'L', remoteCandidateId: 'R', currentRoundTripTime: 0.002 },
        ...{ responsesReceived: this.#answers },
      },
      { id: 'L', type: 'local-candidate', ...{ candidateType: 'host' } },
      { id: 'R', type: 'remote-candidate', ...{ candidateType: 'host' } },
      {
        id: 'V',
        type: 'inbound-rtp',
        ...{ framesDecoded: sending ? 10 : 0, packetsLost: 0, packetsReceived: 10 },
      },
    ];
    return Promise.resolve(new Map(stats.map((stat) => [stat.id, stat])));
  }

  close(): void {
    if (this.signalingState === 'closed') return;
    this.signalingState = 'closed';
    this.connectionState = 'closed';
    for (const channel of this.#channels) channel.readyState = 'closed';
    const other = this.linked;
    if (!other) return;
    // DTLS says goodbye, if the path is there.
    this.network.clock.after(1, () => {
      if (other.linked !== this || !this.network.reaches(this, other)) return;
      for (const channel of other.#channels) channel.become('closed');
    });
  }

  // ------------------------------------------------------------- descriptions

  setLocalDescription(): Promise<void> {
    return this.#enqueue(() => {
      if (this.signalingState === 'have-remote-offer') this.#setLocalAnswer();
      else if (this.signalingState === 'stable' || this.signalingState === 'have-local-offer')
        this.#setLocalOffer();
      else throw error('InvalidStateError', this.signalingState);
    });
  }

  setRemoteDescription(init: RTCSessionDescriptionInit): Promise<void> {
    return this.#enqueue(() => {
      if (init.type === 'answer' && this.signalingState !== 'have-local-offer')
        throw error('InvalidStateError', `answer in ${this.signalingState}`);
      const description = read(init);
      if (description.type === 'offer') {
        if (this.signalingState === 'have-local-offer') this.#rollBack();
        this.#setRemoteOffer(description);
      } else this.#setRemoteAnswer(description);
    });
  }

  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
    return this.#enqueue(() => {
      const description = this.#remote.pending ?? this.#remote.current;
      if (!description) {
        if (!candidate) return;
        throw error('InvalidStateError', 'no remote description');
      }
      if (!candidate) return;
      const { usernameFragment } = candidate;
      const known = [this.#remote.pending, this.#remote.current].some(
        (each) => each?.ufrag === usernameFragment,
      );
      if (!candidate.candidate?.startsWith('candidate:') || !usernameFragment || !known)
        throw error('OperationError', 'no such candidate');
      this.#candidates.add(usernameFragment);
      this.network.evaluate();
    });
  }

  hasCandidateOf(other: FakePeerConnection): boolean {
    return other.localUfrag !== null && this.#candidates.has(other.localUfrag);
  }

  #setLocalOffer(): void {
    const fresh = this.#local.current === null || this.#restart;
    if (fresh) this.#generation += 1;
    const sections = this.#sections();
    for (const transceiver of this.#transceivers) {
      if (transceiver.mid !== null) continue;
      const mid = freeMid(sections);
      transceiver.mid = mid;
      sections.push({ kind: transceiver.kind, mid, direction: transceiver.direction });
    }
    if (this.#channels.length > 0 && !sections.some(({ kind }) => kind === 'application'))
      sections.push({ kind: 'application', mid: freeMid(sections), direction: 'sendrecv' });
    this.#local.pending = this.#write('offer', sections);
    this.signalingState = 'have-local-offer';
    if (fresh) this.#gather();
  }

  #setRemoteOffer(offer: Description): void {
    for (const { kind, mid } of offer.sections) {
      if (kind === 'application' || this.#transceivers.some((each) => each.mid === mid)) continue;
      // Never matches one made by `addTransceiver` (RFC 9429, section 5.10).
      const transceiver = new FakeTransceiver(kind, 'recvonly', true);
      transceiver.mid = mid;
      this.#transceivers.push(transceiver);
    }
    this.#remote.pending = offer;
    this.signalingState = 'have-remote-offer';
  }

  #setLocalAnswer(): void {
    const offer = this.#remote.pending;
    if (!offer) throw error('InvalidStateError', 'nothing to answer');
    // An offer with other credentials restarts ICE on both sides (RFC 8445, section 9).
    const fresh = this.#local.current === null || this.#remote.current?.ufrag !== offer.ufrag;
    if (fresh) this.#generation += 1;
    const sections = offer.sections.map((section) => ({ ...section, direction: this.#answerTo(section) }));
    this.#local.current = this.#write('answer', sections);
    this.#remote.current = offer;
    this.#remote.pending = null;
    if (fresh) this.#restart = false;
    this.#becomeStable();
    if (fresh) this.#gather();
  }

  #setRemoteAnswer(answer: Description): void {
    const offer = this.#local.pending;
    if (!offer || offer.sections.length !== answer.sections.length)
      throw error('InvalidAccessError', 'other sections');
    this.#local.current = offer;
    this.#local.pending = null;
    this.#remote.current = answer;
    this.#restart = false;
    this.#becomeStable();
  }

  #becomeStable(): void {
    this.signalingState = 'stable';
    for (const transceiver of this.#transceivers) transceiver.currentDirection = transceiver.direction;
    if (this.connectionState === 'new') this.become('connecting');
    if (this.#remote.current && this.#remote.current.candidates.length > 0)
      this.#candidates.add(this.#remote.current.ufrag);
    this.#updateNeeded();
    this.#openChannels();
    this.network.evaluate();
  }

  #rollBack(): void {
    const kept = new Set((this.#local.current ?? this.#remote.current)?.sections.map(({ mid }) => mid));
    for (const transceiver of this.#transceivers)
      if (transceiver.mid !== null && !kept.has(transceiver.mid)) transceiver.mid = null;
    this.#transceivers = this.#transceivers.filter(({ mid, remote }) => mid !== null || !remote);
    this.#local.pending = null;
    this.signalingState = 'stable';
  }

  #answerTo({ kind, mid, direction }: Section): string {
    if (kind === 'application') return direction;
    const own = this.#transceivers.find((each) => each.mid === mid)?.direction ?? 'inactive';
    const sends = own.startsWith('send') && ['sendrecv', 'recvonly'].includes(direction);
    const receives = own.endsWith('recv') || own === 'recvonly' ? direction.startsWith('send') : false;
    return sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
  }

  #sections(): Section[] {
    const agreed = this.#local.current?.sections ?? [];
    return agreed.map((section) => ({
      ...section,
      direction: this.#transceivers.find(({ mid }) => mid === section.mid)?.direction ?? section.direction,
    }));
  }

  #write(type: 'offer' | 'answer', sections: Section[]): Description {
    const [certificate] = this.configuration.certificates ?? [];
    return write(type, this.session, this.#version++, this.#ufrag(), sections, certificate);
  }

  #ufrag(): string {
    return `${this.session}.${this.#generation}`;
  }

  #gather(): void {
    const usernameFragment = this.#ufrag();
    let at = this.network.moment();
    for (const candidate of [
      'candidate:1 1 udp 1 10.0.0.1 1 typ host',
      'candidate:2 1 udp 1 10.0.0.2 2 typ host',
      null,
    ]) {
      at += this.network.moment();
      this.network.clock.after(at, () => {
        if (this.signalingState === 'closed' || usernameFragment !== this.#ufrag()) return;
        if (candidate !== null) (this.#local.pending ?? this.#local.current)?.candidates.push(candidate);
        const value =
          candidate === null
            ? null
            : {
                candidate: `${candidate} generation 0 ufrag ${usernameFragment}`,
                sdpMid: '0',
                sdpMLineIndex: 0,
                usernameFragment,
              };
        this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: value }));
      });
    }
  }

  // ------------------------------------------------------------- the chain, and what is needed

  #enqueue(run: () => void): Promise<void> {
    if (this.signalingState === 'closed') return Promise.reject(error('InvalidStateError', 'closed'));
    this.#chainLength += 1;
    const operation = this.#chain.then(
      () =>
        new Promise<void>((resolve, reject) => {
          this.network.clock.after(this.network.moment(), () => {
            // The promises of a closed connection never settle (W3C WebRTC, section 4.4.1.2).
            if (this.signalingState === 'closed') return;
            try {
              run();
              resolve();
            } catch (cause) {
              reject(cause instanceof Error ? cause : new Error(String(cause)));
            }
            this.#chainLength -= 1;
            if (this.#chainLength === 0) this.#updateNeeded();
          });
        }),
    );
    this.#chain = operation.catch(() => undefined);
    return operation;
  }

  #needed(): boolean {
    const agreed = this.#local.current?.sections ?? [];
    if (this.#restart) return true;
    if (this.#channels.length > 0 && !agreed.some(({ kind }) => kind === 'application')) return true;
    return this.#transceivers.some(
      ({ mid, direction, currentDirection }) =>
        mid === null || (currentDirection !== null && direction !== currentDirection),
    );
  }

  /** W3C WebRTC, section 4.7.3. */
  #updateNeeded(): void {
    if (this.#neededQueued) return;
    this.#neededQueued = true;
    queueMicrotask(() => {
      this.#neededQueued = false;
      if (this.#chainLength > 0 || this.signalingState !== 'stable' || !this.#needed()) return;
      this.dispatchEvent(new Event('negotiationneeded'));
    });
  }

  // ------------------------------------------------------------- the path

  become(state: RTCPeerConnectionState): void {
    if (this.connectionState === state || this.connectionState === 'closed') return;
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  connect(other: FakePeerConnection): void {
    this.linked = other;
    this.comeBack();
    this.#openChannels();
    other.#openChannels();
  }

  /** The other end answers again. */
  comeBack(): void {
    this.#answers += 1;
    this.become('connected');
  }

  hear(id: number, data: string): void {
    const channel = this.#channels.find((each) => each.id === id);
    if (channel?.readyState === 'open') channel.dispatchEvent(new MessageEvent('message', { data }));
  }

  #openChannels(): void {
    const other = this.linked;
    if (!other || this.connectionState !== 'connected' || other.connectionState !== 'connected') return;
    for (const channel of this.#channels) {
      if (!other.#channels.some(({ id }) => id === channel.id)) continue;
      this.network.clock.after(1, () => channel.become('open'));
    }
  }

  #refuseWhenClosed(): void {
    if (this.signalingState === 'closed') throw error('InvalidStateError', 'closed');
  }
}

export type { FakePeerConnection };

function freeMid(sections: Section[]): string {
  let mid = 0;
  while (sections.some((section) => section.mid === String(mid))) mid += 1;
  return String(mid);
}
