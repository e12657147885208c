#!/usr/bin/env node
// Stands in for Electron towards Playwright, and runs the real one in a network namespace (PARLEY_NAMESPACE). Playwright
// attaches by ports of 127.0.0.1, which in there is another one: each port that Electron names is opened out here as well,
// and leads into the namespace by a Unix socket, which namespaces do not keep apart.
//
// Started as `electron-in-namespace.mjs relay FOLDER` it is the end in there: for each port on its input it listens on
// FOLDER/port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SELF = fileURLToPath(import.meta.url);
const [first = '', ...rest] = process.argv.slice(2);

/**
 * Carries whatever comes to one address to another.
 * @param {number | string} from a port, or a Unix socket
 * @param {number | string} to
 */
function carry(from, to) {
  const server = createServer((near) => {
    const far = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  if (typeof from === 'number') server.listen(from, '127.0.0.1');
  else server.listen(from);
  return once(server, 'listening');
}

/** @param {string} folder */
async function relay(folder) {
  for await (const port of createInterface({ input: process.stdin })) {
    await carry(path.join(folder, port), Number(port));
    process.stdout.write(`${port}\n`);
  }
  process.exit(0);
}

/**
 * @param {string} namespace
 * @param {string} electron
 * @param {readonly string[]} args
 */
async function run(namespace, electron, args) {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-relay-'));
  /** @param {readonly string[]} command @param {import('node:child_process').StdioOptions} stdio */
  const inside = (command, stdio) => spawn('ip', ['netns', 'exec', namespace, ...command], { stdio });
  const end = inside([process.execPath, SELF, 'relay', folder], ['pipe', 'pipe', 'inherit']);
  const opened = createInterface({ input: end.stdout });
  const app = inside([electron, ...args], ['ignore', 'inherit', 'pipe']);

  app.once('exit', (code) => {
    end.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    process.exit(code ?? 1);
  });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP']))
    process.on(signal, () => app.kill(signal));

  for await (const line of createInterface({ input: app.stderr })) {
    const port = /listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
    if (port !== undefined) {
      end.stdin.write(`${port}\n`);
      await once(opened, 'line');
      await carry(Number(port), path.join(folder, port));
    }
    process.stderr.write(`${line}\n`);
  }
}

if (first === 'relay') await relay(rest[0] ?? '');
else await run(process.env['PARLEY_NAMESPACE'] ?? '', process.env['PARLEY_ELECTRON'] ?? '', [first, ...rest]);
