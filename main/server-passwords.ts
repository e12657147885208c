import { readFile, rm, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { KeyStore } from './key-store';
import type { Logger } from './signaling/logger';

export interface ServerPasswordsParts {
  /** Where the one for the saved server is kept. */
  path: string;
  keyStore: KeyStore;
  log: Logger;
}

const fileSchema = v.object({ servers: v.array(v.string()), secret: v.string() });

/** What was typed for a server by its addresses. */
interface Typed {
  servers: readonly string[];
  password: string;
}

/**
 * Join secrets by server. In memory until the app ends; that of the saved server is kept by the OS's key store, where
 * there is one. Else it is asked for again.
 */
export class ServerPasswords {
  readonly #parts: ServerPasswordsParts;
  /** Of the fewest addresses first, and of as many the newest. */
  #typed: readonly Typed[] = [];
  #kept = '';
  #writing: Promise<unknown> = Promise.resolve();

  constructor(parts: ServerPasswordsParts) {
    this.#parts = parts;
  }

  use(servers: readonly string[], password: string): void {
    this.#typed = [{ servers, password }, ...this.#typed].sort(byAddresses);
  }

  /**
   * The one for the server with these addresses. All of them must have been among those it was typed for: a link may name
   * a stranger's address beside a known one, and all are dialled. For the same reason what was typed for fewer addresses
   * counts before what was typed for more.
   */
  for(servers: readonly string[]): string | null {
    return this.#typed.find((typed) => covers(typed.servers, servers))?.password ?? null;
  }

  /**
   * Reads what was kept. What cannot be read costs only being asked again.
   * @param whenShown the key store may ask the person something, which must not hold the window back
   */
  async load(whenShown: Promise<unknown>): Promise<void> {
    const { path, keyStore, log } = this.#parts;
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return;
    await whenShown;
    try {
      const { servers, secret } = v.parse(fileSchema, JSON.parse(text));
      if (!(await keyStore.isSafe())) return;
      const password = await keyStore.decrypt(Buffer.from(secret, 'base64'));
      // What was typed meanwhile is newer.
      this.#typed = [...this.#typed, { servers, password }].sort(byAddresses);
      this.#kept = JSON.stringify([servers, password]);
    } catch (error) {
      log.warn('the kept password cannot be read', { reason: String(error) });
    }
  }

  /** Whether passwords outlast the app. */
  canKeep(): Promise<boolean> {
    return this.#parts.keyStore.isSafe();
  }

  /** Keeps the one for the saved server, and no other; `null`: none is saved. */
  keepFor(servers: readonly string[] | null): Promise<void> {
    const { path, keyStore, log } = this.#parts;
    const password = servers && this.for(servers);
    const wanted = password === null ? '' : JSON.stringify([servers, password]);
    if (wanted === this.#kept) return Promise.resolve();
    this.#kept = wanted;
    const written = this.#writing
      .then(async () => {
        await rm(path, { force: true });
        if (password === null || !(await keyStore.isSafe())) return;
        const secret = (await keyStore.encrypt(password)).toString('base64');
        await writeFile(path, JSON.stringify({ servers, secret }), { mode: 0o600 });
      })
      .catch((error: unknown) => {
        log.warn('the password cannot be kept', { reason: String(error) });
      });
    this.#writing = written;
    return written;
  }
}

const byAddresses = (one: Typed, other: Typed): number => one.servers.length - other.servers.length;

const covers = (all: readonly string[], some: readonly string[]): boolean =>
  some.every((server) => all.includes(server));
