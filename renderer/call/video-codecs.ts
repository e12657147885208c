/**
 * What two Parleys offer each other to send pictures in: the formats a browser takes first anyway, and those that
 * repair them. Every format more is a decoder and lines of a description that both sides make ready, for nothing.
 */
const WANTED = /^video\/(VP8|VP9|rtx|red|ulpfec|flexfec-03)$/i;

/** @param codecs all there are, as of `RTCRtpReceiver.getCapabilities` (W3C WebRTC, section 5.4.1) */
export function leanCodecs(codecs: readonly RTCRtpCodec[]): RTCRtpCodec[] {
  return codecs.filter(({ mimeType }) => WANTED.test(mimeType));
}
