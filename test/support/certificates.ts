import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
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

/**
 * A home folder whose person trusts a certificate, as Chromium on Linux looks it up: in the NSS database there.
 * @param pem file of the certificate, which signed itself.
 */
export async function trustAtHome(home: string, pem: string): Promise<void> {
  const folder = join(home, '.pki/nssdb');
  await mkdir(folder, { recursive: true });
  const certutil = (...args: string[]) => run('certutil', ['-d', `sql:${folder}`, ...args]);
  await certutil('-N', '--empty-password');
  await certutil('-A', '-n', 'Parley test', '-t', 'CP,,', '-i', pem);
}
