import type { Settings } from '../../preload/bridge';
import type { AppContext } from './context';

/** How this person wants to be seen from now on. */
export function chooseStatus(
  { call, preferences }: Pick<AppContext, 'call' | 'preferences'>,
  status: Settings['status'],
): void {
  const { phase } = call.state;
  // Who cannot be seen cannot say any more that a ring is over.
  if (status === 'invisible' && (phase === 'calling' || phase === 'ringing')) void call.hangUp();
  void preferences.change({ status });
}
