import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 15_000;

/**
 * Whether windows can be shown.
 * @param {string} [platform]
 * @param {NodeJS.ProcessEnv} [env]
 */
export function hasDisplay(platform = process.platform, env = process.env) {
  return platform !== 'linux' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

/**
 * Runs `work` with an invisible display of its own (Xvfb), which is gone when work ends and when this
 * process does, however it ends.
 * @template T
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work gets the environment that names the display
 * @param {{width?: number, height?: number, env?: NodeJS.ProcessEnv}} [options] size in pixels; what else to pass on
 * @returns {Promise<T>}
 */
export async function withVirtualDisplay(work, { width = 1920, height = 1200, env = process.env } = {}) {
  // `-terminate` ends it with its last client, and that is the socket we hold: the kernel closes it for us
  // also when we are killed.
  const args = ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-terminate'];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const kill = () => void server.kill();
  process.once('exit', kill);
  try {
    const number = await displayNumber(server);
    const held = await holdDisplay(number);
    /** @type {NodeJS.ProcessEnv} */
    const shown = { ...env, DISPLAY: `:${number}`, XDG_SESSION_TYPE: 'x11' };
    delete shown.WAYLAND_DISPLAY;
    delete shown.XAUTHORITY;
    try {
      return await work(shown);
    } finally {
      held.destroy();
    }
  } finally {
    kill();
    process.off('exit', kill);
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>}
 */
async function displayNumber(server) {
  const chosen = server.stdio[3];
  if (!chosen) throw new Error('no pipe to the display');
  const failed = once(server, 'exit').then(
    () => Promise.reject(new Error('The invisible display (Xvfb) ended at once.')),
    (/** @type {unknown} */ cause) =>
      Promise.reject(new Error('The invisible display (Xvfb) is not installed.', { cause })),
  );
  const late = sleep(START_MS, undefined, { ref: false }).then(() =>
    Promise.reject(new Error('The invisible display (Xvfb) did not start.')),
  );
  // Each of these may also fail when nobody waits any more.
  failed.catch(() => undefined);
  late.catch(() => undefined);
  /** @type {Promise<Buffer>} */
  const told = new Promise((resolve) => chosen.once('data', resolve));
  const number = await Promise.race([told, failed, late]);
  return number.toString().trim();
}

/**
 * Becomes a client of the display and stays one.
 * @param {string} number
 */
async function holdDisplay(number) {
  const socket = connect(`/tmp/.X11-unix/X${number}`);
  await once(socket, 'connect');
  // X11 connection setup: little-endian, protocol 11.0, no authorisation.
  socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  await once(socket, 'data');
  socket.resume();
  // The display going first is no reason to fail.
  socket.on('error', () => undefined);
  return socket;
}

/** Whether there is a window manager for {@link mindWindows}. */
export function hasWindowManager() {
  return spawnSync('sh', ['-c', 'command -v openbox']).status === 0;
}

/**
 * Has the windows of a display minded as on a desktop, by a window manager (openbox). It ends with us, however we end,
 * or it would keep the display.
 * @param {NodeJS.ProcessEnv} env names the display
 * @returns {Promise<() => Promise<void>>} ends it
 */
export async function mindWindows(env) {
  // The shell waits for its input to end, which the kernel sees to. Started up, the manager has `echo` run.
  const script = `openbox --sm-disable --startup 'echo ready' & read -r end; kill $!; wait`;
  const shell = spawn('sh', ['-c', script], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(shell, 'exit');
  await Promise.race([
    once(shell.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('The window manager (openbox) ended at once.'))),
    sleep(START_MS, undefined, { ref: false }).then(() =>
      Promise.reject(new Error('The window manager (openbox) did not start.')),
    ),
  ]);
  return async () => {
    shell.stdin.destroy();
    await ended;
  };
}
