import type { DevicesLike } from '../../renderer/call/local-media.svelte';

/** `MediaStreamTrack` as far as a call uses it. */
export class FakeTrack extends EventTarget {
  static #count = 0;
  readonly id = `track-${FakeTrack.#count++}`;
  readonly kind: 'audio' | 'video';
  readonly deviceId: string;
  enabled = true;
  muted = false;
  contentHint = '';
  readyState: MediaStreamTrackState = 'live';

  constructor(kind: 'audio' | 'video', deviceId = '') {
    super();
    this.kind = kind;
    this.deviceId = deviceId;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** Its device is unplugged: unlike `stop()`, this is heard. */
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

export class FakeStream {
  static #count = 0;
  readonly id = `stream-${FakeStream.#count++}`;
  #tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = [...tracks];
  }

  addTrack(track: FakeTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }

  removeTrack(track: FakeTrack): void {
    this.#tracks = this.#tracks.filter((each) => each !== track);
  }

  getTracks(): FakeTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks(): FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'video');
  }
}

export const newFakeStream = (tracks: MediaStreamTrack[] = []): MediaStream =>
  new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream;

/** What opening a kind of device ends in. */
export type DeviceTrouble = 'NotAllowedError' | 'NotReadableError' | 'AbortError' | 'SecurityError' | null;

/** Cameras and microphones of a machine, `navigator.mediaDevices` as far as a call uses it. */
export class FakeMediaDevices extends EventTarget {
  cameras: string[];
  microphones: string[];
  trouble: { audio: DeviceTrouble; video: DeviceTrouble } = { audio: null, video: null };
  /** Every track ever opened. */
  readonly opened: FakeTrack[] = [];
  readonly requests: MediaStreamConstraints[] = [];
  #gate: Promise<void> | null = null;
  #openGate: () => void = () => {};

  constructor(cameras: string[] = ['camera-1', 'camera-2'], microphones: string[] = ['microphone-1']) {
    super();
    this.cameras = cameras;
    this.microphones = microphones;
  }

  /** As the type that `LocalMedia` takes. */
  get like(): DevicesLike {
    return this as unknown as DevicesLike;
  }

  get live(): FakeTrack[] {
    return this.opened.filter(({ readyState }) => readyState === 'live');
  }

  /** Requests wait, as for a person who thinks about the question, until {@link answer}. */
  hold(): void {
    this.#gate = new Promise((resolve) => (this.#openGate = resolve));
  }

  answer(): void {
    this.#gate = null;
    this.#openGate();
  }

  /** A device is pulled out. */
  unplug(deviceId: string): void {
    this.cameras = this.cameras.filter((id) => id !== deviceId);
    this.microphones = this.microphones.filter((id) => id !== deviceId);
    for (const track of this.live) if (track.deviceId === deviceId) track.unplug();
    this.dispatchEvent(new Event('devicechange'));
  }

  plugIn(kind: 'audio' | 'video', deviceId: string): void {
    (kind === 'audio' ? this.microphones : this.cameras).push(deviceId);
    this.dispatchEvent(new Event('devicechange'));
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<FakeStream> {
    this.requests.push(constraints);
    if (this.#gate) await this.#gate;
    const kinds = (['audio', 'video'] as const).filter((kind) => constraints[kind]);
    // The whole request succeeds or fails.
    const found = kinds.map((kind) => ({ kind, deviceId: this.#find(kind, constraints[kind]) }));
    const tracks = found.map(({ kind, deviceId }) => new FakeTrack(kind, deviceId));
    this.opened.push(...tracks);
    return new FakeStream(tracks);
  }

  #find(kind: 'audio' | 'video', constraints: boolean | MediaTrackConstraints | undefined): string {
    const trouble = this.trouble[kind];
    if (trouble) throw new DOMException('', trouble);
    const devices = kind === 'audio' ? this.microphones : this.cameras;
    const [first] = devices;
    if (first === undefined) throw new DOMException('', 'NotFoundError');
    const wanted = typeof constraints === 'object' ? constraints.deviceId : undefined;
    const exact = typeof wanted === 'object' && 'exact' in wanted ? wanted.exact : undefined;
    if (exact === undefined) return first;
    if (typeof exact !== 'string' || !devices.includes(exact))
      throw new DOMException('', 'OverconstrainedError');
    return exact;
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    const of = (kind: MediaDeviceKind, ids: string[]) =>
      ids.map((deviceId) => ({ kind, deviceId, groupId: '', label: deviceId, toJSON: () => ({}) }));
    return Promise.resolve([
      ...of('audioinput', ['default', ...this.microphones]),
      ...of('videoinput', this.cameras),
    ]);
  }
}

/** An `AudioContext` whose microphone is as loud as it is told. */
export class FakeAudioContext {
  static loudness = 0.1;
  static open = 0;

  constructor() {
    FakeAudioContext.open += 1;
  }

  static make = (): AudioContext => new FakeAudioContext() as unknown as AudioContext;

  createMediaStreamSource() {
    return { connect: () => undefined, disconnect: () => undefined };
  }

  createAnalyser() {
    return {
      fftSize: 0,
      getFloatTimeDomainData: (samples: Float32Array) => samples.fill(FakeAudioContext.loudness),
    };
  }

  close(): Promise<void> {
    FakeAudioContext.open -= 1;
    return Promise.resolve();
  }
}
