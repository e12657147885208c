// npm run serve: the headless signaling server. Standard output is the server's alone.
import path from 'node:path';

import { ensureBuilt } from './build.mjs';
import { fail } from './fail.mjs';
import { run } from './run.mjs';
import { ROOT } from './runtime/paths.mjs';

/** @param {readonly string[]} args */
async function serve(args) {
  await ensureBuilt(console.error);
  return run(process.execPath, [path.join(ROOT, 'dist/server/parley-server.js'), ...args]);
}

process.exitCode = await serve(process.argv.slice(2)).catch(fail);
