import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { readJson } from '../read-json.mjs';
import { ROOT } from './paths.mjs';

const FIRST_BYTE_MS = 6_000;
const STALL_MS = 30_000;
const PACKAGE = path.join(ROOT, 'node_modules/electron');
const { resolve } = createRequire(path.join(PACKAGE, 'package.json'));

/**
 * What we use of the electron package's own downloader.
 * @typedef {{downloadArtifact: (details: object) => Promise<string>}} Downloader
 */

/** The version of Electron that package.json asks for and npm installed. */
export const OFFICIAL_VERSION = /** @type {{version: string}} */ (
  await readJson(path.join(PACKAGE, 'package.json'))
).version;

/**
 * The official executable, when the electron package has already been given its binary.
 * @returns {Promise<string | undefined>}
 */
export async function installedOfficial() {
  try {
    const version = await readFile(path.join(PACKAGE, 'dist/version'), 'utf8');
    if (version.trim().replace(/^v/, '') !== OFFICIAL_VERSION) return undefined;
    const executable = path.join(PACKAGE, 'dist', await readFile(path.join(PACKAGE, 'path.txt'), 'utf8'));
    return (await stat(executable)).isFile() ? executable : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Downloads the official binary with the electron package's own downloader, which knows its cache,
 * mirrors and checksums, but gives up soon when the host does not answer. Rejects with the reason.
 * @returns {Promise<string>} the executable
 */
export async function downloadOfficial() {
  /** @type {unknown} */
  const downloader = await import(pathToFileURL(resolve('@electron/get')).href);
  const { downloadArtifact } = /** @type {Downloader} */ (downloader);
  const patience = impatience(FIRST_BYTE_MS, STALL_MS);
  try {
    await downloadArtifact({
      version: OFFICIAL_VERSION,
      artifactName: 'electron',
      checksums: await readJson(path.join(PACKAGE, 'checksums.json')),
      platform: process.platform,
      arch: process.arch,
      downloadOptions: { signal: patience.signal, getProgressCallback: patience.progress },
    });
  } finally {
    patience.stop();
  }
  // Finds the archive in the downloader's cache, so this only unpacks it and writes path.txt.
  await promisify(execFile)(process.execPath, [path.join(PACKAGE, 'install.js')]);
  const executable = await installedOfficial();
  if (executable === undefined) throw new Error('the electron package did not install its binary');
  return executable;
}

/**
 * A signal that aborts when the first byte, or any later one, is too long in coming.
 * @param {number} firstMs
 * @param {number} nextMs
 */
function impatience(firstMs, nextMs) {
  const controller = new AbortController();
  const giveUp = () => controller.abort(new Error('the download host did not answer in time'));
  let timer = setTimeout(giveUp, firstMs);
  return {
    signal: controller.signal,
    progress: () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, nextMs);
    },
    stop: () => clearTimeout(timer),
  };
}
