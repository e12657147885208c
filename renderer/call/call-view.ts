/** What the components see of a call and its media: read-only reactive fields and the things a person can do. */
import type { Door, IceServer, Person, RingMedia } from '../../main/signaling/protocol';
import type { ErrorCode, JoinTarget, RungCall } from '../../preload/bridge';
import type { CallState } from './call-state';
import type { SafetyCodeState } from './safety-code';

/** What the other side says of its own media. */
export interface PeerMedia {
  muted: boolean;
  cameraOff: boolean;
}

/** Before the other side has said anything. */
export const UNKNOWN_MEDIA: PeerMedia = { muted: false, cameraOff: false };

export const NO_SAFETY_CODE: SafetyCodeState = { state: 'none' };

/** How the media travels. */
export interface PathQuality {
  path: 'lan' | 'direct' | 'relayed';
  roundTripMs: number | null;
  level: 'good' | 'fair' | 'poor';
}

/** Somebody rang while this person was in a call, or did not want to be disturbed. */
export interface Missed {
  /** `null` where none was proved. */
  key: string | null;
  name: string;
  reason: 'busy' | 'do-not-disturb';
}

export interface CallView {
  readonly state: CallState;
  readonly media: LocalMediaView;
  /**
   * The other's sound, once it is agreed on, for an `<audio>` element. Apart from the picture: Chromium calls an
   * element paused before the first picture of its stream (https://crbug.com/738379), and a voice call has none.
   */
  readonly remoteSound: MediaStream | null;
  /** The other's picture, for a muted `<video>`; the same object for the life of a call, `null` without one. */
  readonly remotePicture: MediaStream | null;
  /** Whether a picture of the other is arriving. */
  readonly remoteVideo: boolean;
  readonly peerMedia: PeerMedia;
  readonly quality: PathQuality | null;
  /** What two people compare to know that nobody is in the middle. Belongs to one connection. */
  readonly safetyCode: SafetyCodeState;
  /** A TURN server did not accept the user name or the password, in the present call or the one that is over. */
  readonly relayRefused: boolean;
  /** The signaling socket is there. A call goes on without it. */
  readonly signalingUp: boolean;
  /** The moment of the last click that led to a call and of the first remote frame after it, `performance.now()` ms. */
  readonly timing: { startedMs: number | null; firstFrameMs: number | null };

  /** Who rang and was not heard, the newest last. */
  readonly missed: readonly Missed[];

  /** Rings someone who is present, over this link. */
  ring(link: string, person: Person, media: RingMedia): Promise<void>;
  accept(media: RingMedia): Promise<void>;
  decline(): Promise<void>;
  /** Who rings goes on ringing, unheard. */
  silence(): Promise<void>;
  forgetMissed(): void;
  host(request: { room: string | null; door: Door }): Promise<void>;
  /** Goes to `confirming` first unless `confirmed`; a hosted room is left only once that is done. */
  join(target: JoinTarget, confirmed: boolean): Promise<void>;
  /** Goes to `confirming`: this app was in a call there, which it lost. */
  goBack(target: JoinTarget, rung: RungCall): Promise<void>;
  confirm(): Promise<void>;
  /** Leaves `joining` or `waiting` for `idle`, and `confirming` for what was there before. */
  cancel(): Promise<void>;
  letIn(member: string): Promise<void>;
  turnAway(member: string): Promise<void>;
  setDoor(door: Door): Promise<void>;
  hangUp(): Promise<void>;
  /** From `ended`: a host waits again with the door as it was, a guest joins again, a ring is made again. */
  callAgain(): Promise<void>;
  /** Ends whatever is under way, as far as `idle`, but for a ring that can still be answered. */
  leave(): Promise<void>;
  /** From `ended` to `idle`: a host leaves the room. */
  done(): Promise<void>;
  /** STUN and TURN servers of the person's settings, used from the next connection on. */
  setIceServers(servers: IceServer[]): void;
  /** Whether media may go through TURN servers only, from the next connection on. */
  setAlwaysRelay(on: boolean): void;
  /**
   * The remote video element says it has presented a picture (`requestVideoFrameCallback`): the first after a click
   * goes into `timing`. `remoteVideo` does not depend on it; the statistics notice a first picture too, a little later.
   */
  noteFirstFrame(): void;
}

/** Camera and microphone of this side. */
export interface LocalMediaView {
  /** Live video for the self view and preview; `null` while the camera is off. */
  readonly stream: MediaStream | null;
  readonly cameraOn: boolean;
  readonly muted: boolean;
  /** The devices there are; `null` until {@link listDevices} or a device that was opened made them known. */
  readonly cameras: readonly MediaDeviceInfo[] | null;
  readonly microphones: readonly MediaDeviceInfo[] | null;
  readonly speakers: readonly MediaDeviceInfo[] | null;
  /** Chosen device ids, also of what is not plugged in just now; `null` is the system's default. */
  readonly camera: string | null;
  readonly microphone: string | null;
  /** Loudness of the microphone, 0 to 1, about 20 times a second while it is open and somebody watches. */
  readonly level: number;
  /** What is missing and why; `null` when fine or not wanted. */
  readonly cameraProblem: ErrorCode | null;
  readonly microphoneProblem: ErrorCode | null;

  /** Somebody is about to look at the lists of devices. */
  listDevices(): void;
  /** Opens what the preview shows (camera and microphone); a refusal is a problem, not an exception. */
  openPreview(): Promise<void>;
  /** Releases everything unless a call needs it. */
  closePreview(): void;
  setMuted(muted: boolean): Promise<void>;
  setCameraOn(on: boolean): Promise<void>;
  chooseCamera(id: string | null): Promise<void>;
  chooseMicrophone(id: string | null): Promise<void>;
  /** Echo cancellation, noise suppression and gain control, or the sound as it is. An open microphone opens anew. */
  setAudioProcessing(on: boolean): Promise<void>;
  /** Asks again for what was refused or missing. */
  retry(): Promise<void>;
}
