import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { addressesOn, isOwn, networksOf, onLink } from '../../../../main/nearby/networks';

const v4 = (address: string, prefix = 24, internal = false): NetworkInterfaceInfo => ({
  address,
  family: 'IPv4',
  netmask: '',
  mac: '',
  internal,
  cidr: `${address}/${String(prefix)}`,
});
const v6 = (address: string, prefix = 64): NetworkInterfaceInfo => ({
  address,
  family: 'IPv6',
  netmask: '',
  mac: '',
  internal: false,
  cidr: `${address}/${String(prefix)}`,
  scopeid: 2,
});

const interfaces = {
  lo: [v4('127.0.0.1', 8, true)],
  eth0: [v4('192.168.1.5'), v6('fe80::5'), v6('fd00:1::5')],
  wlan0: [v6('fe80::7')],
  docker0: [v4('172.17.0.1', 16)],
  tun0: [v4('10.8.0.2')],
};

it('looks for people on real networks, in each family, and not among containers or through tunnels', () => {
  expect(networksOf(interfaces).map(({ name, family, id }) => [name, family, id])).toEqual([
    ['eth0', 'IPv4', 'eth0 192.168.1.5'],
    ['eth0', 'IPv6', 'eth0 fe80::5'],
    ['wlan0', 'IPv6', 'wlan0 fe80::7'],
  ]);
});

it('looks for people on a virtual switch or a bridge that holds the only address', () => {
  const bridged = { lo: interfaces.lo, eth0: [v6('fe80::5')], bridge0: [v4('192.168.1.5')] };
  expect(networksOf(bridged).map(({ id }) => id)).toEqual(['eth0 fe80::5', 'bridge0 192.168.1.5']);
  expect(onLink(bridged)('192.168.1.77')).toBe(true);
});

it('says only addresses that a URL can carry', () => {
  expect(addressesOn('eth0', interfaces)).toEqual(['192.168.1.5', 'fd00:1::5']);
  expect(addressesOn('wlan0', interfaces)).toEqual([]);
  expect(addressesOn('lo', interfaces)).toEqual([]);
});

it.each([
  ['192.168.1.77', true],
  ['fd00:1::77', true],
  ['fe80::77', true],
  ['192.168.2.77', false],
  ['8.8.8.8', false],
  ['2001:db8::1', false],
  ['127.0.0.1', false],
  ['172.17.0.3', false],
  ['10.8.0.9', false],
  ['example.org', false],
  ['', false],
])('%s is near: %s', (address, near) => {
  expect(onLink(interfaces)(address)).toBe(near);
});

it('knows its own addresses', () => {
  expect(isOwn('192.168.1.5', interfaces)).toBe(true);
  expect(isOwn('fe80::5%eth0', interfaces)).toBe(true);
  expect(isOwn('192.168.1.6', interfaces)).toBe(false);
});
