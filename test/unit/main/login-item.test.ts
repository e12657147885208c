import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoginItemSettings, Settings } from 'electron';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LoginItem } from '../../../main/login-item';

/** Electron's app, whose login items are a list here, as on Windows. */
class FakeApp {
  readonly isPackaged = true;
  items: LoginItemSettings['launchItems'] = [];
  /** What macOS says. */
  openAtLogin = false;
  wasOpenedAtLogin = false;

  getAppPath(): string {
    return '/app';
  }

  getLoginItemSettings(): LoginItemSettings {
    // On Windows it is asked by the app's own id and says nothing of the Task Manager.
    const openAtLogin = this.openAtLogin || this.items.some(({ name }) => name === 'org.parley.app');
    return {
      openAtLogin,
      wasOpenedAtLogin: this.wasOpenedAtLogin,
      status: 'not-registered',
      executableWillLaunchAtLogin: this.items.some(({ enabled }) => enabled),
      launchItems: this.items,
    };
  }

  setLoginItemSettings({ openAtLogin, name = 'org.parley.app', args = [], enabled = true }: Settings): void {
    this.openAtLogin = openAtLogin === true;
    this.items = this.items.filter((item) => item.name !== name);
    if (openAtLogin) this.items.push({ name, path: process.execPath, args, scope: 'user', enabled });
  }

  /** In the Task Manager. */
  turnOff(): void {
    this.items = this.items.map((item) => ({ ...item, enabled: false }));
  }
}

describe('on Windows', () => {
  let app: FakeApp;
  beforeEach(() => {
    app = new FakeApp();
  });
  const item = (profile: string | null = null) => new LoginItem({ app, profile, platform: 'win32', env: {} });

  test.each([null, 'work'])(
    'profile %s has an entry of its own, which is read where it is written',
    async (profile) => {
      await item('other').set(true);
      expect(await item(profile).isOn()).toBe(false);
      await item(profile).set(true);
      expect(await item(profile).isOn()).toBe(true);
      await item(profile).set(false);
      expect(await item(profile).isOn()).toBe(false);
      expect(await item('other').isOn()).toBe(true);
    },
  );

  test('an entry that was turned off in the Task Manager is off, and stays so', async () => {
    await item().set(true);
    app.turnOff();
    expect(await item().isOn()).toBe(false);
    await item().refresh();
    expect(app.items).toMatchObject([{ enabled: false }]);
    await item().set(true);
    expect(await item().isOn()).toBe(true);
  });

  test('an entry that is on is written anew', async () => {
    await item().set(true);
    app.items = app.items.map((each) => ({ ...each, args: [] }));
    await item().refresh();
    expect(app.items).toMatchObject([{ args: ['--hidden'], enabled: true }]);
  });
});

describe('on macOS', () => {
  test('the system says whether it is on, and whether it started the app', async () => {
    const app = new FakeApp();
    const item = new LoginItem({ app, profile: null, platform: 'darwin', env: {} });
    expect([await item.isOn(), item.hasStartedApp]).toEqual([false, false]);
    await item.set(true);
    app.wasOpenedAtLogin = true;
    expect([await item.isOn(), item.hasStartedApp]).toEqual([true, true]);
  });
});

describe('on Linux', () => {
  let config: string;
  let file: string;
  beforeEach(() => {
    config = mkdtempSync(join(tmpdir(), 'parley-config-'));
    file = join(config, 'autostart/parley.desktop');
  });
  afterEach(() => rmSync(config, { recursive: true }));
  const item = (env: NodeJS.ProcessEnv = {}) =>
    new LoginItem({
      app: new FakeApp(),
      profile: null,
      platform: 'linux',
      env: { XDG_CONFIG_HOME: config, ...env },
    });

  test('it is on while there is a file, which starts an AppImage where it is now', async () => {
    expect(await item().isOn()).toBe(false);
    await item().refresh();
    expect(existsSync(file)).toBe(false);
    await item({ APPIMAGE: '/old/Parley.AppImage' }).set(true);
    expect(await item().isOn()).toBe(true);
    await item({ APPIMAGE: '/new/Parley.AppImage' }).refresh();
    expect(readFileSync(file, 'utf8')).toMatch(/^Exec=\/new\/Parley\.AppImage --hidden$/m);
    await item().set(false);
    expect(await item().isOn()).toBe(false);
  });

  test.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])(
    'a file that a desktop has put %s in is off, and stays as it is',
    async (line) => {
      const entry = `[Desktop Entry]\nType=Application\nExec=parley\n${line}\n`;
      mkdirSync(join(config, 'autostart'));
      writeFileSync(file, entry);
      expect(await item().isOn()).toBe(false);
      await item().refresh();
      expect(readFileSync(file, 'utf8')).toBe(entry);
      await item().set(true);
      expect(await item().isOn()).toBe(true);
    },
  );
});
