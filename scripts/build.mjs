import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { capture } from './run.mjs';
import { ROOT } from './runtime/paths.mjs';

const SOURCES = ['main', 'preload', 'renderer', 'package.json', 'svelte.config.js', 'vite.config.ts'];
const OUTPUTS = [
  'renderer/index.html',
  'popup/popup.html',
  'main/index.js',
  'preload/index.cjs',
  'popup-preload/popup.cjs',
  'server/parley-server.js',
];

/** The command line of the build tool, from our own node_modules. */
export const VITE = path.join(ROOT, 'node_modules/vite/bin/vite.js');

/**
 * Builds what is missing or older than its sources.
 * Rejects with the build tool's own words when that fails.
 * @param {(sentence: string) => void} [say]
 */
export async function ensureBuilt(say = console.log) {
  if (await isFresh(ROOT)) return;
  say('Building Parley.');
  const { code, output } = await capture(process.execPath, [VITE, 'build', '--app'], { cwd: ROOT });
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

/**
 * Whether everything built is there and newer than everything it is built from.
 * @param {string} root
 */
export async function isFresh(root) {
  const built = await Promise.all(OUTPUTS.map((file) => changedAt(path.join(root, 'dist', file))));
  const oldest = Math.min(...built.map((at) => at ?? -Infinity));
  if (oldest === -Infinity) return false;
  const sources = await Promise.all(SOURCES.map((name) => newest(path.join(root, name))));
  return Math.max(...sources) <= oldest;
}

/**
 * When a file, or anything in a folder, last changed. A folder itself changes when a file in it goes.
 * @param {string} file
 * @returns {Promise<number>} milliseconds
 */
async function newest(file) {
  const own = (await changedAt(file)) ?? -Infinity;
  const entries = await readdir(file, { withFileTypes: true, recursive: true }).catch(() => []);
  const inside = await Promise.all(
    entries.map((entry) => changedAt(path.join(entry.parentPath, entry.name))),
  );
  return Math.max(own, ...inside.map((at) => at ?? -Infinity));
}

/** @param {string} file */
async function changedAt(file) {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}
