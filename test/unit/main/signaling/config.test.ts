import { expect, it } from 'vitest';
import fc from 'fast-check';
import { parseCommandLine } from '../../../../main/signaling/config';

it('has a default for everything', () => {
  expect(parseCommandLine([])).toEqual({
    kind: 'serve',
    config: {
      port: 9238,
      listen: '127.0.0.1',
      allowOrigins: [],
      hostNames: [],
      heartbeatMs: 10_000,
      heartbeatTimeoutMs: 25_000,
      graceMs: 30_000,
    },
  });
});

it('reads every flag', () => {
  const args =
    '--port 0 --listen :: --allow-origin https://a.test --allow-origin=* --host-name Calls.Example ' +
    '--heartbeat-ms 50 --heartbeat-timeout-ms 120 --grace-ms 0';
  expect(parseCommandLine(args.split(' '))).toEqual({
    kind: 'serve',
    config: {
      port: 0,
      listen: '::',
      allowOrigins: ['https://a.test', '*'],
      hostNames: ['calls.example'],
      heartbeatMs: 50,
      heartbeatTimeoutMs: 120,
      graceMs: 0,
    },
  });
});

it.each([
  ['--port 70000', '--port must be at most 65535.'],
  ['--port many', '--port must be a whole number from 0 to 65535.'],
  ['--port=-1', '--port must be a whole number from 0 to 65535.'],
  ['--heartbeat-ms 1', '--heartbeat-ms must be at least 10.'],
  [
    '--heartbeat-ms 500 --heartbeat-timeout-ms 400',
    '--heartbeat-timeout-ms must be more than --heartbeat-ms.',
  ],
  ['--allow-origin example.org', '--allow-origin must be an origin such as https://example.org, or *.'],
  [
    '--allow-origin https://example.org/path',
    '--allow-origin must be an origin such as https://example.org, or *.',
  ],
  ['--host-name a:1', '--host-name must be a host name without a port.'],
])('says what is wrong with %s', (args, sentence) => {
  expect(parseCommandLine(args.split(' '))).toEqual({ kind: 'wrong', sentence });
});

it.each(['--unknown', '--port', 'positional', '--help=yes'])('names the flag in a sentence for %s', (arg) => {
  const commandLine = parseCommandLine([arg]);
  expect(commandLine).toMatchObject({ kind: 'wrong' });
  expect(JSON.stringify(commandLine)).toContain(arg.replace('=yes', ''));
});

it('answers --help and --version before anything else', () => {
  expect(parseCommandLine(['--help', '--port', 'x'])).toEqual({ kind: 'help' });
  expect(parseCommandLine(['--version'])).toEqual({ kind: 'version' });
});

it('never throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('--port', '--listen', '--', '-h', '--grace-ms=1'))),
      (args) => {
        const commandLine = parseCommandLine(args);
        if (commandLine.kind === 'wrong') expect(commandLine.sentence).toMatch(/\.$/);
      },
    ),
  );
});
