import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  addressKey,
  clientAddress,
  maskedAddress,
  parseCidr,
  trustedProxies,
} from '../../../../main/signaling/client-address';

const proxies = trustedProxies(['10.0.0.0/8', '2001:db8::/32', '127.0.0.1']);

describe('clientAddress', () => {
  it.each([
    ['the socket itself, where nobody else speaks for it', '203.0.113.7', undefined, '203.0.113.7'],
    ['nothing that a stranger claims', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['what a trusted proxy says', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    [
      'what the last proxy that is trusted says',
      '10.0.0.1',
      '1.1.1.1, 198.51.100.1, 10.2.3.4',
      '198.51.100.1',
    ],
    ['the first one, where all are trusted', '127.0.0.1', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['the proxy, where it says nonsense', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['the proxy, where it says nothing', '10.0.0.1', '', '10.0.0.1'],
    ['an address with its port', '10.0.0.1', '198.51.100.1:5000', '198.51.100.1'],
    ['an IPv6 address with its port', '2001:db8::1', '[2001:db9::7]:5000', '2001:db9::7'],
    ['IPv4 on a socket of both families', '::ffff:10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['a link-local address without its interface', 'fe80::1%eth0', undefined, 'fe80::1'],
  ])('is %s', (_what, remote, forwarded, address) => {
    expect(clientAddress(remote, forwarded, proxies)).toBe(address);
  });

  it('never throws, and is an address whenever the socket has one', () => {
    fc.assert(
      fc.property(fc.option(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), { nil: undefined }), (forwarded) => {
        expect(isIP(clientAddress('10.0.0.1', forwarded, proxies))).not.toBe(0);
      }),
    );
  });
});

it.each([
  ['10.0.0.0/8', { address: '10.0.0.0', prefix: 8, family: 'ipv4' }],
  ['::1', { address: '::1', prefix: 128, family: 'ipv6' }],
  ['10.0.0.0/33', null],
  ['10.0.0.0/', null],
  ['ten/8', null],
  ['', null],
])('reads the range %j', (text, cidr) => {
  expect(parseCidr(text)).toEqual(cidr);
});

it('takes a /64 for one address, and tells less than an address in logs', () => {
  expect(addressKey('198.51.100.1')).toBe('198.51.100.1');
  expect(addressKey('2001:db8:0:7:1::9')).toBe(addressKey('2001:DB8:0:7::'));
  expect(addressKey('2001:db8:0:7::')).not.toBe(addressKey('2001:db8:0:8::'));
  expect(addressKey('::1')).toBe('0:0:0:0::/64');
  expect(maskedAddress('198.51.100.1')).toBe('198.51.100.0/24');
  expect(maskedAddress('2001:db8:1:2:3::')).toBe('2001:db8:1::/48');
  expect(maskedAddress('')).toBe('unknown');
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      expect(addressKey(address)).toMatch(/^([\da-f]{1,4}:){4}:\/64$/);
    }),
  );
});
