/** The networks this computer is on, as far as people can be near on them. */
import { BlockList, isIP } from 'node:net';
import { canBeDialled, lanInterfaces, type Interfaces } from '../network-addresses';

/** One of this computer's interfaces to a network, in one family. */
export interface Network {
  /** Tells it from the others, and from itself with another address. */
  id: string;
  name: string;
  family: 'IPv4' | 'IPv6';
  /** What multicast is sent from: an IPv4 address, or `::%eth0`. */
  from: string;
}

/** Where one can look for people: interfaces to a LAN, in each family that they have an address of. */
export function networksOf(interfaces: Interfaces): Network[] {
  return Object.entries(lanInterfaces(interfaces)).flatMap(([name, addresses = []]) => {
    const ours = addresses.filter(({ internal }) => !internal);
    const v4 = ours.find(({ family }) => family === 'IPv4');
    const v6 = ours.find(({ family }) => family === 'IPv6');
    const scope = v6 && 'scopeid' in v6 && process.platform === 'win32' ? String(v6.scopeid) : name;
    const found: Network[] = [];
    if (v4) found.push({ id: `${name} ${v4.address}`, name, family: 'IPv4', from: v4.address });
    if (v6) found.push({ id: `${name} ${v6.address}`, name, family: 'IPv6', from: `::%${scope}` });
    return found;
  });
}

/** Addresses to be reached at on one network. */
export function addressesOn(name: string, interfaces: Interfaces): string[] {
  return (interfaces[name] ?? []).filter(canBeDialled).map(({ address }) => address);
}

/** Tells whether an address is on a network that this computer is on: nothing is sent beyond. */
export function onLink(interfaces: Interfaces): (address: string) => boolean {
  const near = new BlockList();
  for (const addresses of Object.values(lanInterfaces(interfaces))) {
    for (const { address, cidr, family, internal } of addresses ?? []) {
      const prefix = Number(cidr?.split('/')[1]);
      if (!internal && Number.isInteger(prefix))
        near.addSubnet(address.replace(/%.*$/, ''), prefix, family === 'IPv6' ? 'ipv6' : 'ipv4');
    }
  }
  return (address) => {
    const bare = address.replace(/%.*$/, '');
    const family = isIP(bare);
    return family !== 0 && near.check(bare, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Whether an address is this computer's own. */
export function isOwn(address: string, interfaces: Interfaces): boolean {
  const bare = address.replace(/%.*$/, '');
  return Object.values(interfaces).some((all = []) =>
    all.some((one) => one.address.replace(/%.*$/, '') === bare),
  );
}
