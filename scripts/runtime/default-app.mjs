// Runs inside the fallback Electron as its default app, packed into resources/default_app.asar: starts
// the app named on the command line the way the official Electron's own default app does.
import { app } from 'electron';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.cwd(), 'noop.js'));
const { file, preloads } = parse(process.argv.slice(1));
if (file === undefined) {
  console.error('Name the app to run.');
  process.exit(1);
}
Object.defineProperty(process, 'defaultApp', { enumerable: true, value: true });
for (const preload of preloads) require(preload);
// Awaited: it keeps Electron's `ready` back until the app's own modules have run.
await import(pathToFileURL(adopt(path.resolve(file))).href);

/** @param {string[]} args */
function parse(args) {
  /** @type {string[]} */
  const preloads = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--version') {
      console.log(`v${process.versions.electron}`);
      process.exit(0);
    }
    if (arg === '-r' || arg === '--require') preloads.push(args[++i] ?? '');
    else if (!arg.startsWith('-')) return { file: arg, preloads };
  }
  return { file: undefined, preloads };
}

/**
 * Gives Electron the app's name, version and path; returns its entry file.
 * @param {string} target a file, or a folder with a package.json
 */
function adopt(target) {
  // Electron gives its default app these two, but does not document them.
  const electron =
    /** @type {typeof app & {setAppPath(path: string): void, setVersion(version: string): void}} */ (app);
  if (!fs.statSync(target).isDirectory()) {
    electron.setAppPath(path.dirname(target));
    return target;
  }
  /** @type {unknown} */
  const json = JSON.parse(fs.readFileSync(path.join(target, 'package.json'), 'utf8'));
  const about = /** @type {Partial<Record<string, string>>} */ (json);
  const name = about.productName ?? about.name;
  if (about.version) electron.setVersion(about.version);
  if (name) electron.name = name;
  electron.setDesktopName(about.desktopName ?? `${app.name}.desktop`);
  electron.setAppPath(target);
  return require.resolve(path.join(target, about.main ?? 'index.js'));
}
