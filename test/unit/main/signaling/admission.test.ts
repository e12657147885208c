import fc from 'fast-check';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { admitUpgrade, isAddressedToUs } from '../../../../main/signaling/admission';

const rules = { allowOrigins: ['*'], hostNames: ['calls.example'] };
const host = 'localhost:9238';

it.each([
  ['/ns/room', { namespace: 'ns', room: 'room', host, app: false }],
  ['/ns/room?app', { namespace: 'ns', room: 'room', host, app: true }],
  ['/ns/room?pc&app=1', { namespace: 'ns', room: 'room', host, app: true }],
  ['/ns/room?happy', { namespace: 'ns', room: 'room', host, app: false }],
  ['/', { namespace: 'default', room: null, host, app: false }],
  ['/a/b/c', 400],
  ['/%E0%A4%A/b', 400],
] as const)('reads %s', (url, target) => {
  expect(admitUpgrade({ url, host, origin: undefined }, rules)).toEqual(target);
});

it.each([
  ['localhost', true],
  ['127.0.0.1:9238', true],
  ['[fe80::1]:9238', true],
  ['calls.example:443', true],
  [hostname(), true],
  ['evil.test', false],
  ['localhost.evil.test', false],
  ['calls.example@evil.test', false],
  ['', false],
  ['a b', false],
])('takes %j for a name of ours: %s', (name, isOurs) => {
  const target = admitUpgrade({ url: '/', host: name, origin: 'https://page.test' }, rules);
  expect(typeof target === 'object').toBe(isOurs);
});

it('refuses a request without a host, and never throws', () => {
  expect(admitUpgrade({ url: '/', host: undefined, origin: undefined }, rules)).toBe(400);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.option(fc.string()), (url, name, origin) => {
      const target = admitUpgrade({ url, host: name, origin: origin ?? undefined }, rules);
      expect([400, 403].includes(Number(target)) || typeof target === 'object').toBe(true);
    }),
  );
});

describe('the address a hello is signed for', () => {
  it.each([
    // What people dial.
    ['192.168.1.5:9238', '192.168.1.5', true],
    ['192.168.1.5:9238', '::ffff:192.168.1.5', true],
    ['[::ffff:192.168.1.5]:9238', '192.168.1.5', true],
    ['[fd00::2]:9238', 'fd00::2', true],
    ['[FD00:0::2]', 'fd00::2', true],
    ['[fe80::1]:9238', 'fe80::1%eth0', true],
    ['127.0.0.1:9238', '127.0.0.1', true],
    ['127.0.0.1:9238', '::ffff:127.0.0.1', true],
    ['[::1]:9238', '::1', true],
    ['localhost:9238', '::1', true],
    ['LOCALHOST', '::ffff:127.0.0.1', true],
    [`${hostname()}:9238`, '192.168.1.5', true],
    [`${hostname().toUpperCase()}.local:9238`, 'fd00::2', true],
    ['calls.example', '10.0.0.1', true],
    // Loopback is this machine by whatever name, as with a port that something here forwards.
    ['127.0.0.2:9238', '127.0.0.1', true],
    ['127.0.0.1:9238', '::1', true],
    // Another server's.
    ['192.168.1.6:9238', '192.168.1.5', false],
    ['192.168.1.6:9238', '127.0.0.1', false],
    ['[fd00::3]:9238', 'fd00::2', false],
    ['[fd00::2]:9238', '192.168.1.5', false],
    ['evil.test:9238', '192.168.1.5', false],
    ['evil.test:9238', '127.0.0.1', false],
    ['localhost.evil.test', '127.0.0.1', false],
    ['calls.example.evil.test', '10.0.0.1', false],
    ['calls.example@evil.test', '10.0.0.1', false],
    // A person's own loopback is not ours.
    ['127.0.0.1:9238', '192.168.1.5', false],
    ['[::1]:9238', 'fd00::2', false],
    ['localhost:9238', '192.168.1.5', false],
    // Nothing at all.
    ['', '127.0.0.1', false],
    ['a b', '127.0.0.1', false],
    ['127.0.0.1', undefined, false],
  ])('%j on a socket at %s is ours: %s', (dialled, localAddress, isOurs) => {
    expect(isAddressedToUs(dialled, localAddress, ['calls.example'])).toBe(isOurs);
  });

  it('is judged without throwing, and no address but our own is ours', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (dialled, local) => {
        fc.pre(!dialled.startsWith('127.') || !local.startsWith('127.'));
        expect(isAddressedToUs(`${dialled}:9238`, `::ffff:${local}`, [])).toBe(dialled === local);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (dialled, local) => {
        expect(typeof isAddressedToUs(dialled, local, [])).toBe('boolean');
      }),
    );
  });
});
