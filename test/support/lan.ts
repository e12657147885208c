/** A LAN of two computers that a test makes of network namespaces, each with a way out that is listened to. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One computer on the LAN: run something in `namespace` and it is there. */
export interface LanHost {
  namespace: string;
  /** On the LAN. */
  address: string;
}

const HOSTS = ['ann', 'ben'] as const;
type HostName = (typeof HOSTS)[number];

/** Where packets out of the LAN would go; nobody is there. */
const OUTSIDE = 'parley-outside';
const namespaceOf = (name: HostName): string => `parley-${name}`;

/** What is not a public address: RFC 1918, link-local, multicast, and IPv6's own ways to find neighbours. */
const TO_NOBODY_OUTSIDE =
  'dst net 10.0.0.0/8 or dst net 172.16.0.0/12 or dst net 192.168.0.0/16 or dst net 169.254.0.0/16 or ' +
  'dst net 127.0.0.0/8 or dst net 224.0.0.0/4 or dst host 255.255.255.255 or ' +
  'dst net fe80::/10 or dst net ff00::/8 or dst net fc00::/7';

/** @returns why there can be no LAN here, for a test to say as it is skipped; `null` where there can. */
export function noLanBecause(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are Linux’s';
  if (process.getuid?.() !== 0) return 'only root makes network namespaces';
  for (const [command, args] of [
    ['ip', ['netns', 'list']],
    ['nft', ['--version']],
    ['tcpdump', ['--version']],
  ] as const) {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
    } catch {
      return `there is no ${command} here that works`;
    }
  }
  return null;
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** In one namespace: `ip` with these words. */
const ip = (namespace: string, words: string): void => run('ip', '-n', namespace, ...words.split(' '));

/** The LAN, until it is removed. */
export class Lan {
  readonly ann = hostOf('ann');
  readonly ben = hostOf('ben');
  readonly #listeners: { child: ChildProcess; heard: string[] }[] = [];

  /** Makes it: an Ethernet cable between two computers, and each one's default route into a cable that leads nowhere. */
  static async make(): Promise<Lan> {
    Lan.#clear();
    for (const namespace of [OUTSIDE, ...HOSTS.map(namespaceOf)]) {
      run('ip', 'netns', 'add', namespace);
      ip(namespace, 'link set lo up');
    }
    ip(namespaceOf('ann'), `link add lan0 type veth peer name lan0 netns ${namespaceOf('ben')}`);
    for (const [index, name] of HOSTS.entries()) {
      const namespace = namespaceOf(name);
      ip(namespace, `addr add ${hostOf(name).address}/24 dev lan0`);
      ip(namespace, `addr add fd77::${String(index + 1)}/64 dev lan0 nodad`);
      ip(namespace, 'link set lan0 up');
      ip(namespace, `link add inet0 type veth peer name inet${String(index)} netns ${OUTSIDE}`);
      ip(OUTSIDE, `link set inet${String(index)} up`);
      ip(namespace, `addr add 10.99.${String(index)}.1/24 dev inet0`);
      ip(namespace, 'link set inet0 up');
      // A router that never answers, so that what is sent beyond the LAN goes out and is seen.
      ip(namespace, `neigh add 10.99.${String(index)}.254 lladdr 02:00:00:00:00:01 dev inet0 nud permanent`);
      ip(namespace, `route add default via 10.99.${String(index)}.254 dev inet0`);
    }
    const lan = new Lan();
    for (const name of HOSTS) await lan.#listen(namespaceOf(name));
    return lan;
  }

  /** One computer has these addresses on the LAN from now on, and no other. */
  readdress(name: HostName, addresses: readonly string[]): void {
    const namespace = namespaceOf(name);
    // The link-local address stays, as it does where a router hands out others.
    ip(namespace, 'addr flush dev lan0 scope global');
    for (const address of addresses)
      ip(namespace, `addr add ${address} dev lan0${address.includes(':') ? ' nodad' : ''}`);
  }

  /** From now on nothing that is sent to everybody leaves a computer. */
  dropMulticast(): void {
    for (const name of HOSTS) {
      const nft = (...words: string[]): void =>
        run('ip', 'netns', 'exec', namespaceOf(name), 'nft', ...words);
      nft('add', 'table', 'inet', 'parley');
      nft('add', 'chain', 'inet', 'parley', 'out', '{ type filter hook output priority 0; }');
      nft('add', 'rule', 'inet', 'parley', 'out', 'ip', 'daddr', '224.0.0.0/4', 'drop');
      nft('add', 'rule', 'inet', 'parley', 'out', 'ip6', 'daddr', 'ff02::fb', 'drop');
    }
  }

  /**
   * What was sent to public addresses until now, one line a packet. Sends one itself before it looks: who hears
   * nothing must be known to have listened.
   */
  async sentOutside(): Promise<string[]> {
    for (const name of HOSTS) {
      const send = `require('node:dgram').createSocket('udp4').send('x', 9, '${CANARY}', () => process.exit())`;
      run('ip', 'netns', 'exec', namespaceOf(name), process.execPath, '-e', send);
    }
    for (const { child, heard } of this.#listeners)
      while (!heard.some((line) => line.includes(CANARY))) await nextLine(child);
    return this.#listeners.flatMap(({ heard }) => heard.filter((line) => !line.includes(CANARY)));
  }

  remove(): void {
    for (const { child } of this.#listeners) child.kill('SIGKILL');
    Lan.#clear();
  }

  async #listen(namespace: string): Promise<void> {
    const command = ['tcpdump', '-n', '-l', '-i', 'inet0', `(ip or ip6) and not (${TO_NOBODY_OUTSIDE})`];
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const heard: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => heard.push(line));
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (line.includes('listening on')) resolve();
      });
    });
    this.#listeners.push({ child, heard });
  }

  /** Also what a test left that was killed. */
  static #clear(): void {
    for (const namespace of [OUTSIDE, ...HOSTS.map(namespaceOf)]) {
      try {
        execFileSync('ip', ['netns', 'del', namespace], { stdio: 'ignore' });
      } catch {
        // There was none.
      }
    }
  }
}

/** A public address, of those that are for documents. */
const CANARY = '192.0.2.1';

function hostOf(name: HostName): LanHost {
  return { namespace: namespaceOf(name), address: `10.77.0.${String(HOSTS.indexOf(name) + 1)}` };
}

function nextLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once('data', () => setImmediate(resolve)));
}
