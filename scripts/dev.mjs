// npm run dev: the page is served by Vite and changes in place; a change to main or preload starts the app again.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createBuilder, createServer } from 'vite';

import { hasDisplay } from './display.mjs';
import { findElectron } from './electron-runtime.mjs';
import { fail } from './fail.mjs';
import { launchArguments, launchEnvironment } from './launch.mjs';
import { ROOT } from './runtime/paths.mjs';
import { ensurePackages } from './system-packages.mjs';

const CONFIG = path.join(ROOT, 'vite.config.ts');
const WATCHED = ['main', 'preload', 'popupPreload'];

/** @param {readonly string[]} args Parley's own */
async function dev(args) {
  if (!hasDisplay())
    throw new Error('There is no display here to show the app on; npm run demo does without.');
  const problem = await ensurePackages(['run']);
  if (problem) console.log(problem);
  const runtime = await findElectron();
  console.log(runtime.sentence);
  const server = await createServer({ configFile: CONFIG });
  await server.listen();
  const page = server.resolvedUrls?.local[0];
  if (page === undefined) throw new Error('The page server has no address.');
  const env = { ...launchEnvironment(), VITE_DEV_SERVER_URL: page };
  const command = await launchArguments(runtime.executable, args);
  const app = restartable(() => spawn(runtime.executable, command, { stdio: 'inherit', env }));
  const watchers = await watch(app.restart);
  await app.closed;
  await Promise.all([server.close(), ...watchers.map((watcher) => watcher.close())]);
}

/**
 * Builds main and preload whenever they change; calls back each time all of them have been built.
 * @param {() => void} rebuilt
 */
async function watch(rebuilt) {
  const builder = await createBuilder({ configFile: CONFIG, build: { watch: {} }, logLevel: 'warn' });
  const pending = new Set(WATCHED);
  /** @type {import('vite').Rolldown.RolldownWatcher[]} */
  const watchers = [];
  for (const name of WATCHED) {
    const environment = builder.environments[name];
    if (!environment) throw new Error(`vite.config.ts has no environment ${name}.`);
    const watcher = await builder.build(environment);
    if (!('on' in watcher)) throw new Error(`${name} is not being watched.`);
    watcher.on('event', (event) => {
      if (event.code === 'START') pending.add(name);
      if (event.code === 'ERROR') console.error(event.error.message);
      if (event.code !== 'BUNDLE_END') return;
      void event.result.close();
      pending.delete(name);
      if (pending.size === 0) rebuilt();
    });
    watchers.push(watcher);
  }
  return watchers;
}

/**
 * A process that is replaced by a new one of its kind. `closed` settles when one ends by itself: the person
 * has closed the app.
 * @param {() => import('node:child_process').ChildProcess} begin
 */
function restartable(begin) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let current;
  /** @type {() => void} */
  let finish = () => undefined;
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => (finish = resolve));
  const restart = () => {
    const previous = current;
    const next = () => {
      const child = begin();
      current = child;
      child.once('exit', () => {
        if (current === child) finish();
      });
    };
    current = undefined;
    // One after the other: both have the same profile.
    if (previous && previous.exitCode === null) previous.once('exit', next).kill();
    else next();
  };
  process.once('exit', () => current?.kill());
  return { closed, restart };
}

// Vite keeps handles of its own, so the end is asked for.
process.exit(
  await dev(process.argv.slice(2)).then(
    () => 0,
    (/** @type {unknown} */ error) => fail(error),
  ),
);
