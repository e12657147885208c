import type { RemoteInfo } from 'node:dgram';
import type { NearbyView } from '../../preload/bridge';
import type { Interfaces } from '../network-addresses';
import { maskedAddress } from '../signaling/client-address';
import type { Clock, Timer } from '../signaling/clock';
import type { Logger } from '../signaling/logger';
import {
  announcementOf,
  goodbyeOf,
  instanceOf,
  isForUs,
  QUESTION,
  readResponse,
  type Answer,
} from './announcement';
import { addressesOn, isOwn, networksOf, onLink, type Network } from './networks';

/** Something like multicast DNS on one interface. */
interface MulticastSocket {
  ask(question: typeof QUESTION): void;
  /** Calls back when it is out, or cannot be sent. */
  say(answers: Answer[], done?: () => void): void;
  close(): void;
}

/** What a socket hears, and what goes wrong with it; the packets are whatever somebody sent. */
interface MulticastListener {
  onQuery: (packet: unknown, from: RemoteInfo) => void;
  onResponse: (packet: unknown, from: RemoteInfo) => void;
  onTrouble: (error: Error) => void;
}

export type OpenMulticast = (network: Network, listener: MulticastListener) => MulticastSocket;

export interface DiscoveryParts {
  /** Own public key. */
  key: string;
  interfaces: () => Interfaces;
  open: OpenMulticast;
  clock: Clock;
  log: Logger;
  /** Where somebody says they are: `ws://host:port`, of networks this computer is on. */
  onSighted: (key: string, servers: string[]) => void;
  onGoodbye: (instance: string) => void;
  onSearch: (search: NearbyView['search']) => void;
  /** This computer has other addresses than before. */
  onMoved: () => void;
}

/** Asked and said again at these times: packets get lost, and a network that was just joined takes a moment. */
const ROUNDS_MS = [0, 1000, 3000, 9000];
const REPEAT_MS = 60_000;
/** Whoever is there has answered by now. */
const LOOK_MS = 4000;
/** RFC 6762, section 6: nothing is said again on a network within a second. */
const PAUSE_MS = 1000;
/** The OS tells Node of no change. */
const WATCH_MS = 3000;
/** A goodbye that does not get out holds nobody up. */
const GOODBYE_MS = 200;
/** Of whom the log has said that they talk nonsense. */
const MAX_BABBLERS = 64;

interface Post {
  network: Network;
  socket: MulticastSocket;
  saidAtMs: number;
  owed: Timer | null;
}

/**
 * Finds others on the networks this computer is on, and lets itself be found, by multicast DNS: one socket an interface
 * and family. It only finds; whether somebody is there is for a socket to them to tell.
 */
export class Discovery {
  readonly #parts: DiscoveryParts;
  readonly #posts = new Map<string, Post>();
  readonly #rounds = new Set<Timer>();
  readonly #babblers = new Set<string>();
  #watch: Timer | null = null;
  #shown = '';
  /** `null` while others are not to find this app. */
  #port: number | null = null;
  #heardSelf = false;
  #isOn = false;
  #isNear: (address: string) => boolean = () => false;

  constructor(parts: DiscoveryParts) {
    this.#parts = parts;
  }

  /** Looks for others from now on; with a port, lets them find this app there. */
  start(port: number | null): void {
    const before = this.#port;
    if (this.#isOn && before !== null && port === null) void this.#sayGoodbye([...this.#posts.values()]);
    this.#port = port;
    const wasOn = this.#isOn;
    this.#isOn = true;
    this.#follow();
    if (!wasOn || (port !== before && port !== null)) this.look();
  }

  /** Looks again, and says again where this app is. */
  look(): void {
    if (!this.#isOn) return;
    this.#stopRounds();
    this.#heardSelf = false;
    this.#parts.onSearch(this.#posts.size === 0 ? 'no-network' : 'looking');
    for (const ms of ROUNDS_MS) this.#after(ms, () => this.#round());
    this.#after(LOOK_MS, () => this.#conclude());
    const repeat = (): void => {
      this.#round();
      this.#after(REPEAT_MS, repeat);
    };
    this.#after(REPEAT_MS, repeat);
  }

  /** After sleep: sockets of before may hear nothing any more. */
  wake(): void {
    if (!this.#isOn) return;
    for (const post of [...this.#posts.values()]) this.#close(post);
    this.#shown = '';
    this.#follow();
    this.look();
  }

  /** Says goodbye, and neither looks nor is found from then on. */
  async stop(): Promise<void> {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#stopRounds();
    if (this.#watch !== null) this.#parts.clock.clearTimeout(this.#watch);
    this.#watch = null;
    this.#shown = '';
    const posts = [...this.#posts.values()];
    this.#posts.clear();
    if (this.#port !== null) await this.#sayGoodbye(posts);
    for (const post of posts) this.#close(post);
  }

  #conclude(): void {
    const isAnywhere = this.#posts.size > 0;
    this.#parts.onSearch(!isAnywhere ? 'no-network' : this.#heardSelf ? 'looked' : 'blocked');
  }

  #round(): void {
    for (const post of this.#posts.values()) {
      post.socket.ask(QUESTION);
      this.#say(post);
    }
  }

  #say(post: Post): void {
    const { key, interfaces, clock } = this.#parts;
    if (this.#port === null) return;
    const waitMs = post.saidAtMs + PAUSE_MS - clock.now();
    if (waitMs > 0) {
      post.owed ??= clock.setTimeout(() => {
        post.owed = null;
        this.#say(post);
      }, waitMs);
      return;
    }
    post.saidAtMs = clock.now();
    const addresses = addressesOn(post.network.name, interfaces());
    post.socket.say(announcementOf({ key, port: this.#port, addresses }));
  }

  #sayGoodbye(posts: readonly Post[]): Promise<unknown> {
    const { key, clock } = this.#parts;
    const said = posts.map(
      ({ socket }) => new Promise<void>((resolve) => socket.say(goodbyeOf(key), resolve)),
    );
    const late = new Promise<void>((resolve) => clock.setTimeout(resolve, GOODBYE_MS));
    return Promise.race([Promise.all(said), late]);
  }

  /** Has one socket for each network there is. */
  #follow(): void {
    const { interfaces, clock, onMoved } = this.#parts;
    if (this.#watch !== null) clock.clearTimeout(this.#watch);
    this.#watch = clock.setTimeout(() => this.#follow(), WATCH_MS);
    const now = interfaces();
    const networks = networksOf(now);
    const shown = JSON.stringify(networks.map(({ id, name }) => [id, addressesOn(name, now)]));
    if (shown === this.#shown) return;
    const isFirst = this.#shown === '';
    this.#shown = shown;
    this.#isNear = onLink(now);
    const wanted = new Map(networks.map((network) => [network.id, network]));
    for (const [id, post] of [...this.#posts]) if (!wanted.has(id)) this.#close(post);
    for (const [id, network] of wanted) if (!this.#posts.has(id)) this.#open(network);
    if (isFirst) return;
    onMoved();
    this.look();
  }

  #open(network: Network): void {
    const { open, clock, log } = this.#parts;
    const isPresent = (): boolean => this.#posts.get(network.id) === post;
    const socket = open(network, {
      onQuery: (packet, from) => {
        if (isPresent()) this.#onQuery(post, packet, from);
      },
      onResponse: (packet, from) => {
        if (isPresent()) this.#onResponse(packet, from);
      },
      onTrouble: (error) => {
        log.warn('looking for people on a network does not work', {
          family: network.family,
          reason: 'code' in error ? String(error.code) : error.message,
        });
      },
    });
    const post: Post = { network, socket, saidAtMs: clock.now() - PAUSE_MS, owed: null };
    this.#posts.set(network.id, post);
  }

  #close(post: Post): void {
    if (post.owed !== null) this.#parts.clock.clearTimeout(post.owed);
    if (this.#posts.get(post.network.id) === post) this.#posts.delete(post.network.id);
    post.socket.close();
  }

  #onQuery(post: Post, packet: unknown, { address }: RemoteInfo): void {
    if (!this.#isHeard(address) || !isForUs(packet)) return;
    if (!this.#heardSelf && isOwn(address, this.#parts.interfaces())) this.#heardSelf = true;
    this.#say(post);
  }

  #onResponse(packet: unknown, { address }: RemoteInfo): void {
    if (!this.#isHeard(address)) return;
    const { sightings, goodbyes, nonsense } = readResponse(packet);
    if (nonsense > 0) this.#noteNonsense(address);
    const { key: ownKey, onSighted, onGoodbye } = this.#parts;
    for (const { key, port, addresses } of sightings) {
      if (key === ownKey) continue;
      const near = addresses.filter(this.#isNear);
      if (near.length === 0) this.#noteNonsense(address);
      else
        onSighted(
          key,
          near.map((host) => serverAt(host, port)),
        );
    }
    for (const instance of goodbyes) if (instance !== instanceOf(ownKey)) onGoodbye(instance);
  }

  /** RFC 6762, section 11: what comes from beyond the network was not said on it. */
  #isHeard(address: string): boolean {
    return /^fe80:/i.test(address) || this.#isNear(address);
  }

  #noteNonsense(address: string): void {
    if (this.#babblers.has(address) || this.#babblers.size >= MAX_BABBLERS) return;
    this.#babblers.add(address);
    this.#parts.log.warn('somebody announces what is no Parley', { from: maskedAddress(address) });
  }

  #after(ms: number, run: () => void): void {
    const timer = this.#parts.clock.setTimeout(() => {
      this.#rounds.delete(timer);
      run();
    }, ms);
    this.#rounds.add(timer);
  }

  #stopRounds(): void {
    for (const timer of this.#rounds) this.#parts.clock.clearTimeout(timer);
    this.#rounds.clear();
  }
}

const serverAt = (host: string, port: number): string =>
  `ws://${host.includes(':') ? `[${host}]` : host}:${port}`;
