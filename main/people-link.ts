import type { ErrorCode, LinkKind } from '../preload/bridge';
import { LinkPeople } from './link-people';
import { LinkRings, type LinkRingsParts } from './link-rings';
import { SignalingClient, SignalingError, type ClientEvent } from './signaling/client';
import type { Timer } from './signaling/clock';
import type { Person, RingMessage, Status } from './signaling/protocol';
import { reconnectDelay } from './signaling/reconnect-policy';

/** Where a link leads: addresses of one server, and the namespace its people meet in. */
export interface LinkTarget {
  servers: readonly string[];
  namespace: string;
}

/** Whether two targets are one namespace of one server, as far as addresses tell. */
export const isSameTarget = (one: LinkTarget, other: LinkTarget): boolean =>
  one.namespace === other.namespace && one.servers.some((server) => other.servers.includes(server));

/**
 * A link's conversation while a call is over it, which may be only beginning: goes on until released, whatever becomes of
 * the link.
 */
export interface Conversation {
  client: SignalingClient;
  release: () => void;
}

/** What its rings need, and have of the link itself. */
type LinkProvides = 'person' | 'entered' | 'waitFor' | 'tell' | 'roomTarget';

export interface PeopleLinkParts extends Omit<LinkRingsParts, LinkProvides> {
  kind: LinkKind;
  target: LinkTarget;
  /**
   * The key of the one person who is met here, on a server of their own; `null`: whoever it turns out to be. Without
   * it everybody who is present is met.
   */
  only?: string | null;
  /** The server's join secret, where one is known. */
  password: string | null;
  name: string;
  status: Status;
  /** The link's state or its people changed. */
  onChange?: () => void;
  /** No call is over it any more. */
  onReleased?: () => void;
}

/** A name is told once nobody rings. */
const RENAME_MS = 1000;
/** What is wrong will not mend itself: asked again only when the person changes something, or after this. */
const HOPELESS_MS = 60_000;

/**
 * One conversation with a server for as long as it is wanted: this person is present there, sees the others
 * (link-people.ts), and rings them and is rung (link-rings.ts).
 */
export class PeopleLink {
  readonly #parts: PeopleLinkParts;
  /** `null`: there is no conversation, until the next try. */
  #client: SignalingClient | null = null;
  #status: Status;
  #name: string;
  #attempt = 0;
  #retry: Timer | null = null;
  /** Settles once the conversation is there, and this person present in it, or there is none. */
  #entered: Promise<void> = Promise.resolve();
  #closed = false;
  /** Calls that are over the conversation. */
  #holders = 0;
  /** The conversation still says the former name. */
  #isNameOld = false;
  #servers: readonly string[];
  /** Where it led until now: a call may still name an address of before. */
  readonly #everServers: Set<string>;
  #state: 'connecting' | 'up' | 'down' = 'connecting';
  #problem: ErrorCode | null = null;
  readonly #people: LinkPeople;
  /** Over this conversation. */
  readonly rings: LinkRings;

  constructor(parts: PeopleLinkParts) {
    this.#parts = parts;
    this.#status = parts.status;
    this.#name = parts.name;
    this.#servers = parts.target.servers;
    this.#everServers = new Set(this.#servers);
    this.#people = new LinkPeople({
      ...parts,
      link: parts.id,
      namespace: parts.target.namespace,
      only: parts.only,
      isOwner: parts.rooms !== undefined,
      tell: (to, message) => this.#tell(to, message),
      onChange: () => parts.onChange?.(),
    });
    this.rings = new LinkRings({
      ...parts,
      person: (member) => this.#people.find(member),
      entered: () => this.#entered,
      waitFor: (member) => this.#people.waitFor(member),
      tell: (to, message) => this.#tell(to, message),
      roomTarget: (room) => ({ servers: [...this.#servers], namespace: parts.target.namespace, room }),
    });
    this.#connect();
  }

  get id(): string {
    return this.#parts.id;
  }

  get state(): 'connecting' | 'up' | 'down' {
    return this.#state;
  }

  get problem(): ErrorCode | null {
    return this.#problem;
  }

  /** Who is met here now. */
  get people(): Person[] {
    return this.#people.all;
  }

  /** The key of the one person who is met here, once it is known. */
  get only(): string | null {
    return this.#people.only;
  }

  /** The address that answered, `ws://host:port`. */
  get server(): string | null {
    return this.#client?.server ?? null;
  }

  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Somebody rings over it, or an accepted ring is on its way to become a call that holds it. */
  get isInUse(): boolean {
    return this.isHeld || this.rings.isUnderWay;
  }

  leadsTo(target: LinkTarget): boolean {
    return isSameTarget(target, { ...this.#parts.target, servers: [...this.#everServers] });
  }

  /** The conversation, for a call to be over: a key can have only one. Where there is none, it is tried for now. */
  hold(): Conversation {
    const client = this.#client ?? this.#connect();
    this.#holders += 1;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      this.#holders -= 1;
      if (this.#holders > 0) return;
      if (this.#closed) this.#client?.close();
      else if (this.#isNameOld) this.#connectAnew();
      this.#parts.onReleased?.();
    };
    return { client, release };
  }

  /**
   * No call is under way: what rooms were opened for rings close once the last was left. A conversation whose place a room
   * had taken is begun anew.
   */
  closeRooms(left: Promise<void>): void {
    this.rings.closeRooms(left);
    void left.then(() => {
      const isTried = this.#client !== null || this.#retry !== null;
      if (!this.#closed && !isTried) this.#connect();
    });
  }

  /** Says everything again to a page that has just begun. */
  tellAll(): void {
    this.#tellState();
    this.#people.tellAll();
  }

  /** The server is at other addresses from now on. */
  moveTo(servers: readonly string[]): void {
    if (servers.join() === this.#servers.join()) return;
    this.#servers = servers;
    for (const server of servers) this.#everServers.add(server);
    if (this.#retry !== null) this.#connect();
    else this.#client?.useServers(servers);
  }

  /** Others see this name from now on; where a call is over the conversation, once that is over. */
  rename(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#isNameOld = true;
    this.#sayName();
  }

  /** Begins anew under the present name, once nobody rings or talks over the conversation. */
  #sayName(): void {
    if (this.#closed || !this.#isNameOld) return;
    // Whose call it is goes on when that is over.
    if (this.isHeld) return;
    if (this.isInUse) this.#parts.clock.setTimeout(() => this.#sayName(), RENAME_MS);
    else this.#connectAnew();
  }

  setStatus(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#client?.present(status);
  }

  reconnectNow(): void {
    if (this.#retry !== null) this.#connect();
    else this.#client?.reconnectNow();
  }

  /** Nobody sees this person here any more. A call that is over the conversation goes on. */
  close(): void {
    if (this.#closed) return;
    this.#forgetPeople();
    this.rings.close();
    this.#people.close();
    this.#closed = true;
    this.#cancelRetry();
    if (this.isHeld) this.#client?.absent();
    else this.#client?.close();
    this.#parts.emit({ type: 'link-closed', link: this.id });
  }

  /** Takes {@link close} back while a call is still over the conversation: a key can have only one. */
  revive(): void {
    this.#closed = false;
    this.#tellState();
    this.#client?.present(this.#status);
  }

  // ---------------------------------------------------------------- the conversation

  #connect(): SignalingClient {
    this.#cancelRetry();
    const { target, identity, password } = this.#parts;
    this.#isNameOld = false;
    const client = new SignalingClient({
      servers: this.#servers,
      namespace: target.namespace,
      identity,
      name: this.#name,
      ...(password === null ? {} : { joinSecret: password }),
    });
    this.#client = client;
    client.subscribe((event) => {
      if (this.#client === client) this.#onEvent(event);
    });
    // First of all: whom a server refuses a room who wants nothing else there, it sends away.
    client.present(this.#status);
    this.#entered = client.connect().then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof SignalingError)) throw error;
      },
    );
    return client;
  }

  #connectAnew(): void {
    this.#client?.close();
    this.#connect();
  }

  #onEvent(event: ClientEvent): void {
    // Only a call is still over it.
    if (this.#closed) return;
    switch (event.type) {
      case 'up':
        this.#attempt = 0;
        this.#setState('up', null);
        return;
      case 'down':
        this.#forgetPeople();
        this.#setState('down', 'server-unreachable');
        return;
      case 'closed':
        this.#client = null;
        this.#forgetPeople();
        this.#setState('connecting', event.code);
        this.#connectLater(event.code);
        return;
      case 'people':
        this.#people.list(event);
        return;
      case 'person':
        this.#people.appeared(event.person);
        return;
      case 'person-gone':
        this.#people.vanished(event.member);
        this.rings.unreachable(event.member);
        this.#parts.onChange?.();
        return;
      case 'told':
        this.#onTold(event.from, event.message);
        return;
      case 'error':
        if (event.code === 'peer-unavailable' && event.room === undefined && event.to !== undefined)
          this.rings.unreachable(event.to);
        else if (event.code === 'presence-off') this.#setState('up', 'presence-off');
        return;
      case 'welcome':
      case 'draining':
        return;
      case 'ice-servers':
      case 'joined':
      case 'knock':
      case 'knock-ended':
      case 'knocking':
      case 'member-away':
      case 'member-back':
      case 'member-joined':
      case 'member-left':
      case 'signal':
        // Of rooms: theirs who joined them.
        return;
      default:
        event satisfies never;
    }
  }

  #onTold(from: Person, message: RingMessage): void {
    if (!this.#people.isMet(from)) return;
    if (message.type === 'prove') this.#people.prove(from, message);
    else if (message.type === 'proof') this.#people.onProof(from, message);
    // A first ring may come before the proof: its hail waits for that.
    else this.#people.onceProved(from, () => this.rings.hear(from, message));
  }

  #tell(to: string, message: RingMessage): void {
    this.#client?.tell(to, message);
  }

  #forgetPeople(): void {
    for (const member of new Set([...this.people.map(({ id }) => id), ...this.rings.members]))
      this.rings.unreachable(member);
    this.#people.forget();
  }

  #setState(state: 'connecting' | 'up' | 'down', problem: ErrorCode | null): void {
    this.#state = state;
    this.#problem = problem;
    this.#tellState();
    this.#parts.onChange?.();
  }

  #tellState(): void {
    const { id: link, kind, emit } = this.#parts;
    const [server = ''] = this.#servers;
    emit({ type: 'link-changed', link, kind, server, state: this.#state, problem: this.#problem });
  }

  #connectLater(code: ErrorCode): void {
    // On the saved server only this app has this key: a room took its place, by another address of that server.
    const isInTheWay = code === 'replaced' && this.#parts.kind === 'saved';
    if (this.#closed || isInTheWay) return;
    this.#attempt += 1;
    const isHopeless = code !== 'server-unreachable';
    const delayMs = isHopeless ? HOPELESS_MS : reconnectDelay(this.#attempt, Math.random(), 0);
    this.#retry = this.#parts.clock.setTimeout(() => {
      this.#retry = null;
      this.#connect();
    }, delayMs);
  }

  #cancelRetry(): void {
    if (this.#retry !== null) this.#parts.clock.clearTimeout(this.#retry);
    this.#retry = null;
  }
}
