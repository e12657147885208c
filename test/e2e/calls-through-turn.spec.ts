import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IceServer } from '../../main/signaling/protocol';
import { iceServersFor } from '../../main/signaling/turn';
import { makeCertificate, trustAtHome } from '../support/certificates';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';
import { startHeadless, startServer } from '../support/signaling-servers';
import { startTurnServer, type TurnServer } from '../support/turn-servers';

const SECRET = 'a-secret-of-two-servers';

let turn: TurnServer;
const stops: (() => Promise<unknown>)[] = [];
test.afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** What is shipped relays to nobody on this machine, so a test asks for just that. */
const ON_THIS_MACHINE = ['allow-loopback-peers', 'allowed-peer-ip=127.0.0.1'];

async function joinByAddress(person: Person, port: number): Promise<void> {
  await person.button('Join').click();
  await person.page.getByRole('textbox', { name: 'Link or address' }).fill(`127.0.0.1:${String(port)}`);
  await person.page.getByRole('textbox', { name: 'Room name' }).fill('tea');
  await person.button('Join room').click();
}

test('two people who both hide their address talk through a relay', async ({ meet }) => {
  turn = await startTurnServer({ secret: SECRET, lines: ON_THIS_MACHINE });
  const server = await startHeadless(ROOT, ['--turn-url', turn.url], { PARLEY_TURN_SECRET: SECRET });
  stops.push(
    () => turn.stop(),
    () => server.stop(),
  );
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings: { alwaysRelay: true } }),
    meet('Ben', { media: BLUE }),
  ]);
  await Promise.all([ann, ben].map(remember));
  // Ben turns it on where a person would.
  await ben.button('Settings').click();
  await ben.page.getByRole('switch', { name: 'Always go through a TURN server' }).check();
  await ben.page.keyboard.press('Escape');

  await joinByAddress(ann, server.port);
  await joinByAddress(ben, server.port);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  for (const { page } of [ann, ben]) {
    expect(await page.evaluate(ownEnd)).toBe('relay');
    // Not a word of any other address was said to the other side.
    expect(await page.evaluate(candidateTypes)).toEqual(['relay']);
  }
});

test('two people talk through a relay that they reach by TLS, once they trust its certificate', async ({
  meet,
}) => {
  const home = await mkdtemp(join(tmpdir(), 'parley-home-'));
  const tls = await makeCertificate(home);
  await trustAtHome(home, tls.cert);
  turn = await startTurnServer({ secret: SECRET, lines: ON_THIS_MACHINE, tls });
  const server = await startHeadless(ROOT, ['--turn-url', turn.tlsUrl ?? ''], {
    PARLEY_TURN_SECRET: SECRET,
  });
  stops.push(
    () => turn.stop(),
    () => server.stop(),
    () => rm(home, { recursive: true, force: true }),
  );
  const settings = { alwaysRelay: true };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings, home }),
    meet('Ben', { media: BLUE, settings, home }),
  ]);
  await Promise.all([ann, ben].map(remember));
  await joinByAddress(ann, server.port);
  await joinByAddress(ben, server.port);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  for (const { page } of [ann, ben]) expect(await page.evaluate(relayProtocols)).toEqual(['tls']);

  // Whoever does not trust it has no relay there, whatever credentials.
  const stranger = await meet('Cleo', { home: join(home, 'nobody') });
  const ice = { stunUrls: [], turn: { urls: [turn.tlsUrl ?? ''], secret: SECRET, ttlMs: 60_000 } };
  const servers = iceServersFor(ice, 'stranger', Date.now());
  expect(await ann.page.evaluate(findsRelay, servers)).toBe(true);
  expect(await stranger.page.evaluate(findsRelay, servers)).toBe(false);
});

test('who finds no relay is told what stands in the way: a wrong password, or none to go through', async ({
  meet,
}) => {
  test.slow();
  turn = await startTurnServer({ secret: SECRET, lines: ON_THIS_MACHINE });
  const server = await startHeadless(ROOT);
  stops.push(
    () => turn.stop(),
    () => server.stop(),
  );
  const wrong = [{ urls: [turn.url], username: 'ann', credential: 'not-this-one' }];
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings: { alwaysRelay: true, iceServers: wrong } }),
    meet('Ben', { media: BLUE, settings: { alwaysRelay: true } }),
  ]);
  await joinByAddress(ann, server.port);
  await joinByAddress(ben, server.port);
  const patience = { timeout: 60_000 };
  const told = ann.page.getByText('The TURN server refused the user name or password.');
  await expect(told).toBeVisible(patience);
  await expect(ben.page.getByText('Your calls go only through a TURN server')).toBeVisible(patience);
});

test('a call longer than its credentials finds its way back through a relay that was restarted', async ({
  meet,
}) => {
  test.slow();
  turn = await startTurnServer({ secret: SECRET, lines: ON_THIS_MACHINE });
  // Shorter than the command line allows.
  const iceTurn = { urls: [turn.url], secret: SECRET, ttlMs: 8000 };
  const server = await startServer({ ice: { stunUrls: [], turn: iceTurn } });
  stops.push(
    () => turn.stop(),
    () => server.close(),
  );
  const settings = { alwaysRelay: true };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings }),
  ]);
  await Promise.all([ann, ben].map(remember));
  await joinByAddress(ann, server.port);
  await joinByAddress(ben, server.port);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  // When the second renewal is there, what the call began with is no good any more.
  for (let renewals = 0; renewals < 2; renewals += 1) {
    const before = await expiryNow(ann);
    await expect.poll(() => expiryNow(ann), { message: 'renewed during the call' }).toBeGreaterThan(before);
  }

  // Every allocation dies with the relay: only an ICE restart, and only with good credentials, finds a path again.
  const { port } = turn;
  await turn.stop();
  await expect(ann.page.getByText('The connection is interrupted.')).toBeVisible();
  turn = await startTurnServer({ secret: SECRET, lines: ON_THIS_MACHINE, port });
  await expect(ann.page.getByText('The connection is interrupted.')).toBeHidden({ timeout: 45_000 });
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  for (const { page } of [ann, ben]) expect(await page.evaluate(ownEnd)).toBe('relay');
});

/** Until when the credentials of the present connection are good, in seconds since 1970. */
async function expiryNow({ page }: Person): Promise<number> {
  const username = await page.evaluate(
    () => window.parleyTestConnections?.at(-1)?.getConfiguration().iceServers?.[0]?.username ?? '',
  );
  return Number(username.split(':')[0]);
}

/** From now on the connections that the page makes can be asked. */
async function remember({ page }: Person): Promise<void> {
  await page.addInitScript(keepConnections);
  await page.reload();
}

declare global {
  interface Window {
    /** Every connection the page ever made, kept by the test. */
    parleyTestConnections?: RTCPeerConnection[];
  }
}

/** Runs in the page before its own scripts. */
function keepConnections(): void {
  const connections: RTCPeerConnection[] = [];
  window.parleyTestConnections = connections;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
}

/**
 * Runs in the page: by which kind of its own candidates the call goes. The other's is asked over there: here it is told
 * as it was when the pair was selected, `prflx` where a check was quicker than the signal with the candidate.
 */
function ownEnd(): string | null | undefined {
  const pairs = (window.parleyTestConnections ?? []).map((connection) =>
    connection.sctp?.transport.iceTransport.getSelectedCandidatePair(),
  );
  return pairs.findLast((pair) => pair)?.local.type;
}

/** Runs in the page: whether any of these servers relays for it. */
async function findsRelay(servers: IceServer[]): Promise<boolean> {
  const iceServers = servers.map(({ urls, username = '', credential = '' }) => ({
    urls,
    username,
    credential,
  }));
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' });
  let found = false;
  const gathered = new Promise<void>((resolve) => {
    connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) resolve();
      else if (candidate.type === 'relay') found = true;
    };
  });
  connection.createDataChannel('any');
  await connection.setLocalDescription();
  await gathered;
  connection.close();
  return found;
}

/** Runs in the page: how it reaches its relays (W3C WebRTC statistics, `relayProtocol`). */
async function relayProtocols(): Promise<unknown[]> {
  const reports = await Promise.all(
    (window.parleyTestConnections ?? [])
      .filter(({ connectionState }) => connectionState === 'connected')
      .map((connection) => connection.getStats()),
  );
  const protocols = reports.flatMap((report) =>
    [...report.values()].flatMap((entry: { type: string; relayProtocol?: string }) =>
      entry.type === 'local-candidate' && entry.relayProtocol !== undefined ? [entry.relayProtocol] : [],
    ),
  );
  return [...new Set(protocols)];
}

/** Runs in the page: the kinds of all candidates that went to the other side. */
function candidateTypes(): string[] {
  const descriptions = (window.parleyTestConnections ?? []).map(
    ({ localDescription }) => localDescription?.sdp,
  );
  const candidates = descriptions.join('\n').matchAll(/^a=candidate:.* typ (\w+)/gm);
  return [...new Set([...candidates].map(([, type = '']) => type))];
}
