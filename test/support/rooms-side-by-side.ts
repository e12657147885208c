import { setImmediate as nextTurn } from 'node:timers/promises';
import * as v from 'valibot';
import { generateIdentity, memberIdOf, type Identity } from '../../main/signaling/identity';
import { LocalBroker } from '../../main/signaling/local-broker';
import { challengeSchema, formatRoomPath, SUBPROTOCOL } from '../../main/signaling/protocol';
import type { Chance } from './chance';
import { HandwrittenSocket } from './handwritten-socket';
import { ReferenceSocket, type Frame, type Person } from './reference-members';
import { ReferenceRooms, type Door } from './reference-rooms';
import { helloFor } from './signaling-clients';
import { ManualClock } from './signaling-clock';
import { startServer } from './signaling-servers';

const NAMESPACES = ['one', 'two'];
const ROOMS = ['a', 'b'];
const KEYS = 4;
const PLAIN_SOCKETS = 4;
const GRACE_MS = 100;
/** On a clock that only we turn, so that nobody falls silent before a run is over. */
const HEARTBEAT_MS = 3_600_000;
/** More than news of others may fill, and less than what a server gives a receiver up for, which is not looked at here. */
const MANY_UNACKED = 80;

/**
 * How often of a hundred or so: evenly, forgetting much, hardly listening, or coming and going among others who hardly
 * listen; or evenly, at doors that somebody keeps.
 */
const MOODS = {
  even: { greet: 10, leave: 6, lose: 8, signal: 24, people: 16, acknowledge: 10, advance: 5, doors: 0 },
  forgetful: { greet: 40, leave: 6, lose: 8, signal: 40, people: 30, acknowledge: 10, advance: 1, doors: 0 },
  inattentive: { greet: 6, leave: 1, lose: 1, signal: 150, people: 20, acknowledge: 0, advance: 1, doors: 0 },
  crowded: { greet: 6, leave: 20, lose: 2, signal: 40, people: 80, acknowledge: 4, advance: 1, doors: 0 },
  hosted: { greet: 24, leave: 4, lose: 16, signal: 10, people: 0, acknowledge: 10, advance: 3, doors: 40 },
} as const;

export type Mood = keyof typeof MOODS;

/** A real socket and what should have come of it. */
interface Pair {
  real: HandwrittenSocket;
  reference: ReferenceSocket;
  /** Frames that were compared. */
  compared: number;
}

/** A member with a key: what its app remembers, and its socket. */
interface Seated extends Person {
  identity: Identity;
  pair: Pair | null;
  /** The newest number it has said, heard and acknowledged. */
  said: number;
  heard: number;
  acked: number;
}

type PlainMember = NonNullable<ReturnType<ReferenceRooms['arrive']>>;

/** A real server on real sockets and the reference beside it: everything is done to both, and all that is said compared. */
export class RoomsSideBySide {
  readonly #chance: Chance;
  readonly #mood: (typeof MOODS)[Mood];
  readonly #clock: ManualClock;
  readonly #broker: LocalBroker;
  readonly #server: Awaited<ReturnType<typeof startServer>>;
  readonly #reference: ReferenceRooms;
  readonly #people: Seated[];
  readonly #plain = new Set<{ member: PlainMember; pair: Pair }>();
  /** Ids the server gave to plain members, by ours. */
  readonly #ids = new Map<string, string>();
  /** What was done, the newest last. */
  readonly done: string[] = [];

  private constructor(
    chance: Chance,
    clock: ManualClock,
    broker: LocalBroker,
    server: Awaited<ReturnType<typeof startServer>>,
    capacity: number,
    mood: Mood,
  ) {
    this.#chance = chance;
    this.#mood = MOODS[mood];
    this.#clock = clock;
    this.#broker = broker;
    this.#server = server;
    this.#reference = new ReferenceRooms({ capacity, graceMs: GRACE_MS, isHosted: mood === 'hosted' });
    const identities = Array.from({ length: KEYS }, () => generateIdentity());
    // The same keys in both namespaces: they are different members there.
    this.#people = NAMESPACES.flatMap((namespace) =>
      identities.map((identity) => ({
        id: memberIdOf(namespace, identity.publicKey),
        namespace,
        key: identity.publicKey,
        identity,
        pair: null,
        said: 0,
        heard: 0,
        acked: 0,
      })),
    );
  }

  static async start(chance: Chance, mood: Mood): Promise<RoomsSideBySide> {
    const capacity = chance.one([2, 2, 2, 3]);
    const clock = new ManualClock();
    const broker = new LocalBroker();
    const server = await startServer({
      mode: mood === 'hosted' ? 'rooms-opened-by-host' : 'rooms-on-demand',
      clock,
      broker,
      graceMs: GRACE_MS,
      heartbeatMs: HEARTBEAT_MS,
      timeoutMs: HEARTBEAT_MS,
      roomCapacity: capacity,
    });
    return new RoomsSideBySide(chance, clock, broker, server, capacity, mood);
  }

  /** Does one thing to both. @throws if they differ in anything that anybody hears. */
  async step(): Promise<void> {
    const chance = this.#chance;
    const { greet, leave, lose, signal, people, acknowledge, advance, doors } = this.#mood;
    const steps: [number, () => Promise<void>][] = [
      [greet, () => this.#greet(chance.one(this.#people))],
      [20, () => this.#withSomebody((one) => this.#join(one))],
      [leave, () => this.#withSomebody((one) => this.#leave(one))],
      [signal, () => this.#withSomebody((one) => this.#signal(one))],
      [people, () => this.#withSomebody((one) => this.#amongPeople(one))],
      [acknowledge, () => this.#withSomebody((one) => this.#acknowledge(one))],
      [lose, () => this.#withSomebody((one) => this.#lose(one))],
      [6, () => this.#arrivePlain()],
      [12, () => this.#withPlain((one) => this.#sayPlain(one))],
      [3, () => this.#withPlain((one) => this.#hangUp(one))],
      [doors, () => this.#atDoors()],
      [advance, () => this.#advance(chance.one([1, 10, 30, 60, GRACE_MS - 1, GRACE_MS]))],
    ];
    const tickets = steps.flatMap(([weight, run]) => Array.from({ length: weight }, () => run));
    await chance.one(tickets)();
    for (const person of this.#people) {
      if (this.#reference.unackedOf(person.id) < MANY_UNACKED) continue;
      await (person.pair ? this.#acknowledge(person) : this.#advance(GRACE_MS));
    }
  }

  /** Everybody goes. @throws if anything stays behind. */
  async end(): Promise<void> {
    for (const person of this.#people) if (person.pair) await this.#lose(person);
    for (const plain of [...this.#plain]) await this.#hangUp(plain);
    await this.#advance(GRACE_MS);
    const left = { rooms: this.#broker.roomCount, timers: this.#clock.pending };
    await this.#server.close();
    if (left.rooms + left.timers > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
  }

  // ------------------------------------------------------------- things to do

  async #greet(person: Seated): Promise<void> {
    const chance = this.#chance;
    // An app that was restarted, one that remembers, one that missed something, one that makes things up.
    const resume = chance.one([
      null,
      person.heard,
      person.heard,
      chance.between(person.acked, person.heard),
      9999,
    ]);
    const room = chance.is(0.3) ? chance.one(ROOMS) : null;
    this.done.push(
      `${this.#name(person)} says hello, resuming ${String(resume)}, by the path of ${String(room)}`,
    );
    const path = formatRoomPath({ namespace: person.namespace, room: room ?? '' });
    const real = await HandwrittenSocket.open(this.#server.port, path, SUBPROTOCOL);
    const { nonce } = v.parse(challengeSchema, JSON.parse(await real.nextText()));
    const hello = helloFor(person.identity, { nonce, namespace: person.namespace, host: '127.0.0.1' });
    const memory =
      resume === null && chance.is(0.5) ? {} : { resume: { member: person.id, lastSeq: resume } };
    const former = person.pair;
    person.pair = { real, reference: new ReferenceSocket(), compared: 0 };
    real.say(JSON.stringify({ ...hello, ...memory }));
    this.#reference.greet(person, person.pair.reference, resume);
    if (room !== null) this.#reference.joinFromPath(person.id, room);
    if (former) {
      await former.real.settled();
      this.#compare(former);
      former.real.destroy();
    }
    await this.#settle();
  }

  #join(person: Seated): Promise<void> {
    const room = this.#chance.one(ROOMS);
    this.#request(person, { type: 'join', room });
    this.#reference.join(person.id, room);
    return this.#settle();
  }

  #leave(person: Seated): Promise<void> {
    const room = this.#chance.one(ROOMS);
    this.#request(person, { type: 'leave', room });
    this.#reference.leave(person.id, room);
    return this.#settle();
  }

  #signal(person: Seated): Promise<void> {
    const chance = this.#chance;
    const room = chance.one(ROOMS);
    // Mostly who is there; else anybody of any namespace, also oneself, also who is gone.
    const anybody = [...this.#people.map(({ id }) => id), ...this.#ids.keys()];
    const present = this.#reference.idsIn(person.namespace, room).filter((id) => anybody.includes(id));
    const to = chance.one(chance.is(0.8) && present.length > 0 ? present : anybody);
    const signal = { call: 'call', n: chance.below(100), ...chance.one(SIGNALS) };
    this.#request(person, { type: 'signal', room, to: this.#ids.get(to) ?? to, signal });
    this.#reference.signal(person.id, room, to, signal);
    return this.#settle();
  }

  /** Something that has nothing to do with rooms: who is there, and what they say to each other. */
  #amongPeople(person: Seated): Promise<void> {
    const chance = this.#chance;
    const what = chance.one(['present', 'present', 'present', 'absent', 'tell', 'tell']);
    if (what === 'present') {
      const status = chance.one(STATUSES);
      this.#request(person, { type: 'present', status });
      this.#reference.present(person.id, status);
    } else if (what === 'absent') {
      this.#request(person, { type: 'absent' });
      this.#reference.absent(person.id);
    } else {
      const to = chance.one(this.#people).id;
      this.#request(person, { type: 'tell', to, message: HAIL });
      this.#reference.tell(person.id, to, HAIL);
    }
    return this.#settle();
  }

  #acknowledge(person: Seated): Promise<void> {
    person.acked = this.#chance.is(0.8) ? person.heard : this.#chance.between(person.acked, person.heard);
    this.done.push(`${this.#name(person)} acknowledges ${person.acked}`);
    person.pair?.real.say(JSON.stringify({ type: 'ack', seq: person.acked }));
    this.#reference.acknowledge(person.id, person.acked);
    return this.#settle();
  }

  #lose(person: Seated): Promise<void> {
    this.done.push(`${this.#name(person)} loses its socket`);
    person.pair?.real.destroy();
    person.pair = null;
    this.#reference.lose(person.id);
    return this.#settle();
  }

  /** Something that only happens where rooms are somebody's. */
  #atDoors(): Promise<void> {
    const chance = this.#chance;
    const [namespace, room] = [chance.one(NAMESPACES), chance.one(ROOMS)];
    const host = this.#hostOf(namespace, room);
    if (chance.is(0.25)) return this.#openOrClose(host, room);
    // Mostly who may; else anybody who is there.
    const connected = this.#people.filter(({ pair }) => pair !== null);
    const asker = chance.is(0.85) ? connected.find(({ id }) => id === host.id) : connected[0];
    if (!asker) return Promise.resolve();
    return chance.is(0.2) ? this.#setDoor(asker, room) : this.#answer(asker, room);
  }

  /** The app of a host opens its room, or closes it. */
  #openOrClose({ namespace, id: host }: Seated, room: string): Promise<void> {
    const chance = this.#chance;
    if (this.#reference.isOpen(namespace, room) && chance.is(0.15)) {
      this.done.push(`${namespace}/${room} is closed`);
      this.#server.closeRoom({ namespace, room });
      this.#reference.closeRoom(namespace, room);
      return this.#settle();
    }
    const door = chance.one(DOORS);
    const guests = this.#people.filter((one) => one.namespace === namespace && one.id !== host);
    const admitted = guests.flatMap(({ id }) => (chance.is(0.2) ? [id] : []));
    this.done.push(
      `${namespace}/${room} is opened with its door on ${door}, for ${admitted.join() || 'nobody'}`,
    );
    this.#server.openRoom({ namespace, room, host, door, admitted });
    this.#reference.openRoom(namespace, room, host, door, admitted);
    return this.#settle();
  }

  #answer(asker: Seated, room: string): Promise<void> {
    const chance = this.#chance;
    // Mostly who knocks; else anybody. A plain member has no name until somebody has heard of it.
    const anybody = [...this.#people.map(({ id }) => id), ...this.#ids.keys()];
    const waiting = this.#reference.waitingFor(asker.namespace, room).filter((id) => anybody.includes(id));
    const knocker = chance.one(chance.is(0.9) && waiting.length > 0 ? waiting : anybody);
    const isAdmitted = chance.is(0.7);
    const member = this.#ids.get(knocker) ?? knocker;
    this.#request(asker, { type: isAdmitted ? 'admit' : 'turn-away', room, member });
    this.#reference.answer(asker.id, room, knocker, isAdmitted);
    return this.#settle();
  }

  #setDoor(asker: Seated, room: string): Promise<void> {
    const door = this.#chance.one(DOORS);
    this.#request(asker, { type: 'door', room, door });
    this.#reference.setDoor(asker.id, room, door);
    return this.#settle();
  }

  /** Each room of a namespace has a host of its own. */
  #hostOf(namespace: string, room: string): Seated {
    const [host] = this.#people.filter((one) => one.namespace === namespace).slice(ROOMS.indexOf(room));
    if (!host) throw new Error('more rooms than people');
    return host;
  }

  async #arrivePlain(): Promise<void> {
    if (this.#plain.size >= PLAIN_SOCKETS) return;
    const chance = this.#chance;
    const [namespace, room, isApp] = [chance.one(NAMESPACES), chance.one(ROOMS), chance.is(0.4)];
    const id = `plain-${this.done.length}`;
    this.done.push(`${id} arrives in ${namespace}/${room}${isApp ? '?app' : ''}`);
    const path = `${formatRoomPath({ namespace, room })}${isApp ? '?app' : ''}`;
    const pair = {
      real: await HandwrittenSocket.open(this.#server.port, path),
      reference: new ReferenceSocket(),
      compared: 0,
    };
    const member = this.#reference.arrive(id, namespace, room, isApp, pair.reference);
    await pair.real.settled();
    if (member) this.#plain.add({ member, pair });
    else {
      this.#compare(pair);
      pair.real.destroy();
    }
    await this.#settle();
  }

  #sayPlain({ member, pair }: { member: PlainMember; pair: Pair }): Promise<void> {
    const frame = this.#chance.one(PLAIN_FRAMES);
    this.done.push(`${member.id} says ${JSON.stringify(frame)}`);
    pair.real.say(JSON.stringify(frame));
    this.#reference.say(member, frame);
    return this.#settle();
  }

  #hangUp(plain: { member: PlainMember; pair: Pair }): Promise<void> {
    this.done.push(`${plain.member.id} hangs up`);
    plain.pair.real.destroy();
    this.#plain.delete(plain);
    this.#reference.hangUp(plain.member);
    return this.#settle();
  }

  #advance(ms: number): Promise<void> {
    this.done.push(`${ms} ms pass`);
    this.#clock.advance(ms);
    this.#reference.advance(ms);
    return this.#settle();
  }

  async #withSomebody(run: (person: Seated) => Promise<void>): Promise<void> {
    const connected = this.#people.filter(({ pair }) => pair !== null);
    if (connected.length > 0) await run(this.#chance.one(connected));
  }

  async #withPlain(run: (plain: { member: PlainMember; pair: Pair }) => Promise<void>): Promise<void> {
    if (this.#plain.size > 0) await run(this.#chance.one([...this.#plain]));
  }

  #request(person: Seated, request: Frame): void {
    person.said += 1;
    this.done.push(`${this.#name(person)} asks ${JSON.stringify(request)}`);
    person.pair?.real.say(JSON.stringify({ ...request, seq: person.said }));
  }

  #name({ namespace, id }: Seated): string {
    return `${namespace}/${id}`;
  }

  // ------------------------------------------------------------- and whether it was the same

  /** Waits until the server has done all that was asked of it and everybody has heard of it, and compares. */
  async #settle(): Promise<void> {
    const pairs = (): Pair[] => [
      ...this.#people.flatMap(({ pair }) => (pair ? [pair] : [])),
      ...[...this.#plain].map(({ pair }) => pair),
    ];
    // What one said may be heard by another: first everything is said, then everything heard.
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(pairs().map(({ real }) => real.settled()));
      while (round === 0 && this.#server.connectionCount > pairs().length) await nextTurn();
    }
    for (const person of this.#people) if (person.pair) this.#hear(person, person.pair);
    for (const plain of [...this.#plain]) {
      this.#compare(plain.pair);
      if (plain.pair.reference.closeCode === null) continue;
      plain.pair.real.destroy();
      this.#plain.delete(plain);
    }
    if (this.#broker.roomCount !== this.#reference.roomCount)
      throw new Error(`${this.#broker.roomCount} rooms instead of ${this.#reference.roomCount}`);
  }

  #hear(person: Seated, pair: Pair): void {
    for (const frame of this.#compare(pair)) {
      if (frame['type'] === 'welcome') {
        person.said = Number(frame['lastSeq']);
        if (frame['resumed'] === false) Object.assign(person, { heard: 0, acked: 0 });
      }
      if (typeof frame['seq'] === 'number') person.heard = frame['seq'];
    }
    if (pair.reference.closeCode === null) return;
    pair.real.destroy();
    person.pair = null;
  }

  /** @returns what came since the last time. */
  #compare(pair: Pair): Frame[] {
    const came = pair.real
      .texts()
      .map((text) => v.parse(v.looseObject({}), JSON.parse(text)))
      .filter(({ type }) => type !== 'ack');
    const expected = pair.reference.frames.slice(pair.compared);
    pair.compared = pair.reference.frames.length;
    if (
      came.length !== expected.length ||
      !came.every((frame, index) => this.#isSame(frame, expected[index]))
    )
      throw new Error(`heard ${JSON.stringify(came)}\ninstead of ${JSON.stringify(expected)}`);
    if (pair.real.ending !== pair.reference.closeCode)
      throw new Error(
        `closed with ${String(pair.real.ending)} instead of ${String(pair.reference.closeCode)}`,
      );
    return came;
  }

  /** Our names for plain members stand for whatever the server called them first. */
  #isSame(came: unknown, expected: unknown): boolean {
    if (typeof expected === 'string' && /^plain-\d+$/.test(expected)) {
      if (!this.#ids.has(expected)) this.#ids.set(expected, String(came));
      return this.#ids.get(expected) === came;
    }
    if (typeof came !== 'object' || came === null || typeof expected !== 'object' || expected === null)
      return came === expected;
    const [left, right] = [Object.entries(came), new Map(Object.entries(expected))];
    // The welcome says more than is looked at here.
    const isWelcome = right.get('type') === 'welcome';
    if (left.length !== right.size && !isWelcome) return false;
    return left.every(([key, value]) => (right.has(key) ? this.#isSame(value, right.get(key)) : isWelcome));
  }
}

const DOORS: Door[] = ['ask', 'ask', 'open'];

const STATUSES = ['free', 'in-call', 'do-not-disturb', 'invisible'];
const HAIL: Frame = { type: 'hail', call: 'c'.repeat(22) };

const SIGNALS: Frame[] = [
  { description: { type: 'offer', sdp: 'v=0 offer' } },
  { description: { type: 'answer', sdp: 'v=0 answer' } },
  { candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } },
  { candidate: null },
  { bye: true },
];

const PLAIN_FRAMES: Frame[] = [
  { type: 'offer', sdp: 'v=0 plain offer' },
  { type: 'answer', sdp: 'v=0 plain answer' },
  { type: 'candidate', id: 'audio', mlineindex: 1, candidate: 'candidate:2' },
  { type: 'keepAlive' },
  { type: 'chat', text: 'anything' },
];
