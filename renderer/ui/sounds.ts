/** Short, soft sounds, made here: nothing to download. */
import type { Sound } from '../../preload/bridge';

interface Note {
  hertz: number;
  atS: number;
  forS: number;
}

const notes: Record<Sound, readonly Note[]> = {
  ring: [
    { hertz: 587, atS: 0, forS: 0.22 },
    { hertz: 740, atS: 0.2, forS: 0.22 },
    { hertz: 880, atS: 0.4, forS: 0.5 },
  ],
  ringBack: [{ hertz: 425, atS: 0, forS: 0.9 }],
  knock: [
    { hertz: 523, atS: 0, forS: 0.16 },
    { hertz: 659, atS: 0.17, forS: 0.3 },
  ],
  connected: [
    { hertz: 440, atS: 0, forS: 0.12 },
    { hertz: 659, atS: 0.1, forS: 0.25 },
  ],
  ended: [
    { hertz: 494, atS: 0, forS: 0.14 },
    { hertz: 330, atS: 0.12, forS: 0.3 },
  ],
  reconnecting: [{ hertz: 392, atS: 0, forS: 0.35 }],
};

/** From the beginning of one ring to the next. */
const AGAIN_MS = 3000;
const LOUDNESS = 0.07;

let context: AudioContext | null = null;

/** Plays once. A machine without sound stays silent. */
export function playSound(sound: Sound): void {
  context ??= new AudioContext();
  const audio = context;
  // Suspended contexts hold the machine's audio device open for nothing between two sounds.
  void audio.resume().then(() => {
    const start = audio.currentTime + 0.02;
    let last: OscillatorNode | null = null;
    for (const { hertz, atS, forS } of notes[sound]) {
      const tone = new OscillatorNode(audio, { type: 'sine', frequency: hertz });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, start + atS);
      gain.gain.linearRampToValueAtTime(LOUDNESS, start + atS + 0.015);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + atS + forS);
      tone.connect(gain).connect(audio.destination);
      tone.start(start + atS);
      tone.stop(start + atS + forS);
      last = tone;
    }
    if (last !== null) last.onended = () => void audio.suspend();
  });
}

/** Plays again and again. @returns what stops it. */
export function repeatSound(sound: Sound): () => void {
  playSound(sound);
  const timer = setInterval(() => playSound(sound), AGAIN_MS);
  return () => clearInterval(timer);
}
