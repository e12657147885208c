import type { AppContext } from './context';

/** The next call starts as the settings say, whatever was muted or turned off in the last. */
export function startAsSet({ call, preferences }: Pick<AppContext, 'call' | 'preferences'>): void {
  const { media } = call;
  const camera = !preferences.current.voiceOnly;
  if (media.muted) void media.setMuted(false);
  if (media.cameraOn !== camera && media.cameraProblem === null) void media.setCameraOn(camera);
}
