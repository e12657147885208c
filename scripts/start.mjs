// npm start: opens Parley from its sources, after making sure that everything it needs is there.
import { ensureBuilt } from './build.mjs';
import { hasDisplay, withVirtualDisplay } from './display.mjs';
import { findElectron } from './electron-runtime.mjs';
import { launchArguments, launchEnvironment } from './launch.mjs';
import { fail } from './fail.mjs';
import { run } from './run.mjs';
import { ensurePackages } from './system-packages.mjs';

const QUESTIONS = new Set(['--help', '--version']);

/** @param {readonly string[]} args */
async function start(args) {
  const asked = args.some((arg) => QUESTIONS.has(arg));
  // An answer goes to standard output alone.
  const say = asked ? console.error : console.log;
  const shown = hasDisplay();
  if (!shown && !asked) {
    console.log('There is no display here, so this runs the demo instead.');
    const { demo } = await import('./demo/demo.mjs');
    return demo();
  }
  const problem = await ensurePackages(shown ? ['run'] : ['run', 'display'], say);
  if (problem) say(problem);
  const runtime = await findElectron();
  say(runtime.sentence);
  await ensureBuilt(say);
  const command = await launchArguments(runtime.executable, args);
  /** @param {NodeJS.ProcessEnv} [env] */
  const launch = (env) => run(runtime.executable, command, { env: launchEnvironment(env) });
  return shown ? launch() : withVirtualDisplay(launch);
}

process.exitCode = await start(process.argv.slice(2)).catch(fail);
