/** The app as it keeps one conversation with the server it has saved. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeopleLink } from '../../main/people-link';
import { PeopleLinks } from '../../main/people-links';
import { RoomSession } from '../../main/room-session';
import { ServerPasswords } from '../../main/server-passwords';
import { fitSettings } from '../../main/settings';
import { generateIdentity, memberIdOf } from '../../main/signaling/identity';
import { silentLogger } from '../../main/signaling/logger';
import type { BridgeEvent, ErrorCode, JoinTarget, Settings } from '../../preload/bridge';
import { Events } from './signaling-clients';

const keyStore = {
  isSafe: () => Promise.resolve(false),
  encrypt: () => Promise.reject(new Error('no key store')),
  decrypt: () => Promise.reject(new Error('no key store')),
};

/** An app that has saved a server, as far as rooms and people there go. */
export class App {
  readonly identity = generateIdentity();
  readonly id = memberIdOf('family', this.identity.publicKey);
  readonly events = new Events<BridgeEvent>();
  readonly passwords = new ServerPasswords({
    path: join(tmpdir(), 'parley-no-password.json'),
    keyStore,
    log: silentLogger,
  });
  readonly people: PeopleLinks;
  readonly session: RoomSession;
  /** In a room of the saved server. */
  readonly target: JoinTarget;

  constructor(
    url: string,
    { blocked = [], ...change }: Partial<Settings> & { blocked?: readonly string[] } = {},
  ) {
    const server = { servers: [url], namespace: 'family' };
    const settings = fitSettings({ name: 'Ann', server, ...change });
    this.target = { ...server, room: 'tea' };
    const shared = {
      identity: this.identity,
      passwords: this.passwords,
      emit: (event: BridgeEvent) => this.events.push(event),
      log: silentLogger,
    };
    const people = new PeopleLinks({
      ...shared,
      settings: () => settings,
      isBlocked: (key) => blocked.includes(key),
      onAgreed: () => undefined,
    });
    const hostsNothing = (): never => {
      throw new Error('nothing is hosted');
    };
    this.people = people;
    this.session = new RoomSession({
      ...shared,
      name: () => settings.name,
      lanServer: {
        openRoom: hostsNothing,
        closeRoom: hostsNothing,
        rememberDoor: hostsNothing,
        onRestarted: () => undefined,
        settled: () => Promise.resolve(),
      },
      lastSeat: { write: () => Promise.resolve() },
      conversationWith: (target) => people.conversationWith(target),
      callIn: (target) => people.callIn(target),
      isRinging: (target) => people.isRinging(target),
      ready: (target) => people.ready(target),
    });
  }

  async close(): Promise<void> {
    await this.session.leave();
    this.people.close();
  }

  /** The conversation with the saved server. */
  get link(): PeopleLink {
    const link = this.people.link('saved');
    if (!link) throw new Error('there is no link');
    return link;
  }

  /** Waits until there is no conversation with the saved server, and why. */
  async failsWith(problem: ErrorCode): Promise<void> {
    await this.events.next((event) => event.type === 'link-changed' && event.problem === problem);
  }
}
