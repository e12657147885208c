import fc from 'fast-check';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { admitUpgrade } from '../../../../main/signaling/admission';

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
