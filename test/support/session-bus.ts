/** A session bus of the test's own with somebody on it who shows notifications: what a desktop has and Xvfb has not. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Debian's own: the mock is installed for no other. */
const PYTHON = '/usr/bin/python3';

/** What an app asked the desktop to show. */
export interface ShownNotification {
  id: number;
  title: string;
  body: string;
}

export class SessionBus {
  /** For the environment of an app. */
  readonly address: string;
  readonly #daemon: ChildProcess;
  readonly #desktop: ChildProcess;
  readonly #shown: ShownNotification[] = [];
  #lastId = 0;

  private constructor(address: string, daemon: ChildProcess, desktop: ChildProcess) {
    this.address = address;
    this.#daemon = daemon;
    this.#desktop = desktop;
  }

  /** Why there can be none here; `null` where there can. */
  static whyNot(): string | null {
    if (process.platform !== 'linux') return 'only Linux has a session bus';
    try {
      execFileSync('dbus-daemon', ['--version'], { stdio: 'ignore' });
      execFileSync(PYTHON, ['-c', 'import dbusmock'], { stdio: 'ignore' });
      return null;
    } catch {
      return 'dbus or python3-dbusmock is not installed';
    }
  }

  static async start(): Promise<SessionBus> {
    const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [address] = (await once(createInterface({ input: daemon.stdout }), 'line')) as [string];
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address, PYTHONUNBUFFERED: '1' };
    // One who cannot be clicked is asked for no click.
    const can = JSON.stringify({ capabilities: 'body body-markup actions' });
    const mock = ['-m', 'dbusmock', '--template', 'notification_daemon', '--parameters', can];
    const desktop = spawn(PYTHON, mock, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const bus = new SessionBus(address, daemon, desktop);
    createInterface({ input: desktop.stdout }).on('line', (line) => bus.#onLine(line));
    await bus.#isOwned('org.freedesktop.Notifications');
    return bus;
  }

  /** What is shown now, oldest first. */
  get notifications(): readonly ShownNotification[] {
    return this.#shown;
  }

  /** The person clicks a notification, which is gone then. */
  click({ id }: ShownNotification): void {
    this.#drop(id);
    this.#python(
      `desktop = dbus.Interface(bus.get_object('org.freedesktop.Notifications', '/org/freedesktop/Notifications'), 'org.freedesktop.DBus.Mock')
desktop.EmitSignal('org.freedesktop.Notifications', 'ActionInvoked', 'us', [dbus.UInt32(${String(id)}), 'default'])`,
    );
  }

  stop(): void {
    this.#desktop.kill();
    this.#daemon.kill();
  }

  /** The mock prints every call with its arguments. */
  #onLine(line: string): void {
    const shown = / Notify "[^"]*" \d+ "[^"]*" "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"/.exec(line);
    // Each gets the next number.
    if (shown) this.#shown.push({ id: (this.#lastId += 1), title: shown[1] ?? '', body: shown[2] ?? '' });
    const closed = / CloseNotification (\d+)/.exec(line);
    if (closed) this.#drop(Number(closed[1]));
  }

  #drop(gone: number): void {
    const index = this.#shown.findIndex(({ id }) => id === gone);
    if (index >= 0) this.#shown.splice(index, 1);
  }

  async #isOwned(name: string): Promise<void> {
    for (;;) {
      const said = this.#python(`print(bus.name_has_owner('${name}'))`);
      if (said.includes('True')) return;
      if (this.#desktop.exitCode !== null) throw new Error('the mock of the desktop ended');
      await new Promise(setImmediate);
    }
  }

  #python(script: string): string {
    const whole = `import dbus\nbus = dbus.SessionBus()\n${script}`;
    return execFileSync(PYTHON, ['-c', whole], {
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: this.address },
      encoding: 'utf8',
    });
  }
}
