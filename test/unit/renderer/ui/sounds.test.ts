import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type * as Sounds from '../../../../renderer/ui/sounds';
import { settled } from '../../../support/fake-clock';

/** What a tone was told, on the clock of its context. */
interface Tone {
  stopsAtS: number;
  end: () => void;
}

let nowS = 0;
let state: 'running' | 'suspended' = 'suspended';
let tones: Tone[] = [];

class FakeContext {
  destination = {};
  get currentTime(): number {
    return nowS;
  }
  resume(): Promise<void> {
    state = 'running';
    return Promise.resolve();
  }
  suspend(): Promise<void> {
    state = 'suspended';
    return Promise.resolve();
  }
}

class FakeTone {
  onended: (() => void) | null = null;
  readonly #tone: Tone = { stopsAtS: Infinity, end: () => this.onended?.() };
  constructor() {
    tones.push(this.#tone);
  }
  connect<Node>(node: Node): Node {
    return node;
  }
  start(): void {
    // Heard from now on.
  }
  stop(atS: number): void {
    this.#tone.stopsAtS = atS;
  }
}

class FakeGain {
  gain = {
    setValueAtTime: () => undefined,
    linearRampToValueAtTime: () => undefined,
    exponentialRampToValueAtTime: () => undefined,
    cancelScheduledValues: () => undefined,
    setTargetAtTime: () => undefined,
  };
  connect<Node>(node: Node): Node {
    return node;
  }
}

let sounds: typeof Sounds;
beforeAll(async () => {
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('OscillatorNode', FakeTone);
  vi.stubGlobal('GainNode', FakeGain);
  sounds = await import('../../../../renderer/ui/sounds');
});
beforeEach(() => {
  tones = [];
  nowS = 100;
});

/** Everything that was begun comes to its end. */
const endAll = (): void => {
  for (const tone of tones.splice(0)) tone.end();
};

test('the audio device is let go once the last of all sounds has ended', async () => {
  sounds.playSound('ringBack');
  sounds.playSound('connected');
  await settled();
  const [ringBack, ...connected] = tones;
  for (const tone of connected) tone.end();
  expect(state).toBe('running');
  ringBack?.end();
  expect(state).toBe('suspended');
});

test('a sound that is asked for as another ends is heard', async () => {
  sounds.playSound('ringBack');
  await settled();
  sounds.playSound('connected');
  endAll();
  await settled();
  expect([state, tones.length]).toEqual(['running', 2]);
  endAll();
  expect(state).toBe('suspended');
});

test('what repeats stops in the middle of a tone', async () => {
  const stop = sounds.repeatSound('ringBack');
  await settled();
  nowS = 100.2;
  expect(tones[0]?.stopsAtS).toBeGreaterThan(100.8);
  stop();
  expect(tones[0]?.stopsAtS).toBeCloseTo(100.23);
  endAll();
  expect(state).toBe('suspended');
});

test('what is stopped before it could be heard is never heard', async () => {
  sounds.repeatSound('ring')();
  await settled();
  expect([tones.length, state]).toEqual([0, 'suspended']);
});
