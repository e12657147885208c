#!/usr/bin/env node
/** The headless server: `npm run serve`, and the built `parley-server`. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { version } from '../../package.json';
import { parseCommandLine, printableConfig, systemCode, type CertificateFiles, type Config } from './config';
import { usage } from './flags';
import { createMetricsServer, isAddressInUse, listen, type Certificate } from './http';
import { lineLogger } from './logger';
import { createSignalingServer, type SignalingServer } from './server';
import { boundYoungSpace } from './young-space';

/** Exit code for what the operator can mend. */
const BAD_CONFIGURATION = 2;
/**
 * Signals that come so close together are one wish: a terminal tells all that runs in it of Ctrl-C, and `npm run serve`
 * passes on what it was told.
 */
const ONE_WISH_MS = 300;

/** Ends the process with a sentence for the operator. */
class Refusal extends Error {}

async function serve(config: Config): Promise<void> {
  boundYoungSpace();
  const write = (line: string): void => {
    process.stdout.write(line);
  };
  const logger = lineLogger({ write, level: config.logLevel, format: config.logFormat });
  const server = createSignalingServer({
    mode: 'rooms-on-demand',
    version,
    heartbeatMs: config.heartbeatMs,
    timeoutMs: config.heartbeatTimeoutMs,
    graceMs: config.graceMs,
    roomCapacity: config.roomCapacity,
    allowOrigins: config.allowOrigins,
    hostNames: config.hostNames,
    presenceOff: config.presenceOff,
    trustProxies: config.trustProxies,
    maxConnections: config.maxConnections,
    maxPerAddress: config.maxPerIp,
    maxRooms: config.maxRooms,
    joinSecret: config.joinSecret,
    certificate: config.tls && readCertificate(config.tls),
    ice: { stunUrls: config.stunUrls, turn: config.turn },
    logger,
  });

  // Before the first line says that it runs: whoever reads it may stop it.
  const stop = stopOnSignals(server, config.drainMs);
  const { tls } = config;
  if (process.stdout.isTTY && !tls) {
    // Nothing to read again: the terminal was closed.
    process.on('SIGHUP', stop);
  } else {
    process.on('SIGHUP', () => {
      if (!tls) {
        logger.warn('nothing-to-read-again');
        return;
      }
      try {
        server.useCertificate(readCertificate(tls));
        logger.info('certificate-read-again');
      } catch (error) {
        // The one it has is still good; what is wrong with the other is for the operator to read.
        logger.error('certificate-refused', { error: error instanceof Error ? error.message : 'unknown' });
      }
    });
  }

  const { port } = await server.listen({ host: config.listen, port: config.port }).catch((error: unknown) => {
    throw new Refusal(whyNotListening(error, config.listen, config.port));
  });
  const metricsPort = await listenForMetrics(server, config.metricsPort);
  write(
    `${JSON.stringify({
      event: 'listening',
      port,
      listen: config.listen,
      tls: tls !== null,
      ...(metricsPort === null ? {} : { metricsPort }),
      version,
    })}\n`,
  );
}

async function listenForMetrics(server: SignalingServer, port: number | null): Promise<number | null> {
  if (port === null) return null;
  const metrics = createMetricsServer(() => server.renderMetrics());
  return listen(metrics, { host: '127.0.0.1', port }).catch((error: unknown) => {
    throw new Refusal(
      isAddressInUse(error)
        ? `--metrics-port ${port} is taken by another program; give another one, or 0 for any.`
        : `--metrics-port ${port} does not work (${systemCode(error)}).`,
    );
  });
}

/** @returns what a signal does. */
function stopOnSignals(server: SignalingServer, drainMs: number): () => void {
  let askedAt: number | null = null;
  const stop = (): void => {
    const now = performance.now();
    // Who asks twice does not want to wait.
    if (askedAt !== null && now - askedAt > ONE_WISH_MS) process.exit(0);
    if (askedAt !== null) return;
    askedAt = now;
    server.drain(drainMs).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return stop;
}

/** @throws {Refusal} for files that cannot be read, are no PEM, or do not belong together. */
function readCertificate(files: CertificateFiles): Certificate {
  const read = (flag: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new Refusal(`${flag} cannot be read (${systemCode(error)}): ${path}.`);
    }
  };
  const certificate = { cert: read('--tls-cert', files.cert), key: read('--tls-key', files.key) };
  const problemWith = (parts: Partial<Certificate>): boolean => {
    try {
      createSecureContext(parts);
      return false;
    } catch {
      return true;
    }
  };
  if (problemWith({ cert: certificate.cert })) {
    throw new Refusal(`--tls-cert is no certificate in PEM: ${files.cert}.`);
  }
  if (problemWith({ key: certificate.key })) throw new Refusal(`--tls-key is no key in PEM: ${files.key}.`);
  if (problemWith(certificate)) throw new Refusal('--tls-key is not the key of --tls-cert.');
  return certificate;
}

function whyNotListening(error: unknown, listen: string, port: number): string {
  if (isAddressInUse(error))
    return `--port ${port} is taken by another program; give another one, or 0 for any.`;
  const code = systemCode(error);
  if (code === 'EACCES') return `--port ${port} may not be used by this user; give one above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `--listen ${listen} is no address of this machine.`;
  return `--listen ${listen} with --port ${port} does not work (${code}).`;
}

// Whoever read the log may have gone; calls are not to end for that.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const commandLine = parseCommandLine(process.argv.slice(2));
switch (commandLine.kind) {
  case 'help':
    process.stdout.write(usage());
    break;
  case 'version':
    process.stdout.write(`${version}\n`);
    break;
  case 'print-config':
    process.stdout.write(`${printableConfig(commandLine.config)}\n`);
    break;
  case 'wrong':
    refuse(commandLine.sentence);
    break;
  case 'serve':
    await serve(commandLine.config).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      refuse(error.message);
    });
    break;
  default:
    commandLine satisfies never;
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exit(BAD_CONFIGURATION);
}
