import type { Clock } from './clock';
import { readPath, type PathReading } from './path-quality';

const QUALITY_MS = 2000;
/**
 * How often the statistics are asked for the first picture until there is one. Not more often: gathering them holds up
 * the threads that are about to decode it.
 */
const FIRST_FRAME_MS = 400;

/** What a watch needs of a connection and its surroundings. */
export interface PathWatchOptions {
  /** Asked each time: underneath a peer the connection may change. */
  connection: () => Pick<RTCPeerConnection, 'getStats'>;
  clock: Clock;
  /** A picture of the other side has been seen, by whatever means. */
  pictureSeen: () => boolean;
  onReading: (reading: PathReading) => void;
}

/** Looks at a connection's statistics until stopped, more often while there is no picture yet. */
export class PathWatch {
  readonly #options: PathWatchOptions;
  #cancel: () => void;
  #stopped = false;

  constructor(options: PathWatchOptions) {
    this.#options = options;
    this.#cancel = this.#later(null);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #later(before: PathReading | null): () => void {
    const { clock, pictureSeen } = this.#options;
    return clock.after(pictureSeen() ? QUALITY_MS : FIRST_FRAME_MS, () => void this.#look(before));
  }

  async #look(before: PathReading | null): Promise<void> {
    // A connection that was closed under the question has nothing to say; the next one may.
    const report = await this.#options
      .connection()
      .getStats()
      .catch(() => null);
    if (this.#stopped) return;
    const reading = report ? readPath(report, before) : before;
    if (reading && reading !== before) this.#options.onReading(reading);
    this.#cancel = this.#later(reading);
  }
}
