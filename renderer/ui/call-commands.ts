/** What can be done in a call by key, from the menu and from the tray: where it makes no sense now, nothing happens. */
import type { CallCommand } from '../../preload/bridge';
import type { Phase } from '../call/call-state';
import type { CallView } from '../call/call-view';

const TALKING: ReadonlySet<Phase> = new Set<Phase>(['connecting', 'connected', 'reconnecting']);

/** The call's own screen is shown. */
export const isTalking = (phase: Phase): boolean => TALKING.has(phase);

export function runCommand(call: CallView, command: CallCommand): void {
  const { media, state } = call;
  const talking = isTalking(state.phase);
  switch (command) {
    case 'answer':
      if (state.phase === 'ringing') void call.accept(state.ring.media);
      return;
    case 'decline':
      if (state.phase === 'ringing') void call.decline();
      return;
    case 'mute':
      if (talking) void media.setMuted(!media.muted);
      return;
    case 'camera':
      if (talking) void media.setCameraOn(!media.cameraOn);
      return;
    case 'hang-up':
      if (talking || state.phase === 'calling' || state.phase === 'answered') void call.hangUp();
      return;
    default:
      command satisfies never;
  }
}
