/** The sounds of a page, note by note. */
import type { Person } from './people';

declare global {
  interface Window {
    /** Pitches of the notes the page has begun, in order, in Hz. */
    parleyTestNotes?: number[];
    /** The device that the last of them was heard from; empty for the system's. */
    parleyTestSpeaker?: unknown;
  }
}

/** The first note of each sound: no two begin alike. */
export const FIRST_NOTES = { ring: 587, knock: 523, connected: 440, ended: 494 } as const;

/** From now on every note the page plays is written down. */
export function listen({ page }: Person): Promise<void> {
  return page.evaluate(() => {
    const notes: number[] = [];
    window.parleyTestNotes = notes;
    window.OscillatorNode = class extends OscillatorNode {
      override start(when?: number): void {
        notes.push(this.frequency.value);
        window.parleyTestSpeaker = Reflect.get(this.context, 'sinkId');
        super.start(when);
      }
    };
  });
}

/** What was played since then. */
export const notesOf = ({ page }: Person): Promise<number[]> =>
  page.evaluate(() => window.parleyTestNotes ?? []);
