import * as v from 'valibot';
import { joinTargetSchema, type JoinTarget, type RungCall } from '../preload/bridge';
import { JsonFile } from './json-file';
import { personSchema, ringIdSchema, ringMediaSchema } from './signaling/protocol';

const rungSchema = v.object({
  call: ringIdSchema,
  link: v.pipe(v.string(), v.maxLength(64)),
  peer: personSchema,
  media: ringMediaSchema,
});
const seatSchema = v.object({
  target: v.nullable(joinTargetSchema),
  rung: v.optional(v.nullable(rungSchema), null),
});

/** Where the app was, and with whom where a ring led there. */
export interface Seat {
  target: JoinTarget;
  rung: RungCall | null;
}

/**
 * The room this profile has a seat in, kept on disk while it has one: an app that crashed finds its way back. The seat
 * itself follows from the device key, so there is nothing secret to keep.
 */
export class LastSeat {
  readonly #file: JsonFile;

  constructor(path: string) {
    this.#file = new JsonFile(path);
  }

  /** Where the app was when it ended without leaving; `null` after a clean end. Asked once: the next start begins anew. */
  async take(): Promise<Seat | null> {
    const read = await this.#file.read((value) => v.is(seatSchema, value));
    if (read.found !== 'file') return null;
    const { target, rung } = v.parse(seatSchema, read.value);
    if (!target) return null;
    await this.write(null);
    return { target, rung };
  }

  /** `null` when the seat is given up. Failing to write costs only the way back. */
  async write(seat: Seat | null): Promise<void> {
    await this.#file.write(seat ?? { target: null }).catch(() => undefined);
  }
}
