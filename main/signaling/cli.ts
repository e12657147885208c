#!/usr/bin/env node
/** The headless server: `npm run serve`, and the built `parley-server`. */
import { parseCommandLine, USAGE, type Config } from './config';
import { isAddressInUse } from './http';
import { jsonLinesLogger } from './logger';
import { createSignalingServer } from './server';
import { readVersion } from './version';

/** Exit code for what the operator can mend. */
const BAD_CONFIGURATION = 2;

async function serve({ port, listen, heartbeatTimeoutMs, ...config }: Config): Promise<void> {
  const logger = jsonLinesLogger((line) => process.stdout.write(line));
  const version = readVersion();
  const server = createSignalingServer({
    ...config,
    mode: 'rooms-on-demand',
    version,
    timeoutMs: heartbeatTimeoutMs,
    logger,
  });

  // Before the first line says that it runs: whoever reads it may stop it.
  let isStopping = false;
  const stop = (): void => {
    // Who asks twice does not want to wait.
    if (isStopping) process.exit(0);
    isStopping = true;
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  let listening: { port: number };
  try {
    listening = await server.listen({ host: listen, port });
  } catch (error) {
    refuse(whyNotListening(error, listen, port));
    return;
  }
  process.stdout.write(`${JSON.stringify({ event: 'listening', port: listening.port, listen, version })}\n`);
}

function whyNotListening(error: unknown, listen: string, port: number): string {
  if (isAddressInUse(error))
    return `--port ${port} is taken by another program; give another one, or 0 for any.`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'EACCES') return `--port ${port} may not be used by this user; give one above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `--listen ${listen} is no address of this machine.`;
  return `--listen ${listen} with --port ${port} does not work (${code}).`;
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = BAD_CONFIGURATION;
}

const commandLine = parseCommandLine(process.argv.slice(2));
switch (commandLine.kind) {
  case 'help':
    process.stdout.write(USAGE);
    break;
  case 'version':
    process.stdout.write(`${readVersion()}\n`);
    break;
  case 'wrong':
    refuse(commandLine.sentence);
    break;
  case 'serve':
    await serve(commandLine.config);
    break;
  default:
    commandLine satisfies never;
}
