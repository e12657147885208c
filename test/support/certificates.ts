import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate for 127.0.0.1 and localhost, signed by itself, and its key: files in `folder`, and the PEM itself. */
export async function makeCertificate(folder: string): Promise<{ cert: string; key: string; pem: string }> {
  const name = join(folder, randomUUID());
  const [cert, key] = [`${name}.cert.pem`, `${name}.key.pem`];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', key, '-out', cert],
  ]);
  return { cert, key, pem: await readFile(cert, 'utf8') };
}
