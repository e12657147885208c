import * as v from 'valibot';
import { joinTargetSchema, type JoinTarget } from '../preload/bridge';
import { JsonFile } from './json-file';

const seatSchema = v.object({ target: v.nullable(joinTargetSchema) });

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
  async take(): Promise<JoinTarget | null> {
    const read = await this.#file.read((value) => v.is(seatSchema, value));
    const target = read.found === 'file' ? v.parse(seatSchema, read.value).target : null;
    if (target) await this.write(null);
    return target;
  }

  /** `null` when the seat is given up. Failing to write costs only the way back. */
  async write(target: JoinTarget | null): Promise<void> {
    await this.#file.write({ target }).catch(() => undefined);
  }
}
