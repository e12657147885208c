import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../main/signaling/clock';
import { lineLogger, type Logger } from '../../main/signaling/logger';
import type { IceServer } from '../../main/signaling/protocol';
import { iceServersFor, type IceOptions } from '../../main/signaling/turn';
import { joinAs, RawMember, TestMember } from '../support/signaling-clients';
import { startFreezingProxy } from '../support/signaling-proxy';
import { startServer } from '../support/signaling-servers';
import { addressBytes, TurnClient, type TurnCredentials } from '../support/turn-client';
import { startTurnServer, type TurnServer } from '../support/turn-servers';

const SECRET = 'a-secret-of-two-servers';
const TEST_NETWORK = '10.77.0.0-10.77.0.255';
const HOUR_MS = 3_600_000;
const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

let turn: TurnServer;
beforeAll(async () => {
  turn = await startTurnServer({
    secret: SECRET,
    lines: [`allowed-peer-ip=${TEST_NETWORK}`],
    relayIps: hasIPv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'],
  });
});
afterAll(() => turn.stop());

const iceWith = (ttlMs = HOUR_MS): IceOptions => ({
  stunUrls: [`stun:127.0.0.1:${turn.port}`],
  turn: { urls: [turn.url], secret: SECRET, ttlMs },
});

/** The TURN server among the ICE servers of a welcome or an event. */
function turnOf({ iceServers }: { iceServers: IceServer[] }): IceServer {
  const found = iceServers.find(({ urls }) => urls.includes(turn.url));
  if (!found) throw new Error(`no TURN server in ${JSON.stringify(iceServers)}`);
  return found;
}

const expiryOf = ({ username = '' }: IceServer): number => Number(username.split(':')[0]);

/** What coturn says to an allocation with these credentials. */
async function allocateWith(credentials: TurnCredentials): Promise<number> {
  const client = new TurnClient(turn.port, credentials);
  try {
    return await client.allocate();
  } finally {
    client.close();
  }
}

describe('credentials', () => {
  const made = (wallMs = Date.now(), options = iceWith()): IceServer =>
    turnOf({ iceServers: iceServersFor(options, 'm'.repeat(22), wallMs) });

  it('that are good are let in by coturn', async () => {
    expect(await allocateWith(made())).toBe(200);
  });

  it('that are expired are refused with 401', async () => {
    expect(await allocateWith(made(Date.now() - HOUR_MS - 2000))).toBe(401);
  });

  it.each<[string, (good: IceServer) => TurnCredentials]>([
    ['a later expiry', (good) => ({ ...good, username: good.username?.replace(/^\d/, '9') })],
    ['another member', (good) => ({ ...good, username: good.username?.replace(/m$/, 'n') })],
    ['another password', (good) => ({ ...good, credential: good.credential?.replace(/^./, '*') })],
    ['no expiry', (good) => ({ ...good, username: good.username?.replace(/^\d+:/, '') })],
    ['no name and no password', () => ({})],
    ['the secret as password', (good) => ({ ...good, credential: SECRET })],
  ])('with %s are refused with 401', async (_what, alter) => {
    expect(await allocateWith(alter(made()))).toBe(401);
  });

  it('made with another secret are refused with 401', async () => {
    const other = { stunUrls: [], turn: { urls: [turn.url], secret: 'another', ttlMs: HOUR_MS } };
    expect(await allocateWith(made(Date.now(), other))).toBe(401);
  });
});

describe('the shipped configuration', () => {
  const words = (text: string): string[] => text.trim().split(/\s+/);
  /** The IANA registries of special-purpose addresses, and multicast. */
  const SPECIAL = {
    ipv4: words(`
      0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
      192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
      203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32`),
    // After the registry: this machine and private networks, as IPv4 is written as IPv6 in one way or another.
    ipv6: words(`
      ::1/128 ::/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32
      2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
      ::7f00:1/128 ::a00:0/128 ::ac10:100/128 ::ffff:c0a8:0/112 ::ffff:0:0:0/96 64:ff9b::a00:1/128`),
  };
  /** Beside those ranges, and somewhere else. */
  const PUBLIC = {
    ipv4: words('1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.32.0.0 198.20.0.0'),
    ipv6: words(
      '2001:200:: 2001:db7:ffff:: 2003::1 2606:4700::1111 2620:4f:7fff::1 2a00:1450::8 3ffe::1 4000::1',
    ),
  };

  describe.each(['ipv4', 'ipv6'] as const)('for %s', (family) => {
    let client: TurnClient;
    beforeAll(async () => {
      client = new TurnClient(
        turn.port,
        turnOf({ iceServers: iceServersFor(iceWith(), family, Date.now()) }),
      );
      await client.allocate(family);
    });
    afterAll(() => {
      client.close();
    });
    beforeEach(({ skip }) => {
      skip(family === 'ipv6' && !hasIPv6, 'this machine has no IPv6');
    });

    it.each([...new Set(SPECIAL[family].flatMap(edges))])(
      'refuses to relay to %s with 403',
      async (address) => {
        expect([await client.createPermission(address), await client.channelBind(address)]).toEqual([
          403, 403,
        ]);
      },
    );

    it.each(PUBLIC[family])('relays to %s', async (peer) => {
      expect([await client.createPermission(peer), await client.channelBind(peer)]).toEqual([200, 200]);
    });
  });

  it('gives one member no more than its share, whatever credentials it has', async () => {
    const answers = [];
    for (let n = 0; n < 25; n += 1) {
      const credentials = iceServersFor(iceWith(HOUR_MS + n * 1000), 'greedy', Date.now());
      answers.push(await allocateWith(turnOf({ iceServers: credentials })));
    }
    expect(answers).toEqual([...Array<number>(24).fill(200), 486]);
  });

  it('relays to a network that is allowed, and not beside it', async () => {
    const client = new TurnClient(
      turn.port,
      turnOf({ iceServers: iceServersFor(iceWith(), 'test', Date.now()) }),
    );
    await client.allocate();
    expect([await client.createPermission('10.77.0.1'), await client.channelBind('10.77.0.2')]).toEqual([
      200, 200,
    ]);
    expect(await client.createPermission('10.77.1.0')).toBe(403);
    client.close();
  });
});

describe('a server with TURN', () => {
  const TTL_MS = 4000;
  let log: string;
  let logger: Logger;
  let server: Awaited<ReturnType<typeof startServer>>;
  let members: TestMember[];
  beforeEach(async () => {
    log = '';
    logger = lineLogger({ level: 'debug', write: (line) => (log += line) });
    // Away takes more than a second, so that credentials of before and after cannot be the same.
    server = await startServer({ ice: iceWith(TTL_MS), logger, heartbeatMs: 200, timeoutMs: 1500 });
    members = [];
  });
  afterEach(async () => {
    for (const { client } of members) client.close();
    await server.close();
    expect(log).not.toContain(SECRET);
    for (const { events } of members) {
      const heard = JSON.stringify(events.seen);
      expect(heard).not.toContain(SECRET);
      for (const [, credential = ''] of heard.matchAll(/"credential":"([^"]+)"/g))
        expect(log).not.toContain(credential);
    }
  });

  it('gives each member credentials of its own in the welcome', async () => {
    const member = new TestMember({ servers: [server.url] });
    members.push(member);
    const welcome = await member.client.connect();
    expect(welcome.iceServers[0]).toEqual({ urls: [`stun:127.0.0.1:${turn.port}`] });
    expect(turnOf(welcome).username).toMatch(new RegExp(`^\\d{10}:${member.id}$`));
    expect(welcome.iceTtlMs).toBe(TTL_MS);
    expect(await allocateWith(turnOf(welcome))).toBe(200);
  });

  it('renews them over the open socket before they run out, again and again', async () => {
    const member = await joinAs(server.url, 'room');
    members.push(member);
    let before = turnOf(member.client);
    for (let times = 0; times < 2; times += 1) {
      const renewed = turnOf(await member.next('ice-servers'));
      expect(await allocateWith(before)).toBe(200);
      expect(await allocateWith(renewed)).toBe(200);
      expect(expiryOf(renewed)).toBeGreaterThan(expiryOf(before));
      expect(turnOf({ iceServers: member.client.iceServers })).toEqual(renewed);
      before = renewed;
    }
  });

  it('gives a member that was away fresh ones when it is back', async () => {
    const proxy = await startFreezingProxy(server.port);
    const watcher = await joinAs(server.url, 'room');
    const member = await joinAs(proxy.url, 'room');
    members.push(watcher, member);
    const before = turnOf(member.client);
    proxy.freeze('client');
    await watcher.next('member-away');
    member.client.reconnectNow();
    const welcome = await member.events.next((event) => event.type === 'welcome' && event.resumed);
    if (welcome.type !== 'welcome') throw new Error('no welcome');
    expect(expiryOf(turnOf(welcome))).toBeGreaterThan(expiryOf(before));
    expect(await allocateWith(turnOf(welcome))).toBe(200);
    // And goes on renewing.
    await member.next('ice-servers');
    await proxy.close();
  });

  it('answers who asks for fresh ones', async () => {
    const member = new RawMember(server.url);
    await member.greet();
    member.send({ type: 'ice-servers', seq: 1 });
    const answer = await member.message('ice-servers');
    expect(await allocateWith(turnOf(answer))).toBe(200);
    expect(JSON.stringify(member.frames.seen)).not.toContain(SECRET);
    member.socket.close();
  });

  it('is asked for fresh ones only once those at hand are older than half their life', async () => {
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const member = await joinAs(server.url, 'room', { clock });
    members.push(member);
    const before = member.client.iceServers;
    expect(await member.client.freshIceServers()).toBe(before);
    expect(member.heard('ice-servers')).toEqual([]);
    aheadMs = TTL_MS / 2;
    const fresh = await member.client.freshIceServers();
    expect(fresh).not.toBe(before);
    expect(member.heard('ice-servers').map(({ iceServers }) => iceServers)).toEqual([fresh]);
    expect(await allocateWith(turnOf({ iceServers: fresh }))).toBe(200);
  });
});

/** The first and the last address of a range. */
function edges(range: string): string[] {
  const [address = '', bits = ''] = range.split('/');
  const first = addressBytes(address);
  const last = Buffer.from(
    first.map((byte, i) => byte | (0xff >> Math.min(8, Math.max(0, Number(bits) - 8 * i)))),
  );
  return [first, last].map(written);
}

function written(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const words = bytes.toString('hex').match(/.{4}/g) ?? [];
  // A URL has it in its shortest form.
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1);
}
