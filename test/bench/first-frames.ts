/** What benchmarks measure in a page: how long until the first remote frame, in Parley and between two bare connections. */

/** Runs in the page: from the next click to the first remote frame, in ms. */
export async function clickToFirstFrame(): Promise<number> {
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

/**
 * Runs in the page: two bare peer connections, from the offer to the first frame, in ms.
 * @param cold they are made within that time; otherwise they were made, and gathered their candidates, beforehand
 */
export async function bareFirstFrame(cold: boolean): Promise<number> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: 1280, height: 720 },
    audio: true,
  });
  const coldAt = performance.now();
  const [caller, callee] = [
    new RTCPeerConnection({ iceCandidatePoolSize: 1 }),
    new RTCPeerConnection({ iceCandidatePoolSize: 1 }),
  ];
  caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate ?? undefined);
  callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate ?? undefined);
  for (const track of stream.getTracks()) caller.addTrack(track, stream);
  const faster = ({ type, sdp = '' }: RTCSessionDescriptionInit): RTCSessionDescriptionInit => ({
    type,
    // VP8, which is what is sent, has no parameters of its own.
    sdp: sdp.replace(/^(a=rtpmap:(\d+) VP8\/90000)/gm, '$1\r\na=fmtp:$2 x-google-start-bitrate=2500'),
  });
  const video = document.createElement('video');
  video.muted = true;
  const remote = new MediaStream();
  callee.ontrack = ({ track }) => remote.addTrack(track);
  video.srcObject = remote;
  void video.play();
  const startedAt = cold ? coldAt : performance.now();
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

/**
 * Runs in the page: two bare peer connections that are connected and send nothing, from switching a camera and a
 * microphone on to the first frame, in ms.
 */
export async function bareSwitchOn(): Promise<number> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: 1280, height: 720 },
    audio: true,
  });
  const [caller, callee] = [new RTCPeerConnection(), new RTCPeerConnection()];
  caller.onicecandidate = ({ candidate }) => void callee.addIceCandidate(candidate ?? undefined);
  callee.onicecandidate = ({ candidate }) => void caller.addIceCandidate(candidate ?? undefined);
  const senders = stream.getTracks().map((track) => ({
    track,
    sender: caller.addTransceiver(track.kind, { direction: 'sendrecv', streams: [stream] }).sender,
  }));
  const faster = ({ type, sdp = '' }: RTCSessionDescriptionInit): RTCSessionDescriptionInit => ({
    type,
    // VP8, which is what is sent, has no parameters of its own.
    sdp: sdp.replace(/^(a=rtpmap:(\d+) VP8\/90000)/gm, '$1\r\na=fmtp:$2 x-google-start-bitrate=2500'),
  });
  const connected = new Promise<void>((resolve) => {
    callee.onconnectionstatechange = () => {
      if (callee.connectionState === 'connected') resolve();
    };
  });
  await caller.setLocalDescription();
  if (caller.localDescription) await callee.setRemoteDescription(caller.localDescription);
  for (const transceiver of callee.getTransceivers()) transceiver.direction = 'sendrecv';
  await callee.setLocalDescription();
  if (callee.localDescription) await caller.setRemoteDescription(faster(callee.localDescription));
  await connected;
  // As in a call that has rung for a while: the camera gives pictures by now.
  const own = document.createElement('video');
  own.muted = true;
  own.srcObject = stream;
  void own.play();
  await new Promise((resolve) => own.requestVideoFrameCallback(resolve));
  // And the connection has had its first second behind it.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const video = document.createElement('video');
  video.muted = true;
  // The picture alone: beside a sound it would wait for that.
  const receivers = callee.getReceivers().filter(({ track }) => track.kind === 'video');
  video.srcObject = new MediaStream(receivers.map(({ track }) => track));
  void video.play();
  const startedAt = performance.now();
  const first = new Promise<number>((resolve) => {
    video.requestVideoFrameCallback(() => resolve(performance.now() - startedAt));
  });
  await Promise.all(senders.map(({ sender, track }) => sender.replaceTrack(track)));
  const ms = await first;
  for (const track of stream.getTracks()) track.stop();
  caller.close();
  callee.close();
  return ms;
}
