import { beforeEach, describe, expect, test } from 'vitest';
import { LocalMedia, type LocalMediaOptions } from '../../../../renderer/call/local-media.svelte';
import { FakeClock, settled } from '../../../support/fake-clock';
import {
  FakeAudioContext,
  FakeMediaDevices,
  newFakeStream,
  type DeviceTrouble,
} from '../../../support/fake-media-devices';

let clock: FakeClock;
let devices: FakeMediaDevices;

beforeEach(() => {
  clock = new FakeClock();
  devices = new FakeMediaDevices(['camera-1', 'camera-2'], ['microphone-1', 'microphone-2']);
});

function make(change: Partial<LocalMediaOptions> = {}): LocalMedia {
  return new LocalMedia({
    devices: devices.like,
    newStream: newFakeStream,
    newAudioContext: FakeAudioContext.make,
    clock,
    camera: null,
    microphone: null,
    voiceOnly: false,
    audioProcessing: true,
    ...change,
  });
}

const live = () => devices.live.map(({ deviceId }) => deviceId).sort();

describe('opening', () => {
  test('asks for both at once, 720p at 30 and with echo cancellation', async () => {
    const media = make();
    await media.openForCall();
    expect(devices.requests).toEqual([
      {
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
        video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
      },
    ]);
    expect(live()).toEqual(['camera-1', 'microphone-1']);
    expect(media.stream?.getTracks()).toEqual([media.videoTrack]);
  });

  test('leaves pure tones alone where it is told to', async () => {
    await make({ audioProcessing: false, voiceOnly: true }).openForCall();
    expect(devices.requests).toEqual([
      { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } },
    ]);
  });

  test('opens the microphone anew when its processing is turned off, and only the microphone', async () => {
    const media = make();
    await media.setAudioProcessing(true);
    await media.openForCall();
    await media.setAudioProcessing(false);
    expect(devices.requests.slice(1)).toEqual([
      { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } },
    ]);
    expect(live()).toEqual(['camera-1', 'microphone-1']);
  });

  test('opens no microphone because its processing is turned off', async () => {
    await make().setAudioProcessing(false);
    expect(devices.opened).toEqual([]);
  });

  test('opens nothing twice, whoever asks', async () => {
    const media = make();
    await Promise.all([media.openPreview(), media.openForCall(), media.openPreview(), media.retry()]);
    expect(devices.opened).toHaveLength(2);
  });

  test('opens no camera for a voice call, until it is turned on', async () => {
    const media = make({ voiceOnly: true });
    await media.openForCall();
    expect([live(), media.cameraOn, media.stream]).toEqual([['microphone-1'], false, null]);
    await media.setCameraOn(true);
    expect([live(), media.cameraOn]).toEqual([['camera-1', 'microphone-1'], true]);
  });

  test('takes the remembered devices', async () => {
    await make({ camera: 'camera-2', microphone: 'microphone-2' }).openForCall();
    expect(live()).toEqual(['camera-2', 'microphone-2']);
  });

  test('takes the default while the remembered device is gone, and that device once it is there again', async () => {
    const media = make({ camera: 'camera-9' });
    await media.openForCall();
    expect([live(), media.cameraProblem]).toEqual([['camera-1', 'microphone-1'], null]);
    expect(media.camera).toBe('camera-9');
    media.release();
    devices.plugIn('video', 'camera-9');
    await media.openForCall();
    expect(live()).toEqual(['camera-9', 'microphone-1']);
  });
});

describe('what is missing', () => {
  const cases: ['audio' | 'video', DeviceTrouble | 'none', string][] = [
    ['video', 'NotAllowedError', 'camera-denied'],
    ['video', 'SecurityError', 'camera-denied'],
    ['video', 'NotReadableError', 'camera-in-use'],
    ['video', 'AbortError', 'camera-in-use'],
    ['video', 'none', 'no-camera'],
    ['audio', 'NotAllowedError', 'microphone-denied'],
    ['audio', 'NotReadableError', 'microphone-in-use'],
    ['audio', 'none', 'no-microphone'],
  ];
  test.each(cases)('%s with %s is %s, and the other device still works', async (kind, trouble, code) => {
    if (trouble !== 'none') devices.trouble[kind] = trouble;
    else if (kind === 'video') devices.cameras = [];
    else devices.microphones = [];
    const media = make();
    await media.openForCall();
    const problems = [media.microphoneProblem, media.cameraProblem];
    expect(problems).toEqual(kind === 'audio' ? [code, null] : [null, code]);
    expect(live()).toEqual([kind === 'audio' ? 'camera-1' : 'microphone-1']);
    expect(media.cameraOn).toBe(kind === 'audio');
  });

  test('is asked for again on retry', async () => {
    devices.trouble.video = 'NotAllowedError';
    const media = make();
    await media.openPreview();
    devices.trouble.video = null;
    await media.retry();
    expect([media.cameraProblem, media.cameraOn]).toEqual([null, true]);
  });

  test('is opened by itself once plugged in', async () => {
    devices.cameras = [];
    const media = make();
    await media.openForCall();
    devices.plugIn('video', 'camera-3');
    await settled();
    expect([media.cameraProblem, live()]).toEqual([null, ['camera-3', 'microphone-1']]);
  });
});

describe('while it is open', () => {
  test('muting silences the track and says so', async () => {
    const media = make();
    await media.openForCall();
    let changes = 0;
    const stop = media.onChange(() => (changes += 1));
    await media.setMuted(true);
    expect([media.muted, media.audioTrack?.enabled, changes]).toEqual([true, false, 1]);
    stop();
    await media.setMuted(false);
    expect([media.audioTrack?.enabled, changes]).toEqual([true, 1]);
  });

  test('a microphone that opens while muted opens muted', async () => {
    const media = make();
    await media.setMuted(true);
    await media.openForCall();
    expect(media.audioTrack?.enabled).toBe(false);
  });

  test('turning the camera off puts its light out', async () => {
    const media = make();
    await media.openForCall();
    await media.setCameraOn(false);
    expect([live(), media.videoTrack, media.stream, media.cameraOn]).toEqual([
      ['microphone-1'],
      null,
      null,
      false,
    ]);
  });

  test('turning the camera off while it opens stops it on arrival', async () => {
    const media = make();
    devices.hold();
    const opening = media.openForCall();
    await settled();
    await media.setCameraOn(false);
    devices.answer();
    await opening;
    expect(live()).toEqual(['microphone-1']);
  });

  test('turning the camera off and on again while it opens lets go of the first', async () => {
    const media = make();
    devices.hold();
    const opening = media.openForCall();
    await settled();
    await media.setCameraOn(false);
    const again = media.setCameraOn(true);
    devices.answer();
    await Promise.all([opening, again]);
    expect(devices.opened.map(({ kind, readyState }) => `${kind} ${readyState}`)).toEqual([
      'audio live',
      'video ended',
      'video live',
    ]);
    expect([live(), media.cameraOn]).toEqual([['camera-1', 'microphone-1'], true]);
    expect(devices.live).toContain(media.videoTrack);
  });

  test('a device chosen while another opens takes its place on arrival', async () => {
    const media = make();
    devices.hold();
    const opening = media.openForCall();
    await settled();
    const camera = media.chooseCamera('camera-2');
    const microphone = media.chooseMicrophone('microphone-2');
    devices.answer();
    await Promise.all([opening, camera, microphone]);
    expect(devices.opened).toHaveLength(4);
    expect(live()).toEqual(['camera-2', 'microphone-2']);
    expect(devices.live).toEqual(expect.arrayContaining([media.audioTrack, media.videoTrack]));
  });

  test('of several chosen while the first opens the last one stays', async () => {
    const media = make({ voiceOnly: true });
    devices.hold();
    const opening = media.openForCall();
    await settled();
    const choices = ['microphone-2', 'microphone-1', 'microphone-2'].map((id) => media.chooseMicrophone(id));
    devices.answer();
    await Promise.all([opening, ...choices]);
    expect(live()).toEqual(['microphone-2']);
  });

  test('a remembered device that turns out to be gone takes no choice back that was made since', async () => {
    const media = make({ microphone: 'microphone-9', voiceOnly: true });
    devices.hold();
    const opening = media.openForCall();
    await settled();
    const choice = media.chooseMicrophone('microphone-2');
    devices.answer();
    await Promise.all([opening, choice]);
    expect([live(), media.microphone, media.microphoneProblem]).toEqual([
      ['microphone-2'],
      'microphone-2',
      null,
    ]);
  });

  test('another device takes the place of the one before', async () => {
    const media = make();
    await media.openForCall();
    await media.chooseCamera('camera-2');
    await media.chooseMicrophone('microphone-2');
    expect(live()).toEqual(['camera-2', 'microphone-2']);
    expect([media.camera, media.microphone]).toEqual(['camera-2', 'microphone-2']);
  });

  test('choosing opens nothing that is not needed', async () => {
    const media = make();
    await media.chooseCamera('camera-2');
    expect(devices.requests).toEqual([]);
    await media.openPreview();
    expect(live()).toEqual(['camera-2', 'microphone-1']);
  });

  test('an unplugged device gives way to the default, and is taken again for the next call', async () => {
    const media = make({ camera: 'camera-2' });
    await media.openForCall();
    devices.unplug('camera-2');
    await settled();
    expect([live(), media.camera, media.cameraProblem]).toEqual([
      ['camera-1', 'microphone-1'],
      'camera-2',
      null,
    ]);
    expect(media.cameras?.map(({ deviceId }) => deviceId)).toEqual(['camera-1']);
    devices.plugIn('video', 'camera-2');
    media.release();
    await media.openForCall();
    expect(live()).toEqual(['camera-2', 'microphone-1']);
  });

  test('a device chosen as the one before is pulled out is the one that opens', async () => {
    devices.plugIn('video', 'camera-3');
    const media = make();
    await media.openForCall();
    devices.unplug('camera-1');
    await media.chooseCamera('camera-3');
    expect(live()).toEqual(['camera-3', 'microphone-1']);
  });

  test('a device that fails gives way to the default, though the system still lists it', async () => {
    const media = make({ microphone: 'microphone-2', voiceOnly: true });
    await media.openForCall();
    for (const track of devices.live) track.unplug();
    await settled();
    expect([live(), media.microphone]).toEqual([['microphone-1'], 'microphone-2']);
  });

  test('the last one unplugged is a problem', async () => {
    const media = make();
    await media.openForCall();
    devices.microphones = ['microphone-1'];
    devices.unplug('microphone-1');
    await settled();
    expect([live(), media.microphoneProblem]).toEqual([['camera-1'], 'no-microphone']);
  });

  test('lists what there is, without the defaults of the browser', async () => {
    const media = make();
    media.listDevices();
    await settled();
    expect(media.microphones?.map(({ deviceId }) => deviceId)).toEqual(['microphone-1', 'microphone-2']);
    expect(media.cameras).toHaveLength(2);
  });

  test('lists nothing until somebody looks, a device was chosen before, or one opens', async () => {
    const media = make();
    await settled();
    expect([media.cameras, media.microphones]).toEqual([null, null]);
    const [chosen, opened] = [make({ microphone: 'microphone-2' }), make()];
    await opened.openPreview();
    await settled();
    expect([chosen.cameras?.length, opened.cameras?.length]).toEqual([2, 2]);
  });
});

describe('letting go', () => {
  test('stops everything before it returns, and again does no harm', async () => {
    const media = make();
    await media.openForCall();
    media.release();
    media.release();
    expect([live(), media.audioTrack, media.videoTrack, media.stream]).toEqual([[], null, null, null]);
  });

  test('stops what was still being opened', async () => {
    const media = make();
    devices.hold();
    const opening = media.openForCall();
    await settled();
    media.release();
    devices.answer();
    await opening;
    expect([live(), devices.opened.length]).toEqual([[], 2]);
  });

  test('and opening anew while the first still opens takes none of the first', async () => {
    const media = make();
    devices.hold();
    const first = media.openForCall();
    await settled();
    media.release();
    const choice = media.chooseCamera('camera-2');
    const second = media.openForCall();
    devices.answer();
    await Promise.all([first, choice, second]);
    expect(devices.opened.slice(0, 2).map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
    expect(live()).toEqual(['camera-2', 'microphone-1']);
  });

  test('and opening anew at once opens once', async () => {
    const media = make();
    devices.hold();
    const first = media.openForCall();
    await settled();
    media.release();
    const second = media.openForCall();
    devices.answer();
    await Promise.all([first, second]);
    expect(live()).toEqual(['camera-1', 'microphone-1']);
  });

  test('for good opens nothing any more', async () => {
    const media = make();
    await media.openPreview();
    media.close();
    await Promise.all([media.openPreview(), media.openForCall(), media.setCameraOn(true), media.retry()]);
    expect(live()).toEqual([]);
  });

  test('a preview that closes leaves a call its devices', async () => {
    const media = make();
    await media.openPreview();
    await media.openForCall();
    media.closePreview();
    expect(live()).toEqual(['camera-1', 'microphone-1']);
    media.release();
    await media.openPreview();
    media.closePreview();
    expect(live()).toEqual([]);
  });
});
