import { app } from 'electron';
import * as v from 'valibot';
import type { Launch } from '../preload/bridge';
import { BadFlagError, linkLaunch, readCommandLine } from './command-line';

const handoverSchema = v.object({
  argv: v.pipe(v.array(v.pipe(v.string(), v.maxLength(8192))), v.maxLength(256)),
});

/**
 * Everything the app is asked to do from outside: by its own command line, by a second launch that hands over to the
 * first, or by a link the OS opens.
 */
export class Launches {
  #first: Launch | null;
  /** Whether a page is there that hears of launches. */
  #isHeard = false;
  #pages = 0;
  #listener: ((launch: Launch | null) => void) | null = null;

  private constructor(first: Launch | null) {
    this.#first = first;
    // Chromium reorders the arguments it hands over, so ours travel beside them.
    app.on('second-instance', (_event, _argv, _folder, handover) => {
      const parsed = v.safeParse(handoverSchema, handover);
      this.#arrive(parsed.success ? readLaunch(parsed.output.argv) : null);
    });
    // macOS tells of a link by an event, also before the app is ready.
    app.on('open-url', (event, url) => {
      event.preventDefault();
      this.#arrive(linkLaunch(url, false));
    });
  }

  /**
   * Must run before the app is ready, after the profile is settled.
   * @returns `null` where another instance of this profile runs: it has been told, this one has nothing to do.
   */
  static claim(first: Launch | null): Launches | null {
    return app.requestSingleInstanceLock({ argv: process.argv.slice(1) }) ? new Launches(first) : null;
  }

  /** What to start with where nobody asked for anything. */
  offer(launch: Launch): void {
    this.#first ??= launch;
  }

  /**
   * A page starts. @returns what takes the launch that it starts with, nothing where the page has gone meanwhile; from
   * then on it hears of launches as they come, until {@link wait}.
   */
  pageStarts(): () => Launch | null {
    const page = this.#pages;
    return () => {
      if (page !== this.#pages) return null;
      this.#isHeard = true;
      const first = this.#first;
      this.#first = null;
      return first;
    };
  }

  /** The page has gone or is loaded anew: what comes now is for the next one. */
  wait(): void {
    this.#isHeard = false;
    this.#pages += 1;
  }

  /** From now on launches go to the listener; `null` is one that only wants the window. */
  listen(listener: (launch: Launch | null) => void): void {
    this.#listener = listener;
  }

  #arrive(launch: Launch | null): void {
    if (!this.#isHeard) this.#first = launch ?? this.#first;
    this.#listener?.(this.#isHeard ? launch : null);
  }
}

/** A second launch with flags that cannot be used still brings the window up. */
function readLaunch(argv: readonly string[]): Launch | null {
  try {
    return readCommandLine(argv).launch;
  } catch (error) {
    if (error instanceof BadFlagError) return { type: 'bad-link', code: 'bad-link', text: '' };
    throw error;
  }
}
