import { expect, test } from 'vitest';
import type { CallCommand } from '../../../../preload/bridge';
import type { CallState, Phase } from '../../../../renderer/call/call-state';
import type { CallView } from '../../../../renderer/call/call-view';
import { runCommand } from '../../../../renderer/ui/call-commands';

/** What a command does to a call in some phase. */
function doneBy(command: CallCommand, phase: Phase): string[] {
  const done: string[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): Promise<void> => {
      done.push([name, ...args].join(' '));
      return Promise.resolve();
    };
  const call = {
    state: { phase, ring: { media: 'video' } } as CallState,
    media: { muted: false, cameraOn: true, setMuted: note('muted'), setCameraOn: note('camera') },
    accept: note('accept'),
    decline: note('decline'),
    hangUp: note('hang up'),
  } as unknown as CallView;
  runCommand(call, command);
  return done;
}

test('a ring is answered as it was asked for, or declined', () => {
  expect(doneBy('answer', 'ringing')).toEqual(['accept video']);
  expect(doneBy('decline', 'ringing')).toEqual(['decline']);
});

test('mute and camera are of a call, hanging up is of one that begins too', () => {
  for (const phase of ['connecting', 'connected', 'reconnecting'] as const) {
    expect(doneBy('mute', phase)).toEqual(['muted true']);
    expect(doneBy('camera', phase)).toEqual(['camera false']);
    expect(doneBy('hang-up', phase)).toEqual(['hang up']);
  }
  expect(doneBy('hang-up', 'calling')).toEqual(['hang up']);
  expect(doneBy('hang-up', 'answered')).toEqual(['hang up']);
});

test('nothing happens where it makes no sense', () => {
  const all: CallCommand[] = ['answer', 'decline', 'mute', 'camera', 'hang-up'];
  for (const phase of ['idle', 'confirming', 'joining', 'waiting', 'ended'] as const)
    for (const command of all) expect(doneBy(command, phase), `${command} when ${phase}`).toEqual([]);
  expect(doneBy('hang-up', 'ringing')).toEqual([]);
  expect(doneBy('answer', 'connected')).toEqual([]);
});
