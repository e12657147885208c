import type { NetworkInterfaceInfo } from 'node:os';
import type { HostAddress } from '../preload/bridge';

/** Names of interfaces that containers, virtual machines and tunnels make, on the three systems. */
const VIRTUAL =
  /^(docker|br-|veth.*@|virbr|vmnet|vboxnet|utun|tun|tap|wg|tailscale|zt|awdl|llw|bridge|lxc|lxd|cni|flannel|vEthernet|VMware|VirtualBox|ham)/i;

/** Whether an interface belongs to containers, machines in the machine or tunnels. */
export const isVirtual = (network: string): boolean => VIRTUAL.test(network);

/**
 * The addresses a server on this machine can be reached at, most useful first: IPv4 before IPv6, real networks
 * before virtual ones. Link-local IPv6 is left out (it needs a zone that means nothing on the other machine); the
 * loopback address appears only where there is nothing else.
 * @param interfaces what `os.networkInterfaces()` says
 */
export function hostAddresses(
  interfaces: Record<string, NetworkInterfaceInfo[] | undefined>,
  port: number,
): HostAddress[] {
  const found: HostAddress[] = [];
  for (const [network, addresses = []] of Object.entries(interfaces)) {
    for (const { address, family, internal } of addresses) {
      if (/^fe80:/i.test(address) || (internal && address !== '127.0.0.1')) continue;
      found.push({
        url: `ws://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
        network,
        kind: internal ? 'loopback' : isVirtual(network) ? 'virtual' : 'lan',
      });
    }
  }
  const reachable = found.filter(({ kind }) => kind !== 'loopback');
  const rank = ({ kind, url }: HostAddress): number =>
    (kind === 'lan' ? 0 : 2) + (url.startsWith('ws://[') ? 1 : 0);
  return (reachable.length > 0 ? reachable : found).sort((a, b) => rank(a) - rank(b));
}
