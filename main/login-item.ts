import { access, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { autostartEntry } from './autostart-entry';
import { writeFlushed } from './json-file';

/**
 * Starting at login, without a window. The system keeps it, and is asked: a person may have changed it there.
 */
export class LoginItem {
  readonly #profile: string | null;

  /** @param profile which of several Parleys of one machine this is; `null`: the usual one */
  constructor(profile: string | null) {
    this.#profile = profile;
  }

  async isOn(): Promise<boolean> {
    if (process.platform !== 'linux') return app.getLoginItemSettings(this.#options).openAtLogin;
    return access(this.#file).then(
      () => true,
      () => false,
    );
  }

  /** @throws the file system's error where it could not be changed. */
  async set(on: boolean): Promise<void> {
    if (process.platform !== 'linux') {
      app.setLoginItemSettings({ openAtLogin: on, ...this.#options });
    } else if (on) {
      const next = `${this.#file}.new`;
      await writeFlushed(next, autostartEntry([...command(process.env, process.execPath), ...this.#args]));
      await rename(next, this.#file);
    } else await rm(this.#file, { force: true });
  }

  /** An app that was moved since, as an AppImage is by a download of the next, is found where it is now. */
  async refresh(): Promise<void> {
    if (await this.isOn()) await this.set(true);
  }

  get #args(): string[] {
    return ['--hidden', ...(this.#profile === null ? [] : ['--profile', this.#profile])];
  }

  get #options(): { args: string[]; name?: string } {
    // On Windows each name is an entry of its own.
    return { args: this.#args, ...(this.#profile !== null && { name: `Parley ${this.#profile}` }) };
  }

  /** Desktop Application Autostart Specification, "Autostart directories". */
  get #file(): string {
    const config = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
    return join(
      config,
      'autostart',
      this.#profile === null ? 'parley.desktop' : `parley-${this.#profile}.desktop`,
    );
  }
}

/** macOS starts apps at login without any flag, and tells that it did. */
export const wasOpenedAtLogin = (): boolean =>
  process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;

/** What starts this app again: an AppImage by its file, for what runs of it lies in a folder that goes with it. */
function command(env: NodeJS.ProcessEnv, executable: string): string[] {
  const { APPIMAGE: image } = env;
  if (image !== undefined && image !== '') return [image];
  return app.isPackaged ? [executable] : [executable, app.getAppPath()];
}
