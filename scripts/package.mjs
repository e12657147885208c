// npm run package [-- --dir]: installers for this system, or with --dir only the folder that goes into them.
import path from 'node:path';

import { ensureBuilt } from './build.mjs';
import { findElectron } from './electron-runtime.mjs';
import { fail } from './fail.mjs';
import { electronSettings } from './packaging/electron-settings.mjs';
import { run } from './run.mjs';
import { ROOT } from './runtime/paths.mjs';

const BUILDER = path.join(ROOT, 'node_modules/electron-builder/cli.js');

/** @param {readonly string[]} args electron-builder's own, such as `--dir` or `--linux deb` */
async function makePackage(args) {
  const runtime = await findElectron();
  console.log(runtime.sentence);
  const settings = electronSettings(runtime, args);
  await ensureBuilt();
  return run(process.execPath, [BUILDER, '--publish', 'never', ...args, ...settings], { cwd: ROOT });
}

process.exitCode = await makePackage(process.argv.slice(2)).catch(fail);
