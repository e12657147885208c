import { copyFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/**
 * What was read: the newest good content, or the backup's where the file itself is broken, or nothing.
 * `value` is still unknown: the caller's schema decides.
 */
export type JsonRead = { found: 'file' | 'backup'; value: unknown } | { found: 'nothing'; broken: boolean };

/**
 * One small JSON file that survives power cuts and half writes: written beside itself, flushed, renamed; the
 * version before is kept as `.bak`. What could not be used is kept as `.broken` by the first write after. Readable by its
 * owner only. Writes queue, so the last one wins.
 */
export class JsonFile {
  readonly #path: string;
  /** What was there and could not be used. */
  readonly #broken = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file, or its backup when `accept` refuses what the file holds. */
  async read(accept: (value: unknown) => boolean): Promise<JsonRead> {
    this.#broken.clear();
    for (const [found, path] of [
      ['file', this.#path],
      ['backup', `${this.#path}.bak`],
    ] as const) {
      try {
        const value: unknown = JSON.parse(await readFile(path, 'utf8'));
        if (accept(value)) return { found, value };
        this.#broken.add(path);
      } catch (error) {
        // A file that is not there is no damage; one that cannot be read or parsed is.
        if (!isMissing(error)) this.#broken.add(path);
      }
    }
    return { found: 'nothing', broken: this.#broken.size > 0 };
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
    await this.#keepBroken();
    // Only a good file becomes the backup: a broken one must not push out the last good settings.
    // Copied and renamed, so that there is a whole file at both places at every moment.
    if (await this.#isJson()) {
      await copyFile(this.#path, `${next}.bak`);
      await moveOver(`${next}.bak`, `${this.#path}.bak`);
    }
    await moveOver(next, this.#path);
  }

  /** It may be all there is of a person's key or people, and somebody may be able to read it yet. */
  async #keepBroken(): Promise<void> {
    for (const path of this.#broken) {
      await moveOver(path, `${path}.broken`).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
      this.#broken.delete(path);
    }
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

/** What moving a file depends on, so that tests can stand in for the machine. */
export interface FileSystem {
  platform: NodeJS.Platform;
  rename: (from: string, to: string) => Promise<void>;
  pause: (ms: number) => Promise<void>;
}

const thisFileSystem: FileSystem = { platform: process.platform, rename, pause: setTimeout };

/** Altogether a second. */
const HELD = { tries: 20, pauseMs: 50 };

/**
 * Puts a file in the place of another. On Windows whoever scans files for viruses or words holds one that is new for a
 * moment, and nothing can take its place: then it is tried again for about a second.
 * @throws the file system's error
 */
export async function moveOver(from: string, to: string, system = thisFileSystem): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await system.rename(from, to);
      return;
    } catch (error) {
      if (system.platform !== 'win32' || tries > HELD.tries || !isHeld(error)) throw error;
      await system.pause(HELD.pauseMs);
    }
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const isHeld = (error: unknown): boolean => ['EACCES', 'EBUSY', 'EPERM'].includes(codeOf(error));

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
