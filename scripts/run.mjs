import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command with our own input and output, hands it the signals we get, and ends with it: it never
 * outlives us. Resolves with its exit code, 128 and the signal's number when a signal ended it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, stdio?: import('node:child_process').StdioOptions}} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { env = process.env, stdio = 'inherit', cwd = process.cwd() } = {}) {
  return ended(spawn(command, args, { env, stdio, cwd }));
}

/**
 * The same for a command that starts others of its own: all of them are signalled and ended together.
 * It gets no input, for only one group of processes may read a terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string}} [options]
 * @returns {Promise<number>}
 */
export async function runGroup(command, args, { env = process.env, cwd = process.cwd() } = {}) {
  const grouped = process.platform !== 'win32';
  const child = spawn(command, args, {
    env,
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: grouped,
  });
  try {
    return await ended(child, (signal) => killGroup(child, signal, grouped));
  } finally {
    killGroup(child, 'SIGKILL', grouped);
  }
}

/**
 * Runs a command and keeps what it says. Resolves also when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string}} [options]
 * @returns {Promise<{code: number, output: string}>} standard output and error, in order
 */
export async function capture(command, args, { env = process.env, cwd = process.cwd() } = {}) {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (/** @type {string} */ text) => (output += text));
  }
  return { code: await ended(child), output };
}

/**
 * @param {ChildProcess} child
 * @param {(signal: NodeJS.Signals) => void} [forward]
 * @returns {Promise<number>}
 */
async function ended(child, forward = (signal) => child.kill(signal)) {
  const onExit = () => forward('SIGTERM');
  for (const signal of FORWARDED) process.on(signal, forward);
  process.on('exit', onExit);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
    process.off('exit', onExit);
  }
}

/**
 * @param {ChildProcess} child
 * @param {NodeJS.Signals} signal
 * @param {boolean} grouped
 */
function killGroup(child, signal, grouped) {
  if (child.pid === undefined) return;
  try {
    if (grouped) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // The group has already gone.
  }
}
