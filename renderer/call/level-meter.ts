import type { Clock } from './clock';

export interface LevelMeterOptions {
  newStream: (tracks: MediaStreamTrack[]) => MediaStream;
  newAudioContext: () => AudioContext;
  clock: Clock;
}

/** How often a level is said. */
export const LEVEL_MS = 50;
/** Quieter than this many dB below full scale shows as nothing. */
const FLOOR_DB = 60;

/** How loud a track is (Web Audio, AnalyserNode), while it runs: 0 to 1, linear in dB. */
export class LevelMeter {
  readonly #options: LevelMeterOptions;
  readonly #said: (level: number) => void;
  #stop: (() => void) | null = null;

  constructor(options: LevelMeterOptions, said: (level: number) => void) {
    this.#options = options;
    this.#said = said;
  }

  /** Measures this track instead of the one before. */
  start(track: MediaStreamTrack): void {
    this.stop();
    const context = this.#options.newAudioContext();
    const source = context.createMediaStreamSource(this.#options.newStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let cancel = () => {};
    const measure = () => {
      analyser.getFloatTimeDomainData(samples);
      this.#said(loudness(samples));
      cancel = this.#options.clock.after(LEVEL_MS, measure);
    };
    this.#stop = () => {
      cancel();
      source.disconnect();
      void context.close();
    };
    measure();
  }

  /** Lets go of the track and says silence; again does no harm. */
  stop(): void {
    if (!this.#stop) return;
    this.#stop();
    this.#stop = null;
    this.#said(0);
  }
}

/** Root mean square, in dB below full scale. */
function loudness(samples: Float32Array): number {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  if (square === 0) return 0;
  return Math.min(1, Math.max(0, 1 + (10 * Math.log10(square)) / FLOOR_DB));
}
