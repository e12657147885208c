/**
 * The one place that edits a session description (SDP, RFC 8866). Two things an application may want have no API:
 * where the bandwidth estimate starts, and Opus DTX (RFC 7587, section 7). Both are asked for in the description one
 * *receives*, because a sender obeys the format parameters the other side states. Only for another Parley: a plain
 * peer's description is applied as it came.
 */

/** Where the bandwidth estimate of a sent video starts, in kbit/s: sharp from the first second on a local network. */
export const START_BITRATE_KBPS = 2500;

const VIDEO_CODEC = /^(VP8|VP9|AV1|H264|H265)$/i;

/**
 * Adds `x-google-start-bitrate` to the video codecs and `usedtx=1` to Opus where they are not stated yet. Changes
 * nothing else, and nothing at all the second time.
 * @param sdp a received description
 */
export function tuneDescription(sdp: string): string {
  const newline = sdp.includes('\r\n') ? '\r\n' : '\n';
  const sections = sdp.split(/\r?\n(?=m=)/);
  return sections
    .map((section) => {
      if (section.startsWith('m=video '))
        return addParameter(section, VIDEO_CODEC, 'x-google-start-bitrate', `${START_BITRATE_KBPS}`, newline);
      if (section.startsWith('m=audio ')) return addParameter(section, /^opus$/i, 'usedtx', '1', newline);
      return section;
    })
    .join(newline);
}

function addParameter(section: string, codec: RegExp, name: string, value: string, newline: string): string {
  const lines = section.split(/\r?\n/);
  const stated = new Map<string, number>();
  const payloads: string[] = [];
  lines.forEach((line, at) => {
    const format = /^a=fmtp:(\d+) /.exec(line)?.[1];
    if (format !== undefined && !stated.has(format)) stated.set(format, at);
    const [, payload, encoding = ''] = /^a=rtpmap:(\d+) ([^/]+)\//.exec(line) ?? [];
    if (payload !== undefined && codec.test(encoding) && !payloads.includes(payload)) payloads.push(payload);
  });
  for (const payload of payloads) {
    const at = stated.get(payload);
    const line = at === undefined ? undefined : lines[at];
    if (at === undefined || line === undefined) continue;
    const parameters = line.slice(line.indexOf(' ') + 1).split(';');
    if (parameters.some((parameter) => parameter.trim().split('=')[0] === name)) continue;
    lines[at] = `${line};${name}=${value}`;
  }
  // A codec without parameters (VP8) gets a line of its own, after its `rtpmap`.
  return lines
    .flatMap((line) => {
      const payload = /^a=rtpmap:(\d+) /.exec(line)?.[1];
      const bare = payload !== undefined && payloads.includes(payload) && !stated.has(payload);
      if (bare) stated.set(payload, -1);
      return bare ? [line, `a=fmtp:${payload} ${name}=${value}`] : [line];
    })
    .join(newline);
}
