import { isIP } from 'node:net';
import type { BridgeEvent, NearbyView, Result, Settings } from '../../preload/bridge';
import { formatPersonLink, readPerson } from '../join-link';
import type { LanServer } from '../lan-server';
import { hostAddresses, type Interfaces } from '../network-addresses';
import type { PeopleLinks } from '../people-links';
import type { Clock, Timer } from '../signaling/clock';
import { memberIdOf } from '../signaling/identity';
import type { Logger } from '../signaling/logger';
import { NEARBY } from '../signaling/protocol';
import { DialledLinks, MEET_MS } from './dialled-links';
import { Discovery, type OpenMulticast } from './discovery';
import { isOwn, onLink } from './networks';
import { Places, type KnownAddresses, type Place } from './places';
import { chooseDialled, shouldDial, WAIT_MS, type Candidate } from './who-dials';

export interface NearbyParts {
  /** Own public key. */
  key: string;
  settings: () => Settings;
  lanServer: Pick<LanServer, 'beReachable' | 'stopBeingReachable' | 'openRoom' | 'closeRoom' | 'onRestarted'>;
  links: PeopleLinks;
  isFavourite: (key: string) => boolean;
  /** Where favourites were reached last. */
  knownAddresses: () => readonly KnownAddresses[];
  /** Somebody was reached there. */
  noteAddress: (key: string, server: string) => void;
  interfaces: () => Interfaces;
  /** Loaded when it is first wanted: most starts need none of it. */
  loadMulticast: () => Promise<OpenMulticast>;
  emit: (event: BridgeEvent) => void;
  clock: Clock;
  log: Logger;
}

/** Not looking, looking without being seen, or being seen as well. */
type Mode = 'off' | 'unseen' | 'seen';

/** The link to this app's own server. */
const OWN = 'own';
/** Where multicast finds nobody, favourites are looked for where they were. */
const ASK_KNOWN_MS = 3000;
/** And then again and again, less and less often: multicast may be blocked here, and they may come later. */
const ASK_AGAIN_MS = 60_000;
/** Also while invisible: then others are shown, and this person is not. */
const OFF: NearbyView = { state: 'off', problem: null, search: 'looking', link: null, addresses: [] };

/**
 * Being reachable on this network: runs the app's own server, is found and finds others, and keeps one conversation
 * with each of them.
 */
export class Nearby {
  readonly #parts: NearbyParts;
  #discovery: Discovery | null = null;
  #mode: Mode = 'off';
  #view: NearbyView = OFF;
  #port: number | null = null;
  readonly #places: Places;
  readonly #dialled: DialledLinks;
  /** Runs out where the known addresses of favourites are asked. */
  #asking: Timer | null = null;
  /** Starting and stopping, one after the other. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor(parts: NearbyParts) {
    this.#parts = parts;
    const { lanServer, links, noteAddress, clock, isFavourite } = parts;
    this.#places = new Places(isFavourite);
    this.#dialled = new DialledLinks({ links, noteAddress, clock, onChange: () => this.#decide() });
    lanServer.onRestarted((port) => {
      if (this.#mode !== 'seen') return;
      // For a room that was open: being reachable has to be asked for again.
      if (this.#view.state === 'failed') {
        this.look();
        return;
      }
      this.#listensAt(port);
      links.link(OWN)?.reconnectNow();
    });
  }

  /** Does what the settings say by now. */
  follow(): void {
    const { reachable, status } = this.#parts.settings();
    const mode = reachable !== true ? 'off' : status === 'invisible' ? 'unseen' : 'seen';
    if (mode === this.#mode) return;
    this.#mode = mode;
    if (mode === 'seen') this.#show({ state: 'starting' });
    else this.#show({ ...OFF, search: this.#view.search });
    this.#turns = this.#turns.then(() => this.#enter(mode));
  }

  /** Looks for everybody again: the person asked, or the computer was asleep. */
  look({ afterSleep = false } = {}): void {
    if (this.#mode === 'off') return;
    if (this.#view.state === 'failed') {
      this.#show({ state: 'starting', problem: null });
      this.#turns = this.#turns.then(() => this.#enter(this.#mode));
    }
    if (afterSleep) this.#discovery?.wake();
    else this.#discovery?.look();
    this.#askKnownLater();
  }

  /**
   * Goes to where somebody is, by a link of theirs or the address of their computer.
   * @returns `nobody-there` where nobody can be called, `own-address` where that is this app, and what is wrong with
   *   the text.
   */
  async meet(text: string): Promise<Result<null>> {
    const read = readPerson(text);
    if (!read.ok) return read;
    const { servers, key } = read.value;
    if (this.#mode === 'off') return { ok: false, code: 'nobody-there' };
    if (key === this.#parts.key || servers.some((server) => this.#isOwnServer(server)))
      return { ok: false, code: 'own-address' };
    const isMet = await (key === null ? this.#meetSomebodyAt(servers) : this.#meetAt(key, servers));
    return isMet ? { ok: true, value: null } : { ok: false, code: 'nobody-there' };
  }

  /** Says everything again to a page that has just begun. */
  tellAll(): void {
    this.#parts.emit({ type: 'nearby-changed', nearby: this.#view });
  }

  /** Says goodbye and stops; within a second. */
  close(): Promise<void> {
    this.#mode = 'off';
    const stopped = this.#turns.then(() => this.#enter('off'));
    this.#turns = stopped;
    return stopped;
  }

  async #enter(mode: Mode): Promise<void> {
    // Something else may be wanted by now; its turn comes.
    if (mode !== this.#mode) return;
    switch (mode) {
      case 'seen': {
        const discovery = await this.#loadDiscovery();
        const listening = await this.#parts.lanServer.beReachable();
        if (!listening.ok) {
          this.#show({ state: 'failed', problem: listening.code });
          discovery.start(null);
        } else if (this.#isStill('seen')) this.#listensAt(listening.value);
        this.#askKnownLater();
        return;
      }
      case 'unseen': {
        const discovery = await this.#loadDiscovery();
        if (this.#isStill('unseen')) discovery.start(null);
        await this.#stopListening();
        this.#decide();
        this.#askKnownLater();
        return;
      }
      case 'off':
        for (const key of this.#dialled.keys) this.#dialled.hangUp(key);
        this.#places.clear();
        if (this.#asking !== null) this.#parts.clock.clearTimeout(this.#asking);
        await Promise.all([this.#discovery?.stop(), this.#stopListening()]);
        return;
      default:
        mode satisfies never;
    }
  }

  async #loadDiscovery(): Promise<Discovery> {
    const { key, interfaces, loadMulticast, clock, log, links } = this.#parts;
    this.#discovery ??= new Discovery({
      key,
      interfaces,
      open: await loadMulticast(),
      clock,
      log,
      onSighted: (other, servers) => this.#onSighted(other, servers, 'heard'),
      onGoodbye: (instance) => {
        this.#places.saidGoodbye(instance);
        this.#decide();
      },
      onSearch: (search) => this.#show({ search }),
      onMoved: () => {
        this.#show(this.#whereabouts());
        links.reconnectNow();
        this.#askKnownLater();
      },
    });
    return this.#discovery;
  }

  /** Asked again after a wait, in which more may have happened than the compiler knows. */
  #isStill(mode: Mode): boolean {
    return this.#mode === mode;
  }

  #listensAt(port: number): void {
    const { links, lanServer } = this.#parts;
    this.#port = port;
    const target = { servers: [`ws://127.0.0.1:${port}`], namespace: NEARBY };
    const own = links.link(OWN);
    if (own) own.moveTo(target.servers);
    else {
      const host = memberIdOf(NEARBY, this.#parts.key);
      links.open({
        id: OWN,
        kind: 'nearby',
        target,
        password: null,
        rooms: {
          // Whoever knows the room's name was told by a ring, or its answer.
          open: async (room) =>
            (await lanServer.openRoom({ namespace: NEARBY, room, host, door: 'open' })).ok,
          close: (room) => void lanServer.closeRoom({ namespace: NEARBY, room }),
        },
        onChange: () => this.#decide(),
      });
    }
    this.#show({ state: 'on', problem: null, ...this.#whereabouts() });
    this.#discovery?.start(port);
  }

  async #stopListening(): Promise<void> {
    this.#port = null;
    this.#parts.links.end(OWN);
    await this.#parts.lanServer.stopBeingReachable();
  }

  // ---------------------------------------------------------------- others

  #onSighted(key: string, servers: string[], from: Place['from']): void {
    const { clock } = this.#parts;
    const isNew = this.#places.get(key) === undefined;
    if (!this.#places.sight(key, servers, from, clock.now())) return;
    const link = this.#dialled.with(key);
    if (link) {
      link.moveTo(servers);
      // An app that was started again says so itself, long before it would be tried again.
      if (link.state !== 'up') link.reconnectNow();
    }
    this.#decide();
    // Perhaps they do not see us; or are not where they were.
    if (isNew) clock.setTimeout(() => this.#decide(), from === 'known' ? MEET_MS : WAIT_MS);
  }

  /** Keeps the sockets to others' servers that are to be kept, and no others. */
  #decide(): void {
    if (this.#mode === 'off') return;
    const { key, clock, isFavourite } = this.#parts;
    const now = clock.now();
    const isAnnounced = this.#port !== null;
    const here = this.#here;
    const candidates: Candidate[] = [];
    for (const place of this.#places.all) {
      const link = this.#dialled.with(place.key);
      if (!this.#places.review(place, link, now)) {
        this.#dialled.hangUp(place.key);
        continue;
      }
      const other = {
        key: place.key,
        isHere: here.has(place.key),
        seenForMs: now - place.firstSeenAtMs,
        isAsked: place.from !== 'heard',
      };
      // A ring is not to be lost because there is another way by now.
      const isInUse = link?.isInUse ?? false;
      if (isInUse || shouldDial({ key, isAnnounced }, other)) {
        const isPreferred = isInUse || place.from === 'person' || isFavourite(place.key);
        candidates.push({ key: place.key, isPreferred, isDialled: link !== null });
      }
    }
    const chosen = chooseDialled(candidates);
    for (const dialled of this.#dialled.keys) if (!chosen.has(dialled)) this.#dialled.hangUp(dialled);
    for (const chosenKey of chosen) {
      const place = this.#places.get(chosenKey);
      if (place && !this.#dialled.with(chosenKey)) this.#dialled.dial(place.key, place.servers);
    }
  }

  /** Keys of who is at our own server. */
  get #here(): Set<string> {
    return new Set(this.#parts.links.link(OWN)?.people.map((person) => person.key));
  }

  // ---------------------------------------------------------------- where nobody is found

  async #meetAt(key: string, servers: string[]): Promise<boolean> {
    const before = this.#places.get(key);
    this.#onSighted(key, servers, 'person');
    const dialled = this.#dialled;
    const isMet =
      this.#here.has(key) || (await dialled.isAnybodyAt(dialled.with(key) ?? dialled.dial(key, servers)));
    if (!isMet) this.#takeBack(key, servers, before);
    return isMet;
  }

  /** What the person was told of somebody is not so: all is again as it was known before. */
  #takeBack(key: string, servers: readonly string[], before: Place | undefined): void {
    if (before) {
      this.#places.put(before);
      this.#dialled.with(key)?.moveTo(before.servers);
    } else {
      this.#places.delete(key);
      this.#dialled.hangUp(key);
    }
    // At one server a key has one conversation: theirs who really is there gave way.
    for (const other of this.#places.all) {
      const link = this.#dialled.with(other.key);
      if (link && link.state !== 'up' && other.servers.some((server) => servers.includes(server)))
        link.reconnectNow();
    }
  }

  async #meetSomebodyAt(servers: string[]): Promise<boolean> {
    const { links, clock } = this.#parts;
    const there = this.#places.all.find(
      ({ from, servers: its }) => from !== 'known' && servers.some((one) => its.includes(one)),
    );
    if (there) return this.#meetAt(there.key, there.servers);
    const link = this.#dialled.dialAnybody(servers);
    const isMet = await this.#dialled.isAnybodyAt(link);
    const key = link.only;
    if (!isMet || key === null || this.#mode === 'off') {
      links.end(link.id);
      return false;
    }
    const known = this.#dialled.with(key);
    if (known) {
      // At one server a key has one conversation: the newer took the place of the one that is kept.
      links.end(link.id);
      known.reconnectNow();
      return true;
    }
    this.#dialled.keep(key, link);
    const now = clock.now();
    this.#places.put({ key, servers, seenAtMs: now, firstSeenAtMs: now, from: 'person' });
    this.#decide();
    return true;
  }

  #isOwnServer(server: string): boolean {
    const host = hostOf(server);
    const port = URL.canParse(server) ? Number(new URL(server).port) : 0;
    return port === this.#port && (/^(127\.|::1$)/.test(host) || isOwn(host, this.#parts.interfaces()));
  }

  #askKnownLater(ms = ASK_KNOWN_MS): void {
    const { clock } = this.#parts;
    if (this.#asking !== null) clock.clearTimeout(this.#asking);
    this.#asking = clock.setTimeout(() => {
      if (this.#mode === 'off') return;
      this.#askKnownLater(Math.min(4 * ms, ASK_AGAIN_MS));
      const isNear = onLink(this.#parts.interfaces());
      this.#places.askKnown(
        this.#parts.knownAddresses().filter(({ key }) => key !== this.#parts.key),
        (server) => isNear(hostOf(server)) && !this.#isOwnServer(server),
        (key, servers) => this.#onSighted(key, servers, 'known'),
      );
    }, ms);
  }

  // ---------------------------------------------------------------- what the page shows

  #whereabouts(): Pick<NearbyView, 'link' | 'addresses'> {
    const { key, interfaces } = this.#parts;
    if (this.#port === null) return { link: null, addresses: [] };
    const addresses = hostAddresses(interfaces(), this.#port).filter(({ kind }) => kind === 'lan');
    const servers = addresses.map(({ url }) => url).slice(0, 8);
    return {
      link: servers.length > 0 ? formatPersonLink({ servers, key }) : null,
      addresses: servers.map((server) => server.replace('ws://', '')),
    };
  }

  #show(change: Partial<NearbyView>): void {
    const view = { ...this.#view, ...change };
    if (JSON.stringify(view) === JSON.stringify(this.#view)) return;
    this.#view = view;
    this.tellAll();
  }
}

function hostOf(server: string): string {
  if (!URL.canParse(server)) return '';
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? '' : host;
}
