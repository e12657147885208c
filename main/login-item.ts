import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';
import { autostartEntry, isAutostarted } from './autostart-entry';
import { moveOver, writeFlushed } from './json-file';

interface LoginItemParts {
  app: Pick<App, 'getAppPath' | 'getLoginItemSettings' | 'isPackaged' | 'setLoginItemSettings'>;
  /** Which of several Parleys of one machine this is; `null`: the usual one. */
  profile: string | null;
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
}

/**
 * Starting at login, without a window. The system keeps it, and is asked: a person may have changed it there.
 */
export class LoginItem {
  readonly #parts: LoginItemParts;

  constructor(parts: LoginItemParts) {
    this.#parts = parts;
  }

  async isOn(): Promise<boolean> {
    const { app, platform } = this.#parts;
    if (platform === 'linux') return readFile(this.#file, 'utf8').then(isAutostarted, () => false);
    const { openAtLogin, launchItems } = app.getLoginItemSettings();
    if (platform !== 'win32') return openAtLogin;
    // There that is also true of what was turned off in the Task Manager, and of no name but the app's own.
    return launchItems.some(({ name, enabled }) => name === this.#name && enabled);
  }

  /** @throws the file system's error where it could not be changed. */
  async set(on: boolean): Promise<void> {
    const { app, platform } = this.#parts;
    if (platform !== 'linux') {
      app.setLoginItemSettings({ openAtLogin: on, args: this.#args, name: this.#name });
    } else if (on) {
      const next = `${this.#file}.new`;
      await writeFlushed(next, autostartEntry([...this.#command, ...this.#args]));
      await moveOver(next, this.#file);
    } else await rm(this.#file, { force: true });
  }

  /** An app that was moved since, as an AppImage is by a download of the next, is found where it is now. */
  async refresh(): Promise<void> {
    if (await this.isOn()) await this.set(true);
  }

  /** macOS starts apps at login without any flag, and tells that it did. */
  get hasStartedApp(): boolean {
    const { app, platform } = this.#parts;
    return platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
  }

  /** What starts this app again: an AppImage by its file, for what runs of it lies in a folder that goes with it. */
  get #command(): string[] {
    const { app, env } = this.#parts;
    const { APPIMAGE: image } = env;
    if (image !== undefined && image !== '') return [image];
    return app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
  }

  get #args(): string[] {
    const { profile } = this.#parts;
    return ['--hidden', ...(profile === null ? [] : ['--profile', profile])];
  }

  /** On Windows each name is an entry of its own. */
  get #name(): string {
    const { profile } = this.#parts;
    return profile === null ? 'Parley' : `Parley ${profile}`;
  }

  /** Desktop Application Autostart Specification, "Autostart directories". */
  get #file(): string {
    const { profile, env } = this.#parts;
    const config = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
    return join(config, 'autostart', profile === null ? 'parley.desktop' : `parley-${profile}.desktop`);
  }
}
