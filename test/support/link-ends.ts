/** Ends of links between people: as the app has them, and one that says what it likes. */
import { randomBytes } from 'node:crypto';
import { PeopleLink } from '../../main/people-link';
import { RingThrottle } from '../../main/ring-throttle';
import { systemClock, type Clock } from '../../main/signaling/clock';
import { generateIdentity, memberIdOf, type Identity } from '../../main/signaling/identity';
import { silentLogger, type Logger } from '../../main/signaling/logger';
import type { RingMessage, Status } from '../../main/signaling/protocol';
import type { BridgeEvent } from '../../preload/bridge';
import { Events, TestMember } from './signaling-clients';

const NAMESPACE = 'family';

/** Of a certificate that there is not. */
export const fingerprint = (byte: string): string => Array(32).fill(byte).join(':');
export const newCall = (): string => randomBytes(16).toString('base64url');

type EventOf<Type> = Extract<BridgeEvent, { type: Type }>;

interface EndOptions {
  identity?: Identity;
  status?: Status;
  blocked?: readonly string[];
  log?: Logger;
  clock?: Clock;
  /** See `PeopleLinkParts`. */
  only?: string;
}

/** One end as the app has it: its link to the server, and what its page hears. */
export class End {
  readonly identity: Identity;
  readonly id: string;
  readonly events = new Events<BridgeEvent>();
  readonly link: PeopleLink;

  constructor(
    server: string,
    name: string,
    {
      identity = generateIdentity(),
      status = 'free',
      blocked = [],
      log = silentLogger,
      clock = systemClock,
      only,
    }: EndOptions = {},
  ) {
    this.identity = identity;
    this.id = memberIdOf(NAMESPACE, identity.publicKey);
    this.link = new PeopleLink({
      id: 'saved',
      kind: 'saved',
      target: { servers: [server], namespace: NAMESPACE },
      ...(only !== undefined && { only }),
      password: null,
      identity,
      name,
      status,
      isBlocked: (key) => blocked.includes(key),
      refusal: () => null,
      throttle: new RingThrottle(),
      emit: (event) => {
        this.events.push(event);
      },
      onAgreed: () => undefined,
      log,
      clock,
    });
  }

  next<Type extends BridgeEvent['type']>(type: Type): Promise<EventOf<Type>> {
    return this.events.next((event): event is EventOf<Type> => event.type === type);
  }

  /** Everything of one type heard so far. */
  heard<Type extends BridgeEvent['type']>(type: Type): EventOf<Type>[] {
    return this.events.seen.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Waits until this end sees somebody. */
  async sees(id: string): Promise<void> {
    await this.events.next(
      (event) =>
        (event.type === 'person' && event.person.id === id) ||
        (event.type === 'people' && event.people.some((person) => person.id === id)),
    );
  }
}

/** Somebody who says what they like, with a key of their own. */
export class Stranger extends TestMember {
  readonly identity: Identity;

  constructor(server: string, identity = generateIdentity(), namespace = NAMESPACE) {
    super({ servers: [server], name: 'Ben', namespace, identity });
    this.identity = identity;
  }

  /** Connects, and can be seen. */
  static async comes(server: string, identity?: Identity, namespace?: string): Promise<Stranger> {
    const stranger = new Stranger(server, identity, namespace);
    await stranger.client.connect();
    stranger.client.present('free');
    await stranger.next('people');
    return stranger;
  }

  /** The next thing of this type that somebody says to it. */
  async told<Type extends RingMessage['type']>(type: Type): Promise<Extract<RingMessage, { type: Type }>> {
    for (;;) {
      const { message } = await this.next('told');
      if (message.type === type) return message as Extract<RingMessage, { type: Type }>;
    }
  }

  /** Asks for a nonce and rings with it, unsigned. @returns the call */
  async ring(to: string): Promise<string> {
    const call = newCall();
    this.client.tell(to, { type: 'hail', call });
    await this.told('nonce');
    this.client.tell(to, this.unsignedRing(call));
    return call;
  }

  unsignedRing(call: string): RingMessage {
    return {
      type: 'ring',
      call,
      room: 'room',
      media: 'voice',
      fingerprint: fingerprint('AA'),
      nonce: newCall(),
      signature: 'AAAA',
    };
  }
}
