import type { NetworkInterfaceInfo } from 'node:os';
import type { HostAddress } from '../preload/bridge';

/** Names of interfaces that containers, virtual machines and tunnels make, on the three systems. */
const VIRTUAL =
  /^(docker|br-|veth.*@|virbr|vmnet|vboxnet|utun|tun|tap|wg|tailscale|zt|awdl|llw|bridge|lxc|lxd|cni|flannel|vEthernet|VMware|VirtualBox|ham)/i;

/** What `os.networkInterfaces()` says. */
export type Interfaces = Record<string, NetworkInterfaceInfo[] | undefined>;

/**
 * The interfaces that people can be near on. Those of containers, machines in the machine and tunnels only while no
 * other has an address: a bridge or a virtual switch may hold that of the LAN.
 */
export function lanInterfaces(interfaces: Interfaces): Interfaces {
  const real = Object.entries(interfaces).filter(([network]) => !VIRTUAL.test(network));
  const isReal = real.some(([, addresses = []]) => addresses.some(canBeDialled));
  return isReal ? Object.fromEntries(real) : interfaces;
}

/** Whether another machine can use an address: link-local IPv6 needs a zone that means nothing there. */
export const canBeDialled = ({ address, internal }: NetworkInterfaceInfo): boolean =>
  !internal && !/^fe80:/i.test(address);

/**
 * The addresses a server on this machine can be reached at, most useful first: IPv4 before IPv6, real networks
 * before virtual ones; the loopback address appears only where there is nothing else.
 */
export function hostAddresses(interfaces: Interfaces, port: number): HostAddress[] {
  const lan = lanInterfaces(interfaces);
  const found: HostAddress[] = [];
  for (const [network, addresses = []] of Object.entries(interfaces)) {
    for (const one of addresses) {
      const { address, family, internal } = one;
      if (!canBeDialled(one) && address !== '127.0.0.1') continue;
      found.push({
        url: `ws://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
        network,
        kind: internal ? 'loopback' : network in lan ? 'lan' : 'virtual',
      });
    }
  }
  const reachable = found.filter(({ kind }) => kind !== 'loopback');
  const rank = ({ kind, url }: HostAddress): number =>
    (kind === 'lan' ? 0 : 2) + (url.startsWith('ws://[') ? 1 : 0);
  return (reachable.length > 0 ? reachable : found).sort((a, b) => rank(a) - rank(b));
}
