import { copyFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * What was read: the newest good content, or the backup's where the file itself is broken, or nothing.
 * `value` is still unknown: the caller's schema decides.
 */
export type JsonRead = { found: 'file' | 'backup'; value: unknown } | { found: 'nothing'; broken: boolean };

/**
 * One small JSON file that survives power cuts and half writes: written beside itself, flushed, renamed; the
 * version before is kept as `.bak`. Readable by its owner only. Writes queue, so the last one wins.
 */
export class JsonFile {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file, or its backup when `accept` refuses what the file holds. */
  async read(accept: (value: unknown) => boolean): Promise<JsonRead> {
    let broken = false;
    for (const [found, path] of [
      ['file', this.#path],
      ['backup', `${this.#path}.bak`],
    ] as const) {
      try {
        const value: unknown = JSON.parse(await readFile(path, 'utf8'));
        if (accept(value)) return { found, value };
        broken = true;
      } catch (error) {
        // A file that is not there is no damage; one that cannot be read or parsed is.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') broken = true;
      }
    }
    return { found: 'nothing', broken };
  }

  /**
   * Replaces the content.
   * @throws the file system's error; the content of before is still there then.
   */
  write(value: unknown): Promise<void> {
    const write = this.#writing.then(() => this.#replace(JSON.stringify(value, null, 2)));
    this.#writing = write.catch(() => undefined);
    return write;
  }

  /** Resolves once everything written until now is on the disk, or could not be. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #replace(text: string): Promise<void> {
    const next = `${this.#path}.new`;
    await writeFlushed(next, text);
    // Only a good file becomes the backup: a broken one must not push out the last good settings.
    // Copied and renamed, so that there is a whole file at both places at every moment.
    if (await this.#isJson()) {
      await copyFile(this.#path, `${next}.bak`);
      await rename(`${next}.bak`, `${this.#path}.bak`);
    }
    await rename(next, this.#path);
  }

  async #isJson(): Promise<boolean> {
    try {
      JSON.parse(await readFile(this.#path, 'utf8'));
      return true;
    } catch {
      return false;
    }
  }
}

/** Writes a file that only its owner can read, and returns when it is on the disk; makes the folder for it. */
export async function writeFlushed(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
