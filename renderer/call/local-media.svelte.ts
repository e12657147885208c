/**
 * Camera and microphone of this side (W3C Media Capture and Streams). Opens what is wanted while a call or the preview
 * needs it, device by device when both at once is refused, and lets go of everything the moment nothing does.
 */
import { createSubscriber } from 'svelte/reactivity';
import type { ErrorCode } from '../../preload/bridge';
import type { LocalMediaView } from './call-view';
import { LevelMeter, type LevelMeterOptions } from './level-meter';

/** `navigator.mediaDevices`, or something like it. */
export type DevicesLike = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

export interface LocalMediaOptions extends LevelMeterOptions {
  devices: DevicesLike;
  /** Remembered choices; `null` is the system's default. */
  camera: string | null;
  microphone: string | null;
  voiceOnly: boolean;
  /** Echo cancellation, noise suppression and gain control. Off only where a pure tone must stay one. */
  audioProcessing: boolean;
}

type Kind = 'audio' | 'video';

const PROBLEMS: Record<Kind, { denied: ErrorCode; missing: ErrorCode; inUse: ErrorCode }> = {
  audio: { denied: 'microphone-denied', missing: 'no-microphone', inUse: 'microphone-in-use' },
  video: { denied: 'camera-denied', missing: 'no-camera', inUse: 'camera-in-use' },
};

export class LocalMedia implements LocalMediaView {
  readonly #options: LocalMediaOptions;
  readonly #devices: DevicesLike;
  #listeners: readonly (() => void)[] = [];

  #audio = $state.raw<MediaStreamTrack | null>(null);
  #video = $state.raw<MediaStreamTrack | null>(null);
  #stream = $state.raw<MediaStream | null>(null);
  #cameraWanted = $state(true);
  #muted = $state(false);
  #camera = $state<string | null>(null);
  #microphone = $state<string | null>(null);
  #audioProcessing: boolean;
  #cameras = $state.raw<readonly MediaDeviceInfo[] | null>(null);
  #microphones = $state.raw<readonly MediaDeviceInfo[] | null>(null);
  #speakers = $state.raw<readonly MediaDeviceInfo[] | null>(null);
  #cameraProblem = $state<ErrorCode | null>(null);
  #microphoneProblem = $state<ErrorCode | null>(null);

  #inCall = false;
  #inPreview = false;
  #closed = false;
  /** Counts up whenever a device is let go or chosen anew: what was asked for before then is stopped on arrival. */
  readonly #request: Record<Kind, number> = { audio: 0, video: 0 };
  /** What has just lost its device, which the system may list a moment longer. */
  readonly #unplugged: Record<Kind, boolean> = { audio: false, video: false };
  /** Devices are opened one request after the other, so that none is opened twice. */
  #opening: Promise<void> = Promise.resolve();

  #level = $state(0);
  readonly #meter: LevelMeter;
  /** Somebody looks at the level. */
  #watched = false;
  readonly #watchLevel: () => void;

  constructor(options: LocalMediaOptions) {
    this.#options = options;
    this.#devices = options.devices;
    this.#camera = options.camera;
    this.#microphone = options.microphone;
    this.#cameraWanted = !options.voiceOnly;
    this.#audioProcessing = options.audioProcessing;
    this.#meter = new LevelMeter(options, (level) => (this.#level = level));
    this.#watchLevel = createSubscriber(() => {
      this.#watched = true;
      this.#measure();
      return () => {
        this.#watched = false;
        this.#meter.stop();
      };
    });
    // What was chosen wants its name shown.
    if (options.camera !== null || options.microphone !== null) this.listDevices();
  }

  get stream(): MediaStream | null {
    return this.#stream;
  }

  get cameraOn(): boolean {
    return this.#cameraWanted && this.#cameraProblem === null;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get cameras(): readonly MediaDeviceInfo[] | null {
    return this.#cameras;
  }

  get microphones(): readonly MediaDeviceInfo[] | null {
    return this.#microphones;
  }

  get speakers(): readonly MediaDeviceInfo[] | null {
    return this.#speakers;
  }

  get camera(): string | null {
    return this.#camera;
  }

  get microphone(): string | null {
    return this.#microphone;
  }

  get level(): number {
    this.#watchLevel();
    return this.#level;
  }

  get cameraProblem(): ErrorCode | null {
    return this.#cameraProblem;
  }

  get microphoneProblem(): ErrorCode | null {
    return this.#microphoneProblem;
  }

  /** What a call sends; `null` while there is nothing. */
  get audioTrack(): MediaStreamTrack | null {
    return this.#audio;
  }

  get videoTrack(): MediaStreamTrack | null {
    return this.#video;
  }

  /** Hears of every change of a track, of mute and of camera off; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    };
  }

  /**
   * Lists the devices, and from now on whenever one comes or goes. Not before somebody looks: for it Chromium starts an
   * audio and a video service of some 60 MiB each, which then stay.
   */
  listDevices(): void {
    if (this.#cameras === null) void this.#refresh();
  }

  /** Opens what a call sends, reusing what the preview has open. */
  async openForCall(): Promise<void> {
    this.#inCall = true;
    await this.#open();
  }

  async openPreview(): Promise<void> {
    this.#inPreview = true;
    await this.#open();
  }

  closePreview(): void {
    this.#inPreview = false;
    if (!this.#inCall) this.release();
  }

  /** Stops every track before it returns, also those that are still being opened as soon as they arrive. */
  release(): void {
    this.#inCall = false;
    this.#inPreview = false;
    this.#drop('audio');
    this.#drop('video');
    this.#cameraProblem = null;
    this.#microphoneProblem = null;
    this.#changed();
  }

  setMuted(muted: boolean): Promise<void> {
    this.#muted = muted;
    if (this.#audio) this.#audio.enabled = !muted;
    this.#changed();
    return Promise.resolve();
  }

  async setCameraOn(on: boolean): Promise<void> {
    this.#cameraWanted = on;
    this.#cameraProblem = null;
    if (!on) {
      // Stopped, not just silenced: the camera's light goes out.
      this.#drop('video');
      this.#changed();
      return;
    }
    this.#changed();
    await this.#open();
  }

  async chooseCamera(id: string | null): Promise<void> {
    if (id === this.#camera && this.#cameraProblem === null) return;
    this.#camera = id;
    await this.#reopen('video');
  }

  async chooseMicrophone(id: string | null): Promise<void> {
    if (id === this.#microphone && this.#microphoneProblem === null) return;
    this.#microphone = id;
    await this.#reopen('audio');
  }

  async setAudioProcessing(on: boolean): Promise<void> {
    if (on === this.#audioProcessing) return;
    this.#audioProcessing = on;
    await this.#reopen('audio');
  }

  async retry(): Promise<void> {
    await this.#refresh();
    await this.#open();
  }

  /** For good: releases everything, and opens and listens to nothing any more. */
  close(): void {
    this.#closed = true;
    this.release();
    this.#devices.removeEventListener('devicechange', this.#onDeviceChange);
    this.#listeners = [];
  }

  // ------------------------------------------------------------- opening

  get #needed(): boolean {
    return !this.#closed && (this.#inCall || this.#inPreview);
  }

  /** Opens what is wanted, needed and not open yet. */
  #open(): Promise<void> {
    const run = this.#opening.then(async () => {
      const request = { ...this.#request };
      const wanted = { audio: this.#wants('audio'), video: this.#wants('video') };
      if (!wanted.audio && !wanted.video) return;
      const both = wanted.audio && wanted.video && !this.#unplugged.audio && !this.#unplugged.video;
      if (!(both && (await this.#openBoth(request)))) {
        // One by one, also after both at once were refused: a microphone works without a camera.
        if (wanted.audio) await this.#openOne('audio', request, this.#deviceOf('audio'));
        if (wanted.video) await this.#openOne('video', request, this.#deviceOf('video'));
      }
      await this.#refresh();
    });
    this.#opening = run;
    return run;
  }

  #wants(kind: Kind): boolean {
    if (!this.#needed || this.#trackOf(kind)) return false;
    return kind === 'audio' || this.#cameraWanted;
  }

  async #openBoth(request: Record<Kind, number>): Promise<boolean> {
    try {
      const constraints = {
        audio: this.#constraintsOf('audio', this.#microphone),
        video: this.#constraintsOf('video', this.#camera),
      };
      this.#accept(await this.#devices.getUserMedia(constraints), request);
      return true;
    } catch {
      return false;
    }
  }

  async #openOne(kind: Kind, request: Record<Kind, number>, id: string | null): Promise<void> {
    // Whoever outdated the request has asked anew, if the device is still wanted.
    if (request[kind] !== this.#request[kind] || !this.#wants(kind)) return;
    try {
      this.#accept(await this.#devices.getUserMedia({ [kind]: this.#constraintsOf(kind, id) }), request);
    } catch (cause) {
      if (request[kind] !== this.#request[kind]) return;
      if (id !== null && nameOf(cause) === 'OverconstrainedError') {
        // The chosen device is not plugged in just now. It may be for the next call.
        await this.#openOne(kind, request, null);
        return;
      }
      this.#setProblem(kind, problemOf(kind, cause));
      this.#changed();
    }
  }

  async #reopen(kind: Kind): Promise<void> {
    this.#drop(kind);
    this.#setProblem(kind, null);
    this.#changed();
    await this.#open();
  }

  #accept(stream: MediaStream, request: Record<Kind, number>): void {
    for (const track of stream.getTracks()) {
      const kind: Kind = track.kind === 'audio' ? 'audio' : 'video';
      // Asked for, but no longer wanted when it came, or another device is.
      if (request[kind] !== this.#request[kind] || !this.#wants(kind)) {
        track.stop();
        continue;
      }
      this.#setProblem(kind, null);
      // Fired when a device is unplugged, not by `stop()`.
      track.addEventListener('ended', () => this.#onTrackEnded(kind, track));
      if (kind === 'audio') {
        track.enabled = !this.#muted;
        this.#audio = track;
        this.#measure();
      } else {
        track.contentHint = 'motion';
        this.#video = track;
        this.#stream = this.#options.newStream([track]);
      }
    }
    this.#changed();
  }

  #drop(kind: Kind): void {
    this.#request[kind] += 1;
    this.#unplugged[kind] = false;
    this.#trackOf(kind)?.stop();
    if (kind === 'audio') {
      this.#audio = null;
      this.#meter.stop();
    } else {
      this.#video = null;
      this.#stream = null;
    }
  }

  #constraintsOf(kind: Kind, id: string | null): MediaTrackConstraints {
    const device = id === null ? {} : { deviceId: { exact: id } };
    if (kind === 'video')
      return { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
    const on = this.#audioProcessing;
    return { ...device, echoCancellation: on, noiseSuppression: on, autoGainControl: on };
  }

  #trackOf(kind: Kind): MediaStreamTrack | null {
    return kind === 'audio' ? this.#audio : this.#video;
  }

  /** Which one to open: the chosen one, but not right after it was pulled out. */
  #deviceOf(kind: Kind): string | null {
    const choice = kind === 'audio' ? this.#microphone : this.#camera;
    const device = this.#unplugged[kind] ? null : choice;
    this.#unplugged[kind] = false;
    return device;
  }

  #setProblem(kind: Kind, problem: ErrorCode | null): void {
    if (kind === 'audio') this.#microphoneProblem = problem;
    else this.#cameraProblem = problem;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  // ------------------------------------------------------------- devices come and go

  #onTrackEnded(kind: Kind, track: MediaStreamTrack): void {
    if (this.#trackOf(kind) !== track) return;
    this.#drop(kind);
    this.#unplugged[kind] = true;
    this.#changed();
    void this.#open();
  }

  readonly #onDeviceChange = (): void => {
    void this.#refresh().then(() => {
      // Plugged in at last.
      const missing =
        (this.#cameraProblem === 'no-camera' && this.#cameras?.length) ||
        (this.#microphoneProblem === 'no-microphone' && this.#microphones?.length);
      return missing ? this.#open() : undefined;
    });
  };

  async #refresh(): Promise<void> {
    this.#devices.addEventListener('devicechange', this.#onDeviceChange);
    let devices: MediaDeviceInfo[];
    try {
      devices = await this.#devices.enumerateDevices();
    } catch {
      // The lists of before are as good as any; opening a device says what is wrong.
      return;
    }
    // Chromium lists the defaults a second time, under these names; ours is called `null`.
    const ofKind = (kind: MediaDeviceKind) =>
      devices.filter(
        (each) => each.kind === kind && !['', 'default', 'communications'].includes(each.deviceId),
      );
    this.#cameras = ofKind('videoinput');
    this.#microphones = ofKind('audioinput');
    this.#speakers = ofKind('audiooutput');
  }

  /** Measures the microphone if it is open and somebody looks. */
  #measure(): void {
    if (this.#watched && this.#audio) this.#meter.start(this.#audio);
  }
}

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : '');

/** Media Capture and Streams, section 10.2.3 (`getUserMedia`): its errors by name. */
function problemOf(kind: Kind, cause: unknown): ErrorCode {
  switch (nameOf(cause)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return PROBLEMS[kind].denied;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return PROBLEMS[kind].missing;
    case 'NotReadableError':
    case 'AbortError':
      return PROBLEMS[kind].inUse;
    default:
      return 'unexpected';
  }
}
