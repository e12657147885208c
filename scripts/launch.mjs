import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { capture } from './run.mjs';
import { ROOT } from './runtime/paths.mjs';

/**
 * @typedef {object} Host what the sandbox depends on, so that tests can stand in for the machine
 * @property {string} platform as `process.platform`
 * @property {number | undefined} uid
 * @property {(file: string) => Promise<string>} read
 * @property {(file: string) => Promise<{uid: number, mode: number}>} stat
 * @property {() => Promise<boolean | undefined>} makesNamespace whether it makes a user namespace; undefined where
 *   there is nothing to try it with
 */

/** @type {Host} */
const thisHost = {
  platform: process.platform,
  uid: process.getuid?.(),
  read: (file) => readFile(file, 'utf8'),
  stat,
  makesNamespace: () =>
    capture('unshare', ['--user', 'true']).then(
      ({ code }) => code === 0,
      () => undefined,
    ),
};

/**
 * The arguments that start Parley from its sources.
 * @param {string} executable the Electron to use
 * @param {readonly string[]} args Parley's own
 * @returns {Promise<string[]>}
 */
export async function launchArguments(executable, args) {
  return [...((await canSandbox(executable)) ? [] : ['--no-sandbox']), ROOT, ...args];
}

/**
 * The environment to start Electron in.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function launchEnvironment(env = process.env) {
  // Editors built on Electron set it in their terminals; ours would start as plain Node.
  const rest = { ...env };
  delete rest.ELECTRON_RUN_AS_NODE;
  return rest;
}

/**
 * Whether Chromium's sandbox can start: never as root, and on Linux only where user namespaces are
 * allowed or its set-uid helper was installed (which npm cannot do).
 * @param {string} executable
 * @param {Host} [host]
 */
export async function canSandbox(executable, host = thisHost) {
  if (host.platform !== 'linux') return true;
  if (host.uid === 0) return false;
  const helper = path.join(path.dirname(executable), 'chrome-sandbox');
  const { uid, mode } = await host.stat(helper).catch(() => ({ uid: -1, mode: 0 }));
  if (uid === 0 && (mode & 0o4000) !== 0) return true;
  const restricted = await setting(host, 'kernel/apparmor_restrict_unprivileged_userns');
  const allowed = await setting(host, 'kernel/unprivileged_userns_clone');
  const most = await setting(host, 'user/max_user_namespaces');
  if (restricted === '1' || allowed === '0' || most === '0') return false;
  // The settings are the machine's: a container on it may still be denied them.
  return (await host.makesNamespace()) !== false;
}

/**
 * A kernel setting, or nothing where this kernel has no such.
 * @param {Host} host
 * @param {string} name
 */
function setting(host, name) {
  return host.read(`/proc/sys/${name}`).then(
    (text) => text.trim(),
    () => undefined,
  );
}

/**
 * Has Playwright's `_electron.launch` use this Electron while it is given no `executablePath`: it asks the `electron`
 * package, which looks here first. Given an executable, Playwright would not hold the app's start back until it is
 * attached, and a page that loads in between is waited for in vain (playwright#29386).
 * @param {string} executable
 */
export function leadPlaywrightTo(executable) {
  const official = path.join(ROOT, 'node_modules/electron/dist') + path.sep;
  if (!executable.startsWith(official)) process.env.ELECTRON_OVERRIDE_DIST_PATH = path.dirname(executable);
}
