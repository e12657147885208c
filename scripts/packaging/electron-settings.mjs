import path from 'node:path';

/**
 * Which Electron goes into the package. The official one: electron-builder fetches that itself, for other
 * systems too. Ours by hand, or repackaged, only as a folder that tests start.
 * @param {import('../electron-runtime.mjs').ElectronRuntime} runtime
 * @param {readonly string[]} args
 * @returns {string[]}
 */
export function electronSettings({ source, version, executable }, args) {
  if (source === 'official') return [];
  if (!args.includes('--dir'))
    throw new Error(
      'Only --dir can be packaged here: an installer takes the official Electron, which is not the one found.',
    );
  return [`-c.electronVersion=${version}`, `-c.electronDist=${path.dirname(executable)}`];
}
