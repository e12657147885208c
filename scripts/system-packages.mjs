import { setTimeout as sleep } from 'node:timers/promises';

import { capture } from './run.mjs';

/** @typedef {'run' | 'display' | 'test'} Purpose */

/**
 * What each purpose needs. A need is a list of names for the same thing: newer releases of Debian and
 * Ubuntu have renamed some libraries, the newest name comes first.
 * @type {Readonly<Record<Purpose, readonly (readonly string[])[]>>}
 */
export const PACKAGES = {
  // What Electron loads; everything else comes in as a dependency of these.
  run: [
    ['libgtk-3-0t64', 'libgtk-3-0'],
    ['libnss3'],
    ['libgbm1'],
    ['libasound2t64', 'libasound2'],
    ['libcups2t64', 'libcups2'],
  ],
  display: [['xvfb']],
  test: [
    ['ffmpeg'],
    ['chromium', 'chromium-browser'],
    ['fonts-noto-cjk'],
    ['iproute2'],
    ['nftables'],
    ['tcpdump'],
    ['coturn'],
    ['openbox'],
    ['openssl'],
    ['libnss3-tools'],
    // A desktop of sorts: a bus, who shows notifications on it, and keys that are pressed in no window of ours.
    ['dbus'],
    ['libnotify4'],
    ['python3-dbusmock'],
    ['xdotool'],
  ],
};

const LOCK_SECONDS = 120;
const UPDATE_TRIES = 5;
const UPDATE_PAUSE_MS = 5_000;

/**
 * Makes sure that the Debian packages of some purposes are there: installs what is missing when it may.
 * Does nothing where there is no dpkg.
 * @param {readonly Purpose[]} purposes
 * @param {(sentence: string) => void} [say]
 * @returns {Promise<string | undefined>} one sentence naming what is missing and how to install it
 */
export async function ensurePackages(purposes, say = console.log) {
  if (process.platform !== 'linux') return undefined;
  const needs = purposes.flatMap((purpose) => PACKAGES[purpose]);
  const installed = await installedPackages(needs.flat());
  if (installed === undefined) return undefined;
  const missing = missingNeeds(needs, installed);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0) return askToInstall(missing.map((names) => names.at(-1) ?? ''));
  return install(missing, say);
}

/**
 * The needs none of whose names is installed.
 * @param {readonly (readonly string[])[]} needs
 * @param {ReadonlySet<string>} installed
 */
export function missingNeeds(needs, installed) {
  return needs.filter((names) => !names.some((name) => installed.has(name)));
}

/**
 * Which of the named packages are installed; undefined where there is no dpkg.
 * @param {readonly string[]} names
 * @returns {Promise<Set<string> | undefined>}
 */
async function installedPackages(names) {
  try {
    // It fails when one of the names is unknown, and still lists the others.
    const { output } = await capture('dpkg-query', [
      '-W',
      '-f',
      '${Package} ${db:Status-Status}\n',
      ...names,
    ]);
    return parseDpkg(output);
  } catch {
    return undefined;
  }
}

/**
 * Reads lines of a package's name and status.
 * @param {string} output
 * @returns {Set<string>} names of the installed ones
 */
export function parseDpkg(output) {
  const lines = output.split('\n').map((line) => line.split(' '));
  return new Set(lines.flatMap(([name, status]) => (status === 'installed' && name ? [name] : [])));
}

/**
 * @param {readonly (readonly string[])[]} missing
 * @param {(sentence: string) => void} say
 */
async function install(missing, say) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`];
  say(`Installing what is missing of Debian's packages: ${missing.map((names) => names.at(-1)).join(', ')}.`);
  // The lock on package lists has no time-out of its own.
  for (let left = UPDATE_TRIES; left > 0; left--) {
    const { code, output } = await capture('apt-get', ['update', '-q', ...wait], { env });
    if (code === 0 || !/lock/i.test(output)) break;
    await sleep(UPDATE_PAUSE_MS);
  }
  const names = await Promise.all(missing.map(knownName));
  const args = ['install', '-y', '-q', '--no-install-recommends', ...wait, ...names];
  const { code, output } = await capture('apt-get', args, { env });
  if (code === 0) return undefined;
  const why = output.split('\n').findLast((line) => line.startsWith('E:')) ?? `apt-get ended with ${code}`;
  return `${askToInstall(names)} (${why})`;
}

/**
 * The name under which this release has a package.
 * @param {readonly string[]} names
 */
async function knownName(names) {
  for (const name of names.slice(0, -1)) {
    const { output } = await capture('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(output)) return name;
  }
  return names.at(-1) ?? '';
}

/** @param {readonly string[]} names */
function askToInstall(names) {
  return `Some of Debian's packages are missing; install them with: sudo apt-get install -y --no-install-recommends ${names.join(' ')}`;
}
