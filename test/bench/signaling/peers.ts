/** The other servers, in test/bench/package.json: nobody but the benchmark that needs them installs them. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from './server-process';

const FOLDER = join(import.meta.dirname, '..');

/** Installs the peers unless they are there. @returns who can be measured; without a registry ours and the floor. */
export function findContenders(): Contender[] {
  if (!isInstalled()) {
    console.log('Installing the servers to compare with, into test/bench/node_modules.');
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], {
      cwd: FOLDER,
      shell: process.platform === 'win32',
      stdio: 'ignore',
    });
    if (status !== 0) {
      console.log('They cannot be installed here (npm ci in test/bench fails), so they are not measured.');
      return ['floor', 'parley'];
    }
  }
  return ['floor', 'parley', 'peerjs', 'socket.io', 'y-webrtc'];
}

function isInstalled(): boolean {
  // npm's own record of what it has installed.
  const record = join(FOLDER, 'node_modules/.package-lock.json');
  return (
    existsSync(record) && statSync(record).mtimeMs >= statSync(join(FOLDER, 'package-lock.json')).mtimeMs
  );
}
