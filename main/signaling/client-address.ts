/** Where a socket comes from: its own address, or the one that a trusted proxy names. */
import { BlockList, isIP } from 'node:net';

/** Addresses whose `X-Forwarded-For` counts. */
export interface TrustedProxies {
  includes(address: string): boolean;
}

/** @returns the family and prefix of `address/bits` or of a bare address; `null` if it is neither. */
export function parseCidr(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | null {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const whole = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? whole : Number(bits);
  return prefix > whole ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/**
 * @param cidrs as {@link parseCidr} reads them
 * @throws {TypeError} for one that it does not read
 */
export function trustedProxies(cidrs: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const text of cidrs) {
    const cidr = parseCidr(text);
    if (cidr === null) throw new TypeError(`${text} is no address range`);
    list.addSubnet(cidr.address, cidr.prefix, cidr.family);
  }
  return {
    includes: (address) =>
      // To look an address up costs something, even in an empty list.
      cidrs.length > 0 && isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'),
  };
}

/**
 * Who is at the far end. A proxy appends the address it was dialled from, so the list is read from its end for as
 * long as each entry was written by a proxy we trust; the first other one is the client.
 * @param remote the socket's own far end
 * @param forwardedFor the `X-Forwarded-For` header, if there is one
 */
export function clientAddress(
  remote: string | undefined,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): string {
  let client = plainAddress(remote ?? '');
  // Most sockets: to look an address up in a list costs something, even in an empty one.
  if (forwardedFor === undefined) return client;
  for (const entry of forwardedFor.split(',').reverse()) {
    if (!trusted.includes(client)) break;
    const next = plainAddress(entry.trim().replace(/^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2'));
    if (isIP(next) === 0) break;
    client = next;
  }
  return client;
}

/**
 * What one household or host shares: an IPv4 address, or the /64 of an IPv6 one, since whoever has one address of it
 * has all of them.
 */
export function addressKey(address: string): string {
  return isIP(address) === 6 ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** An address that says where somebody is from, not who: /24 or /48. */
export function maskedAddress(address: string): string {
  switch (isIP(address)) {
    case 4:
      return `${address.split('.').slice(0, 3).join('.')}.0/24`;
    case 6:
      return `${groupsOf(address).slice(0, 3).join(':')}::/48`;
    default:
      return 'unknown';
  }
}

/** Without the interface of a link-local address; IPv4 on a socket of both families is mapped, and is IPv4. */
function plainAddress(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  // The URL parser spells every address one way: lower case, hexadecimal to the end, the longest zeros as `::`.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}
