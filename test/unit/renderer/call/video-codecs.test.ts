import { expect, it } from 'vitest';
import { leanCodecs } from '../../../../renderer/call/video-codecs';

const codec = (mimeType: string, sdpFmtpLine?: string): RTCRtpCodec => ({
  mimeType,
  clockRate: 90_000,
  ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
});

it('keeps the order of a browser, its first choice and what repairs it, and leaves the rest out', () => {
  const all = ['VP8', 'rtx', 'VP9', 'H264', 'AV1', 'H265', 'red', 'ulpfec', 'flexfec-03'];
  const lean = leanCodecs(all.map((name) => codec(`video/${name}`)));
  expect(lean.map(({ mimeType }) => mimeType)).toEqual(
    ['VP8', 'rtx', 'VP9', 'red', 'ulpfec', 'flexfec-03'].map((name) => `video/${name}`),
  );
});

it('keeps every profile of a format', () => {
  const profiles = [codec('video/VP9', 'profile-id=0'), codec('video/VP9', 'profile-id=2')];
  expect(leanCodecs(profiles)).toEqual(profiles);
});
