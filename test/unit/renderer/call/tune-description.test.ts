import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { START_BITRATE_KBPS, tuneDescription } from '../../../../renderer/call/tune-description';

const sdp = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

const HEAD = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1 2'];
const AUDIO = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 110',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:110 telephone-event/48000',
];
const VIDEO = [
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 116',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=rtpmap:116 ulpfec/90000',
];
const DATA = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=sctp-port:5000'];
const BITRATE = `x-google-start-bitrate=${START_BITRATE_KBPS}`;

describe('tuneDescription', () => {
  test('states a start bitrate for video codecs and DTX for Opus, and nothing else', () => {
    const tuned = tuneDescription(sdp(...HEAD, ...AUDIO, ...VIDEO, ...DATA));
    expect(tuned).toBe(
      sdp(
        ...HEAD,
        ...AUDIO.map((line) => (line.startsWith('a=fmtp:111') ? `${line};usedtx=1` : line)),
        ...VIDEO.flatMap((line) => {
          if (line.startsWith('a=rtpmap:96')) return [line, `a=fmtp:96 ${BITRATE}`];
          return line.startsWith('a=fmtp:102') ? [`${line};${BITRATE}`] : [line];
        }),
        ...DATA,
      ),
    );
  });

  test('leaves what the other side states itself', () => {
    const stated = sdp(
      ...HEAD,
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10; usedtx=0',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=rtpmap:96 VP8/90000',
      'a=fmtp:96 x-google-start-bitrate=300',
    );
    expect(tuneDescription(stated)).toBe(stated);
  });

  test('keeps bare newlines as they are', () => {
    const bare = [...HEAD, ...VIDEO].join('\n');
    expect(tuneDescription(bare)).not.toContain('\r');
  });

  const line = fc.oneof(
    fc.constantFrom(
      ...HEAD,
      ...AUDIO,
      ...VIDEO,
      ...DATA,
      '',
      'a=',
      'm=video ',
      'a=fmtp:96',
      'a=rtpmap:x y/z',
    ),
    fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
  );
  const anySdp = fc.array(line, { maxLength: 30 }).map((lines) => sdp(...lines));

  test('is the same the second time, whatever it reads', () => {
    fc.assert(
      fc.property(anySdp, (text) => tuneDescription(tuneDescription(text)) === tuneDescription(text)),
    );
  });

  test('adds parameters and takes nothing away', () => {
    const without = (text: string) =>
      text
        .split('\r\n')
        .map((each) => each.replace(`;${BITRATE}`, '').replace(';usedtx=1', ''))
        .filter((each) => !new RegExp(`^a=fmtp:\\d+ (${BITRATE}|usedtx=1)$`).test(each))
        .join('\r\n');
    fc.assert(fc.property(anySdp, (text) => without(tuneDescription(text)) === text));
  });
});
