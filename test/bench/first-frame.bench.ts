import { BLUE, RED } from '../support/known-media';
import { expect, test } from '../support/people';
import { median, print } from './figures';

const RUNS = 10;

/** Runs in the page: from the next click to the first remote frame, in ms. */
async function clickToFirstFrame(): Promise<number> {
  const clicked = new Promise<number>((resolve) => {
    document.addEventListener('click', () => resolve(performance.now()), { capture: true, once: true });
  });
  const startedAt = await clicked;
  return new Promise((resolve) => {
    const watch = (): void => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid="remote-video"]');
      if (video) video.requestVideoFrameCallback(() => resolve(performance.now() - startedAt));
      else requestAnimationFrame(watch);
    };
    watch();
  });
}

/** Runs in the page: two bare peer connections, made and gathered beforehand, from the offer to the first frame, in ms. */
async function bareFirstFrame(): Promise<number> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: 1280, height: 720 },
    audio: true,
  });
  const [caller, callee] = [
    new RTCPeerConnection({ iceCandidatePoolSize: 1 }),
    new RTCPeerConnection({ iceCandidatePoolSize: 1 }),
  ];
  caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate ?? undefined);
  callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate ?? undefined);
  for (const track of stream.getTracks()) caller.addTrack(track, stream);
  const faster = ({ type, sdp = '' }: RTCSessionDescriptionInit): RTCSessionDescriptionInit => ({
    type,
    sdp: sdp.replace(/^(a=fmtp:\d+ .*(?:profile|level)[^\r\n]*)/gm, '$1;x-google-start-bitrate=2500'),
  });
  const video = document.createElement('video');
  video.muted = true;
  const remote = new MediaStream();
  callee.ontrack = ({ track }) => remote.addTrack(track);
  video.srcObject = remote;
  void video.play();
  const startedAt = performance.now();
  const first = new Promise<number>((resolve) => {
    video.requestVideoFrameCallback(() => resolve(performance.now() - startedAt));
  });
  await caller.setLocalDescription();
  if (caller.localDescription) await callee.setRemoteDescription(caller.localDescription);
  for (const track of stream.getTracks()) callee.addTrack(track, stream);
  await callee.setLocalDescription();
  if (callee.localDescription) await caller.setRemoteDescription(faster(callee.localDescription));
  const ms = await first;
  for (const track of stream.getTracks()) track.stop();
  caller.close();
  callee.close();
  return ms;
}

test('from "let in" to the first remote frame, against two bare peer connections', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  await ben.join(await ann.host());
  const ours: number[] = [];
  const floor: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await expect(ann.button('Let in')).toBeEnabled();
    const measured = ann.page.evaluate(clickToFirstFrame);
    await ann.button('Let in').click();
    ours.push(await measured);
    await ben.button('Hang up').click();
    await expect(ann.button('Call again')).toBeVisible();
    floor.push(await ann.page.evaluate(bareFirstFrame));
    await ben.button('Call again').click();
  }
  const roundTrip = await ann.page.evaluate(async () => {
    const startedAt = performance.now();
    await window.parley.suggestRoom();
    return performance.now() - startedAt;
  });
  print({ what: '"let in" to first remote frame', unit: 'ms', ours, floor, aim: 1.2 });
  console.log(
    `  of which one call over the bridge takes ${roundTrip.toFixed(1)} ms; ours without the slowest run: ${median(ours.filter((ms) => ms < Math.max(...ours))).toFixed(0)} ms`,
  );
});
