/** What an operator can get wrong: exit code 2, one plain sentence that names the flag, never a stack trace. */
import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { makeCertificate } from '../support/certificates';
import { plainAs, RawMember } from '../support/signaling-clients';
import { buildEntries, startHeadless, withTakenPort } from '../support/signaling-servers';

let entries: Awaited<ReturnType<typeof buildEntries>>;
beforeAll(async () => {
  entries = await buildEntries();
});
afterAll(() => entries.remove());

const run = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(entries.folder, 'dist/server/parley-server.js'), ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, ...env },
  });

function expectRefusal(result: ReturnType<typeof run>, sentence: string): void {
  expect(result).toMatchObject({ status: 2, stdout: '', stderr: `${sentence}\n` });
}

it('refuses a taken port', async () => {
  await withTakenPort((port) => {
    expectRefusal(
      run(['--port', String(port)]),
      `--port ${port} is taken by another program; give another one, or 0 for any.`,
    );
  });
});

it('refuses a taken port for metrics, and listens nowhere', async () => {
  await withTakenPort((port) => {
    expectRefusal(
      run(['--port', '0', '--metrics-port', String(port)]),
      `--metrics-port ${port} is taken by another program; give another one, or 0 for any.`,
    );
  });
});

it.each([
  ['--port', 'x'],
  ['--port', '-1'],
  ['--listen', '--port', '3'],
  ['--listen', '203.0.113.7', '--port', '0'],
  ['--listen', 'no.such.host.invalid', '--port', '0'],
  ['--allow-origin', 'nonsense'],
  ['--trust-proxy', '10.0.0.0/99'],
  ['--join-secret-file', '/nowhere/secret'],
  ['--turn-url', 'turn:t.test'],
  ['--turn-url', 'turn:t.test?transport=tpc', '--port', '0', '--turn-secret-file', import.meta.filename],
  ['--stun-url', 'stun:s.test:99999999', '--port', '0'],
  ['--stun-url', 'stun:s.test?transport=udp', '--port', '0'],
  ['--turn-ttl', '60', '--turn-url', 'turn:t.test', '--turn-secret-file', import.meta.filename],
  ['--max-per-ip', '0'],
  ['--what'],
])('refuses %s %s with one sentence that names the flag', (flag, ...rest) => {
  const { status, stderr, stdout } = run([flag, ...rest]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(flag);
});

it('says which variable of the environment is wrong', () => {
  expectRefusal(
    run([], { PARLEY_MAX_ROOMS: 'many' }),
    '--max-rooms (by PARLEY_MAX_ROOMS) must be a whole number from 1 to 1000000.',
  );
});

describe('certificates', () => {
  it('are refused where they cannot be read, are none, or belong to another key', async () => {
    const [first, second] = await Promise.all([
      makeCertificate(entries.folder),
      makeCertificate(entries.folder),
    ]);
    const nonsense = join(entries.folder, 'nonsense.pem');
    await writeFile(nonsense, 'no certificate\n');
    const tls = (cert: string, key: string) => run(['--port', '0', '--tls-cert', cert, '--tls-key', key]);
    expectRefusal(tls('/nowhere/c.pem', first.key), '--tls-cert cannot be read (ENOENT): /nowhere/c.pem.');
    expectRefusal(tls(nonsense, first.key), `--tls-cert is no certificate in PEM: ${nonsense}.`);
    expectRefusal(tls(first.cert, nonsense), `--tls-key is no key in PEM: ${nonsense}.`);
    expectRefusal(tls(first.cert, second.key), '--tls-key is not the key of --tls-cert.');
  });
});

describe('a good command line', () => {
  it('says its version and what it can do', () => {
    expect(run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(run(['--help']).stdout).toContain('--heartbeat-timeout-ms');
  });

  it('prints what the server would do, and no secret', async () => {
    const file = join(entries.folder, 'secret.txt');
    await writeFile(file, 'open sesame\n');
    await chmod(file, 0o600);
    const { status, stdout } = run(['--print-config', '--join-secret-file', file], {
      PARLEY_TURN_SECRET: 'shared with coturn',
      PARLEY_TURN_URL: 'turn:t.test',
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ joinSecret: '(hidden)', turn: { urls: ['turn:t.test'] } });
    expect(stdout).not.toMatch(/sesame|coturn/);
  });

  it('may say everything by the environment', async () => {
    const server = await startHeadless(entries.folder, [], {
      PARLEY_LOG_FORMAT: 'text',
      PARLEY_MAX_CONNECTIONS: '1',
    });
    const first = await plainAs(server.url, '/ns/room');
    const second = await new RawMember(server.url).opened.catch((error: unknown) => error);
    expect(String(second)).toContain('503');
    expect(await server.log.next((line) => line.includes('refused'))).toMatch(
      / warn refused reason=server-full status=503 from=127\.0\.0\.0\/24$/,
    );
    first.socket.close();
    expect(await server.stop()).toBe(0);
  });
});
