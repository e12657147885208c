import * as v from 'valibot';
import { JsonFile } from './json-file';
import type { Logger } from './signaling/logger';

/** What a list was found to be: whole, as it was a change before, or unreadable and so empty. */
export type ListState = 'whole' | 'restored' | 'reset';

/** A list in one file. Read entry by entry: one that is not valid costs only itself. */
export class JsonList<T> {
  readonly #file: JsonFile;
  readonly #schema: v.GenericSchema<unknown, T>;
  readonly #log: Logger;
  /** For the log. */
  readonly #name: string;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(path: string, name: string, schema: v.GenericSchema<unknown, T>, log: Logger) {
    this.#file = new JsonFile(path);
    this.#name = name;
    this.#schema = schema;
    this.#log = log;
  }

  /** Reads the file, or its backup where it is no list. */
  async read(): Promise<{ entries: T[]; state: ListState }> {
    const read = await this.#file.read(Array.isArray);
    if (read.found === 'nothing') return { entries: [], state: read.broken ? 'reset' : 'whole' };
    const found = v.parse(v.array(v.unknown()), read.value);
    const entries = found.flatMap((entry) => {
      const parsed = v.safeParse(this.#schema, entry, { abortEarly: true });
      return parsed.success ? [parsed.output] : [];
    });
    const dropped = found.length - entries.length;
    if (dropped > 0)
      this.#log.warn('left out what could not be read', { list: this.#name, entries: dropped });
    return { entries, state: read.found === 'backup' ? 'restored' : 'whole' };
  }

  /**
   * Writes the list as it is when its turn comes: changes that come while one write is under way are one write.
   * @throws the file system's error when it could not be written
   */
  write(entries: () => readonly T[]): Promise<void> {
    if (this.#next) return this.#next;
    const next = this.#writing.then(() => {
      this.#next = null;
      return this.#file.write(entries());
    });
    this.#next = next;
    this.#writing = next.catch(() => undefined);
    return next;
  }

  /** Resolves once everything written until now is on the disk, or could not be. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
