/** Short, soft sounds, made here: nothing to download. */
import type { Sound } from '../../preload/bridge';

interface Note {
  hertz: number;
  atS: number;
  forS: number;
}

const notes: Record<Sound | 'autoAnswer', readonly Note[]> = {
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
  // Always played: whoever is in the room is told that the microphone is about to open.
  autoAnswer: [
    { hertz: 784, atS: 0, forS: 0.18 },
    { hertz: 988, atS: 0.2, forS: 0.18 },
    { hertz: 784, atS: 0.4, forS: 0.18 },
    { hertz: 988, atS: 0.6, forS: 0.6 },
  ],
};

/** From the beginning of one ring to the next. */
const AGAIN_MS = 3000;
const LOUDNESS = 0.07;
/** A tone that is cut off clicks. */
const FADE_S = 0.03;

/** Missing in TypeScript's library still: Web Audio API, "sinkId". */
interface SinkContext extends AudioContext {
  readonly sinkId: string;
  setSinkId(id: string): Promise<void>;
}

let context: AudioContext | null = null;
/** What is being made ready or still heard. With none of it the machine's audio device is not to be held open. */
let sounding = 0;

const hasSink = (audio: AudioContext): audio is SinkContext => 'setSinkId' in audio;

/** Whether a sound may be heard elsewhere than everything else. */
export const canChooseSpeaker = 'setSinkId' in AudioContext.prototype;

/**
 * Plays once. A machine without sound stays silent.
 * @param speaker the device to hear it from; where it is not there any more, and without one, the system's
 * @returns what silences the rest of it
 */
export function playSound(sound: keyof typeof notes, speaker: string | null = null): () => void {
  context ??= new AudioContext();
  const audio = context;
  const tones: { tone: OscillatorNode; gain: GainNode }[] = [];
  let isSilenced = false;
  const ready = hasSink(audio) && audio.sinkId !== (speaker ?? '') ? choose(audio, speaker) : null;
  sounding += 1;
  void Promise.resolve(ready)
    .then(() => audio.resume())
    .then(() => {
      const start = audio.currentTime + 0.02;
      for (const note of isSilenced ? [] : notes[sound]) {
        sounding += 1;
        tones.push(playNote(audio, note, start));
      }
    })
    .finally(() => ended(audio));
  return () => {
    isSilenced = true;
    for (const { tone, gain } of tones) {
      gain.gain.cancelScheduledValues(audio.currentTime);
      gain.gain.setTargetAtTime(0, audio.currentTime, FADE_S / 3);
      tone.stop(audio.currentTime + FADE_S);
    }
  };
}

function playNote(audio: AudioContext, { hertz, atS, forS }: Note, start: number) {
  const tone = new OscillatorNode(audio, { type: 'sine', frequency: hertz });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, start + atS);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start + atS + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + atS + forS);
  tone.connect(gain).connect(audio.destination);
  tone.start(start + atS);
  tone.stop(start + atS + forS);
  tone.onended = () => ended(audio);
  return { tone, gain };
}

/** A suspended context keeps what was to be heard for the next time, so only the last to end suspends it. */
function ended(audio: AudioContext): void {
  sounding -= 1;
  if (sounding === 0) void audio.suspend();
}

async function choose(audio: SinkContext, speaker: string | null): Promise<void> {
  try {
    await audio.setSinkId(speaker ?? '');
  } catch {
    // Unplugged since it was chosen: it must ring all the same.
    await audio.setSinkId('').catch(() => undefined);
  }
}

/** Plays again and again. @returns what stops it, in the middle of a tone too: somebody may be speaking by then. */
export function repeatSound(sound: Sound, speaker: string | null = null): () => void {
  let silence = playSound(sound, speaker);
  const timer = setInterval(() => (silence = playSound(sound, speaker)), AGAIN_MS);
  return () => {
    clearInterval(timer);
    silence();
  };
}
