import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, type NetworkInterfaceInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { announcementOf, type Answer } from '../../main/nearby/announcement';
import type { OpenMulticast } from '../../main/nearby/discovery';
import { Nearby } from '../../main/nearby/nearby';
import { PeopleLinks } from '../../main/people-links';
import { ServerPasswords } from '../../main/server-passwords';
import { fitSettings } from '../../main/settings';
import { systemClock, type Clock } from '../../main/signaling/clock';
import { generateIdentity, memberIdOf, type Identity } from '../../main/signaling/identity';
import { LocalBroker } from '../../main/signaling/local-broker';
import { silentLogger } from '../../main/signaling/logger';
import { NEARBY, type RoomAddress } from '../../main/signaling/protocol';
import { ownerProofBytes } from '../../main/signaling/ring-proof';
import { createSignalingServer, type SignalingServer } from '../../main/signaling/server';
import type { BridgeEvent, Settings } from '../../preload/bridge';
import { Events, TestMember } from '../support/signaling-clients';

type Listener = Parameters<OpenMulticast>[1];

/** A network on which what one says all hear, as bytes would arrive; unless it is blocked. */
class Ether {
  isBlocked = false;
  readonly #listeners = new Set<Listener>();

  readonly open: OpenMulticast = (_network, listener) => {
    const from = { address: HOST, family: 'IPv4', port: 5353, size: 0 } as const;
    const tellAll = (tell: (to: Listener) => void): void => {
      if (!this.isBlocked) for (const to of [...this.#listeners]) setImmediate(() => tell(to));
    };
    this.#listeners.add(listener);
    return {
      ask: (question) => tellAll((to) => to.onQuery({ questions: [question] }, from)),
      say: (answers, done) => {
        tellAll((to) => to.onResponse({ answers: answers.map(asReceived), additionals: [] }, from));
        done?.();
      },
      close: () => this.#listeners.delete(listener),
    };
  };
}

/** Texts arrive as bytes. */
const asReceived = (answer: Answer): unknown =>
  answer.type === 'TXT' ? { ...answer, data: [answer.data].flat().map((text) => Buffer.from(text)) } : answer;

/** Where everybody of these tests is. */
const HOST = '127.0.0.1';
const lan: NetworkInterfaceInfo = {
  address: HOST,
  family: 'IPv4',
  netmask: '255.0.0.0',
  mac: '',
  internal: false,
  cidr: `${HOST}/8`,
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

interface AppOptions {
  identity?: Identity;
  known?: { key: string; servers: string[] }[];
  favourites?: string[];
  clock?: Clock;
}

/** An app as far as being nearby goes: its own server, its links, and what its page hears. */
class App {
  readonly identity: Identity;
  readonly events = new Events<BridgeEvent>();
  readonly links: PeopleLinks;
  readonly nearby: Nearby;
  readonly rooms = new Set<string>();
  readonly noted: string[] = [];
  settings: Settings;
  server: SignalingServer | null = null;
  port = 0;

  constructor(
    name: string,
    ether: Ether,
    { identity = generateIdentity(), known = [], favourites = [], clock = systemClock }: AppOptions = {},
  ) {
    this.identity = identity;
    this.settings = fitSettings({ name, reachable: true });
    const emit = (event: BridgeEvent): void => {
      this.events.push(event);
    };
    const keyStore = {
      isSafe: () => Promise.resolve(false),
      encrypt: () => Promise.reject(new Error('no key store')),
      decrypt: () => Promise.reject(new Error('no key store')),
    };
    this.links = new PeopleLinks({
      identity,
      settings: () => this.settings,
      passwords: new ServerPasswords({
        path: join(tmpdir(), 'parley-no-password.json'),
        keyStore,
        log: silentLogger,
      }),
      isBlocked: () => false,
      onAgreed: () => undefined,
      emit,
      log: silentLogger,
    });
    this.nearby = new Nearby({
      key: identity.publicKey,
      settings: () => this.settings,
      lanServer: {
        beReachable: async () => ({ ok: true, value: await this.#listen() }),
        stopBeingReachable: () => this.stopServer(),
        openRoom: (room) => {
          this.rooms.add(room.room);
          this.server?.openRoom({ ...room, admitted: [] });
          return Promise.resolve({ ok: true, value: this.port });
        },
        closeRoom: (address: RoomAddress) => {
          this.rooms.delete(address.room);
          this.server?.closeRoom(address);
          return Promise.resolve();
        },
        onRestarted: () => undefined,
      },
      links: this.links,
      isFavourite: (key) => favourites.includes(key),
      knownAddresses: () => known,
      noteAddress: (_key, server) => this.noted.push(server),
      interfaces: () => ({ lan0: [lan] }),
      loadMulticast: () => Promise.resolve(ether.open),
      emit,
      clock,
      log: silentLogger,
    });
    ends.push(async () => {
      await this.nearby.close();
      await this.stopServer();
    });
    this.nearby.follow();
  }

  get url(): string {
    return `ws://${HOST}:${this.port}`;
  }

  change(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    this.links.follow();
    this.nearby.follow();
  }

  /** Who is there, by key, whichever way. */
  get people(): string[] {
    const links = [
      'own',
      ...this.events.seen.flatMap((event) => (event.type === 'link-changed' ? [event.link] : [])),
    ];
    const keys = [...new Set(links)].flatMap((id) => this.links.link(id)?.people.map(({ key }) => key) ?? []);
    return [...new Set(keys)].sort();
  }

  /** Waits until these are there, and nobody else. */
  sees(...others: App[]): Promise<void> {
    const wanted = others.map(({ identity }) => identity.publicKey).sort();
    return expect.poll(() => this.people, { timeout: 8000 }).toEqual(wanted);
  }

  /** The link by which somebody is reached, and their id there. */
  wayTo(other: App): { link: string; id: string } {
    for (const event of [...this.events.seen].reverse()) {
      if (event.type !== 'link-changed') continue;
      const person = this.links.link(event.link)?.people.find(({ key }) => key === other.identity.publicKey);
      if (person) return { link: event.link, id: person.id };
    }
    throw new Error('nobody');
  }

  async stopServer(): Promise<void> {
    const { server } = this;
    this.server = null;
    await server?.close();
  }

  /** On the port of before, if there was one. */
  async startServer(): Promise<void> {
    const owner = memberIdOf(NEARBY, this.identity.publicKey);
    this.server = createSignalingServer({ mode: 'rooms-opened-by-host', version: '0.0.0', owner });
    ({ port: this.port } = await this.server.listen({ host: HOST, port: this.port }));
  }

  async #listen(): Promise<number> {
    if (this.server === null) await this.startServer();
    return this.port;
  }
}

const call = 'c'.repeat(22);
const fingerprint = Array(32).fill('AA').join(':');
const offer = { call, media: 'voice', fingerprint, room: null, ahead: false } as const;

/** Two identities, the smaller key first. */
function twoIdentities(): [Identity, Identity] {
  const [one, other] = [generateIdentity(), generateIdentity()];
  return one.publicKey < other.publicKey ? [one, other] : [other, one];
}

it('two find each other, over one socket beside each one’s own', async () => {
  const ether = new Ether();
  const [smaller, greater] = twoIdentities();
  const ann = new App('Ann', ether, { identity: greater });
  const ben = new App('Ben', ether, { identity: smaller });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
  expect([ann.server?.connectionCount, ben.server?.connectionCount]).toEqual([2, 1]);
  expect(ben.noted).toContain(ann.url);
});

it('who leaves or dies is gone for the other, and who comes again is there again', async () => {
  const ether = new Ether();
  const ann = new App('Ann', ether);
  const ben = new App('Ben', ether);
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
  ben.change({ reachable: false });
  await ann.sees();
  expect(ben.server).toBeNull();
  ben.port = 0;
  ben.change({ reachable: true });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
});

it('three see each other, and at each one’s server only its owner', async () => {
  const ether = new Ether();
  const [ann, ben, cy] = [new App('Ann', ether), new App('Ben', ether), new App('Cy', ether)];
  await Promise.all([ann.sees(ben, cy), ben.sees(ann, cy), cy.sees(ann, ben)]);
  const stranger = new TestMember({ servers: [ann.url], name: 'Dee', namespace: NEARBY });
  await stranger.client.connect();
  stranger.client.present('free');
  expect((await stranger.next('people')).people.map(({ name }) => name)).toEqual(['Ann']);
  const benThere = memberIdOf(NEARBY, ben.identity.publicKey);
  stranger.client.tell(benThere, { type: 'hail', call });
  expect(await stranger.next('error')).toMatchObject({ code: 'peer-unavailable', to: benThere });
  stranger.client.close();
});

it.each(['who has the server', 'who dialled'])(
  'a ring by %s leads into a room that ends with it',
  async (who) => {
    const ether = new Ether();
    const [smaller, greater] = twoIdentities();
    const owner = new App('Owner', ether, { identity: greater });
    const guest = new App('Guest', ether, { identity: smaller });
    await Promise.all([owner.sees(guest), guest.sees(owner)]);
    const [caller, callee] = who === 'who dialled' ? [guest, owner] : [owner, guest];
    const [way, back] = [caller.wayTo(callee), callee.wayTo(caller)];
    expect(await caller.links.link(way.link)?.rings.ring(way.id, offer)).toBe(true);
    const ring = await callee.events.next((event) => event.type === 'ring');
    expect(ring).toMatchObject({ signed: true, link: back.link });
    await callee.links.link(back.link)?.rings.answer(call, { answer: 'accept', media: 'voice', fingerprint });
    expect(await caller.events.next((event) => event.type === 'ring-accepted')).toMatchObject({
      signed: true,
    });
    expect(owner.rooms.size).toBe(1);
    expect(guest.rooms.size).toBe(0);
    // Whoever was told of the room walks in.
    const { target } = ring;
    const conversation = callee.links.conversationWith(target);
    conversation?.client.join(target.room);
    await new Promise<void>((resolve) => conversation?.client.on('joined', () => resolve()));
    conversation?.release();
    owner.links.closeRooms(Promise.resolve());
    await expect.poll(() => owner.rooms.size).toBe(0);
  },
);

it.each(['declined', 'cancelled'] as const)('a ring that is %s leaves no room behind', async (how) => {
  const ether = new Ether();
  const [smaller, greater] = twoIdentities();
  const owner = new App('Owner', ether, { identity: greater });
  const guest = new App('Guest', ether, { identity: smaller });
  await Promise.all([owner.sees(guest), guest.sees(owner)]);
  const [way, back] = [owner.wayTo(guest), guest.wayTo(owner)];
  await owner.links.link(way.link)?.rings.ring(way.id, offer);
  await guest.events.next((event) => event.type === 'ring');
  expect(owner.rooms.size).toBe(1);
  if (how === 'declined') {
    await guest.links.link(back.link)?.rings.answer(call, { answer: 'decline', reason: 'declined' });
    await owner.events.next((event) => event.type === 'ring-declined');
  } else owner.links.link(way.link)?.rings.cancel(call, 'cancelled');
  expect(owner.rooms.size).toBe(0);
});

it('who is invisible is not announced and not seen, and sees the others', async () => {
  const ether = new Ether();
  const ann = new App('Ann', ether);
  const ben = new App('Ben', ether);
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
  ben.change({ status: 'invisible' });
  await Promise.all([ann.sees(), ben.sees(ann)]);
  expect(ben.server).toBeNull();
});

it('where nothing is heard of what is said to all, that is said, and an address does', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const [ann, ben] = [new App('Ann', ether), new App('Ben', ether)];
  await ann.events.next((event) => event.type === 'nearby-changed' && event.nearby.search === 'blocked');
  expect(await ann.nearby.meet('two words')).toEqual({ ok: false, code: 'bad-address' });
  expect(await ann.nearby.meet(`${HOST}:1`)).toEqual({ ok: false, code: 'nobody-there' });
  expect(await ann.nearby.meet(ann.url)).toEqual({ ok: false, code: 'own-address' });
  expect(await ann.nearby.meet(`${HOST}:${ben.port}`)).toEqual({ ok: true, value: null });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
});

it('who was in a call and starts again finds the way to the other before it is there', async () => {
  const ether = new Ether();
  const [smaller, greater] = twoIdentities();
  const ann = new App('Ann', ether, { identity: greater });
  const ben = new App('Ben', ether, { identity: smaller });
  // As the app before noted it.
  const way = `near ${memberIdOf(NEARBY, greater.publicKey)}`;
  const id = memberIdOf(NEARBY, greater.publicKey);
  const [rung, nobody] = await Promise.all([
    ben.links.ring(way, id, { ...offer, room: 'room' }),
    ben.links.ring('near nobody', id, offer),
  ]);
  expect([rung, nobody]).toEqual([true, false]);
  const ring = await ann.events.next((event) => event.type === 'ring');
  expect(ring).toMatchObject({ call, target: { room: 'room' } });
});

it('nobody is shown in the place of another: whose server it is, they prove themselves', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const [ann, ben] = [new App('Ann', ether), generateIdentity()];
  await ann.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  // A server that says Ben is there, and passes on what it is asked to somebody with another key.
  const broker = new LocalBroker();
  const id = memberIdOf(NEARBY, ben.publicKey);
  const evil = createSignalingServer({ mode: 'rooms-on-demand', version: '0.0.0', broker });
  const { port } = await evil.listen({ host: HOST, port: 0 });
  const asked = new Promise<void>((resolve) => {
    broker.register(id, {
      take: (mail) => {
        if (mail.kind !== 'event' || mail.event.type !== 'told') return false;
        const { from, message } = mail.event;
        const { call } = message;
        const signature = generateIdentity().sign(ownerProofBytes({ to: from.key, call }));
        broker.tell(NEARBY, id, from.id, { type: 'proof', call, signature });
        resolve();
        return true;
      },
    });
  });
  broker.appear(NEARBY, { id, name: 'Ben', device: 'desktop', key: ben.publicKey, status: 'free' });
  const met = ann.nearby.meet(`${HOST}:${port}`);
  await asked;
  expect(await met).toEqual({ ok: false, code: 'nobody-there' });
  expect(ann.people).toEqual([]);
  await evil.close();
});

it('a link of one’s own leads others here', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const [ann, ben] = [new App('Ann', ether), new App('Ben', ether)];
  const told = await ben.events.next(
    (event) => event.type === 'nearby-changed' && event.nearby.link !== null,
  );
  const link = told.type === 'nearby-changed' ? (told.nearby.link ?? '') : '';
  await ann.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  expect(await ann.nearby.meet(link)).toEqual({ ok: true, value: null });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
  expect(await ben.nearby.meet(link)).toEqual({ ok: false, code: 'own-address' });
});

it('a link with another key than theirs leads to nobody, and is forgotten', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const [smaller, greater] = twoIdentities();
  const ann = new App('Ann', ether, { identity: smaller });
  const ben = new App('Ben', ether, { identity: greater });
  await ben.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  const link = (key: string): string => `parley://person?server=${HOST}:${ben.port}&key=${key}`;
  const wrong = link(generateIdentity().publicKey);
  expect(await ann.nearby.meet(wrong)).toEqual({ ok: false, code: 'nobody-there' });
  expect(await ann.nearby.meet(link(greater.publicKey))).toEqual({ ok: true, value: null });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
});

it('a ring is not lost because the other dials meanwhile', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const [smaller, greater] = twoIdentities();
  const ann = new App('Ann', ether, { identity: greater });
  const ben = new App('Ben', ether, { identity: smaller });
  await Promise.all(
    [ann, ben].map(({ events }) =>
      events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on'),
    ),
  );
  expect(await ann.nearby.meet(`${HOST}:${ben.port}`)).toEqual({ ok: true, value: null });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
  const way = ann.wayTo(ben);
  expect(await ann.links.ring(way.link, way.id, offer)).toBe(true);
  const ring = await ben.events.next((event) => event.type === 'ring');
  // Now they hear of each other, and it is Ben's to dial.
  ether.isBlocked = false;
  ann.nearby.look({ afterSleep: true });
  await ann.events.next((event) => event.type === 'person' && event.link === 'own');
  const answer = { answer: 'accept', media: 'voice', fingerprint } as const;
  expect(await ben.links.link(ring.link)?.rings.answer(call, answer)).toBe(true);
  await ann.events.next((event) => event.type === 'ring-accepted');
});

it('a network full of apps that are not there keeps no favourite away', async () => {
  const ether = new Ether();
  const [smaller, greater] = twoIdentities();
  const ann = new App('Ann', ether, { identity: smaller, favourites: [greater.publicKey] });
  await ann.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  const network = { id: 'lan0', name: 'lan0', family: 'IPv4', from: HOST } as const;
  const ignore = (): void => undefined;
  const crowd = ether.open(network, { onQuery: ignore, onResponse: ignore, onTrouble: ignore });
  // More than are remembered, and far more than are dialled.
  for (let index = 0; index < 400; index += 1)
    crowd.say(announcementOf({ key: generateIdentity().publicKey, port: 1, addresses: [HOST] }));
  const ben = new App('Ben', ether, { identity: greater });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
  expect(ann.noted).toContain(ben.url);
  crowd.close();
});

it('a favourite is looked for where they were', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const ben = new App('Ben', ether);
  await ben.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  const known = [{ key: ben.identity.publicKey, servers: ['ws://198.51.100.7:9238', ben.url] }];
  const ann = new App('Ann', ether, { known });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
});

it('a favourite who is not where they were is asked for once, and not again and again', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  let asked = 0;
  const nobody = createServer((socket) => {
    asked += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => nobody.listen(0, HOST, resolve));
  ends.push(() => new Promise((resolve) => nobody.close(() => resolve())));
  const { port } = nobody.address() as AddressInfo;
  const known = [{ key: generateIdentity().publicKey, servers: [`ws://${HOST}:${port}`] }];
  const ann = new App('Ann', ether, { known });
  await ann.events.next((event) => event.type === 'link-closed');
  expect(asked).toBe(1);
});

it('a favourite who was met where they were, and is gone for a moment, is met again at once', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const ben = new App('Ben', ether);
  await ben.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  let laterMs = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + laterMs };
  const known = [{ key: ben.identity.publicKey, servers: [ben.url] }];
  const ann = new App('Ann', ether, { known, clock });
  await ann.sees(ben);
  // Nothing happens for a long time.
  laterMs = 600_000;
  await ben.stopServer();
  await ann.sees();
  await ben.startServer();
  await ann.sees(ben);
});

it('a favourite who is where another was before is found, whoever is asked for first', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const ben = new App('Ben', ether);
  await ben.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  // A minute passes in three seconds.
  const hurried: Clock = {
    ...systemClock,
    now: () => systemClock.now() * 20,
    setTimeout: (callback, ms) => systemClock.setTimeout(callback, ms / 20),
  };
  const known = [
    { key: generateIdentity().publicKey, servers: [ben.url] },
    { key: ben.identity.publicKey, servers: [ben.url] },
  ];
  const ann = new App('Ann', ether, { known, clock: hurried });
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
});

it('a favourite is not looked for where by now this app itself is, or somebody else', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const ben = new App('Ben', ether);
  await ben.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  const known: { key: string; servers: string[] }[] = [];
  const ann = new App('Ann', ether, { known });
  await ann.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  const formerly = (servers: string[]) => ({ key: generateIdentity().publicKey, servers });
  known.push(
    formerly([ann.url]),
    { key: ben.identity.publicKey, servers: [ben.url] },
    formerly([ben.url, 'ws://198.51.100.7:9238']),
  );
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
  const others = ann.events.seen.flatMap((event) => (event.type === 'link-changed' ? [event.link] : []));
  expect([...new Set(others)].filter((link) => link !== 'own')).toHaveLength(1);
});

it('a favourite who comes long after is looked for again where they were', async () => {
  const ether = new Ether();
  ether.isBlocked = true;
  const ben = new App('Ben', ether);
  await ben.events.next((event) => event.type === 'nearby-changed' && event.nearby.state === 'on');
  await ben.stopServer();
  // A minute passes in half a second.
  const hurried: Clock = {
    ...systemClock,
    now: () => systemClock.now() * 120,
    setTimeout: (callback, ms) => systemClock.setTimeout(callback, ms / 120),
  };
  const known = [{ key: ben.identity.publicKey, servers: [ben.url] }];
  const ann = new App('Ann', ether, { known, clock: hurried });
  const isTried = (): boolean =>
    ann.events.seen.some((event) => event.type === 'link-changed' && event.link !== 'own');
  const isForgotten = (): boolean =>
    ann.events.seen.some((event) => event.type === 'link-closed' && event.link !== 'own');
  await expect.poll(() => isTried() && isForgotten(), { timeout: 15_000 }).toBe(true);
  await ben.startServer();
  await Promise.all([ann.sees(ben), ben.sees(ann)]);
});

it('a call outlives being reachable: its conversation goes on until it is released, and is taken up again', async () => {
  const ether = new Ether();
  const [smaller, greater] = twoIdentities();
  const owner = new App('Owner', ether, { identity: greater });
  const guest = new App('Guest', ether, { identity: smaller });
  await Promise.all([owner.sees(guest), guest.sees(owner)]);
  const target = { servers: [owner.url], namespace: NEARBY, room: 'room' };
  const held = guest.links.conversationWith(target);
  expect(held).not.toBeNull();
  guest.change({ reachable: false });
  await owner.sees();
  held?.client.join('room');
  // It is not open, which only a conversation that goes on can tell.
  await new Promise<void>((resolve) => held?.client.on('error', () => resolve()));
  guest.port = 0;
  guest.change({ reachable: true });
  await Promise.all([owner.sees(guest), guest.sees(owner)]);
  const again = guest.links.conversationWith(target);
  expect(again?.client).toBe(held?.client);
  for (const each of [held, again]) each?.release();
});
