import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { hostAddresses } from '../../../main/network-addresses';

const address = (text: string, internal = false): NetworkInterfaceInfo => {
  const rest = { netmask: '', mac: '', internal, cidr: null };
  return text.includes(':')
    ? { ...rest, address: text, family: 'IPv6', scopeid: 0 }
    : { ...rest, address: text, family: 'IPv4' };
};

test('real networks come before virtual ones, IPv4 before IPv6', () => {
  const found = hostAddresses(
    {
      lo: [address('127.0.0.1', true), address('::1', true)],
      docker0: [address('172.17.0.1')],
      eth0: [address('fd00::5'), address('192.168.1.5'), address('fe80::1')],
      tailscale0: [address('100.64.0.9')],
    },
    9238,
  );
  expect(found).toEqual([
    { url: 'ws://192.168.1.5:9238', network: 'eth0', kind: 'lan' },
    { url: 'ws://[fd00::5]:9238', network: 'eth0', kind: 'lan' },
    { url: 'ws://172.17.0.1:9238', network: 'docker0', kind: 'virtual' },
    { url: 'ws://100.64.0.9:9238', network: 'tailscale0', kind: 'virtual' },
  ]);
});

test.each(['vEthernet (External)', 'bridge0'])(
  '%s is the LAN where no other interface has an address',
  (name) => {
    const holder = { [name]: [address('192.168.1.5'), address('fe80::2')] };
    const found = [{ url: 'ws://192.168.1.5:9238', network: name, kind: 'lan' }];
    expect(hostAddresses({ lo: [address('127.0.0.1', true)], en0: [], ...holder }, 9238)).toEqual(found);
    // Every interface that is up has one of these.
    expect(hostAddresses({ en0: [address('fe80::1')], ...holder }, 9238)).toEqual(found);
  },
);

test('without a network the loopback address is better than none', () => {
  expect(hostAddresses({ lo: [address('127.0.0.1', true), address('::1', true)] }, 1)).toEqual([
    { url: 'ws://127.0.0.1:1', network: 'lo', kind: 'loopback' },
  ]);
});
