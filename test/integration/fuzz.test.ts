/**
 * Bad input of every kind, thrown at real server processes from all sides at once, with an honest pair beside it.
 * Everything follows from the seed that is printed; `PARLEY_SEED` repeats it.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity, memberIdOf } from '../../main/signaling/identity';
import { announceSeed } from '../support/chance';
import type { FuzzRun } from '../support/fuzz-run';
import { HonestPair } from '../support/honest-pair';
import { INSPECTED, INSPECTOR_LINE, ProcessInspector, type Vitals } from '../support/process-inspector';
import {
  buildEntries,
  startEmbedded,
  startHeadless,
  type EmbeddedProcess,
  type HeadlessProcess,
  type ServerProcess,
} from '../support/signaling-servers';
import { throwFrames } from '../support/throw-frames';
import {
  SEATED_STATES,
  throwMessages,
  throwPlainMessages,
  throwPlainMessagesAtMembers,
  WAITING_STATES,
} from '../support/throw-messages';
import { throwProofs } from '../support/throw-proofs';
import { throwUpgrades } from '../support/throw-upgrades';
import { Witness } from '../support/witness';

const TIMES = process.env['PARLEY_LONG'] ? 10 : 1;
const FRAMES = 5000 * TIMES;
const MESSAGES = 10_000 * TIMES;
const UPGRADES = 1000 * TIMES;
const LIMIT_MS = 300_000 * TIMES;
/** What may stay behind: pages of the heap that are not given back at once, code compiled on the way. */
const HEAP_SLACK_BYTES = 4 * 1024 * 1024;
const RSS_SLACK_BYTES = 64 * 1024 * 1024;
/** Long enough for a busy machine, short enough to wait for when somebody falls silent. */
const TIMEOUT_MS = 5000;

const seed = announceSeed('fuzz');
let entries: Awaited<ReturnType<typeof buildEntries>>;
beforeAll(async () => {
  entries = await buildEntries();
});
/** Servers that were started, whatever came of them. */
const started: { server: HeadlessProcess | EmbeddedProcess; inspector: ProcessInspector }[] = [];
afterAll(async () => {
  for (const { server, inspector } of started) {
    // A process with a debugger waits for it to go.
    inspector.detach();
    expect(await server.stop()).toBe(0);
  }
  await entries.remove();
});

/** What a server is watched by. */
interface Watch {
  server: HeadlessProcess | EmbeddedProcess;
  inspector: ProcessInspector;
  before: Vitals;
}

/** @param warmUp does a little of everything: what it compiles and caches is no leak */
async function watch(
  server: HeadlessProcess | EmbeddedProcess,
  warmUp: (run: FuzzRun) => Promise<void>,
): Promise<Watch> {
  const inspector = await ProcessInspector.attach(server);
  started.push({ server, inspector });
  await warmUp(runOf(server, 320));
  return { server, inspector, before: await inspector.vitalsOnce(({ sockets }) => sockets === 0) };
}

function runOf({ url, port }: ServerProcess, count: number): FuzzRun {
  return { url, port, seed, count };
}

/** Nothing is left but what was there before: no socket, no timer, no memory; and nobody was in the pair's way. */
async function expectCalm(
  { server, inspector, before }: Watch,
  pair: HonestPair,
  what: string,
): Promise<void> {
  const exchange = await pair.part();
  const after = await inspector.vitalsOnce(
    ({ sockets, timers }) => sockets === 0 && timers <= before.timers + 1,
  );
  console.log(
    `${what}: the pair said ${exchange.said} signals each, the slowest took ${exchange.slowestMs} ms; ` +
      `heap ${before.heapBytes} to ${after.heapBytes}, rss ${before.rssBytes} to ${after.rssBytes}`,
  );
  expect(exchange.trouble).toEqual([]);
  expect(after.pollution).toEqual([]);
  expect(after.heapBytes).toBeLessThan(before.heapBytes + HEAP_SLACK_BYTES);
  expect(after.rssBytes).toBeLessThan(before.rssBytes + RSS_SLACK_BYTES);
  expect(server.child.exitCode).toBeNull();
  expect(server.errors.seen.filter((line) => !INSPECTOR_LINE.test(line))).toEqual([]);
  expect(logOf(server).filter((line) => line.includes('"level":"error"'))).toEqual([]);
}

function logOf(server: HeadlessProcess | EmbeddedProcess): string[] {
  return 'log' in server ? server.log.seen : server.reports.seen.map((report) => JSON.stringify(report));
}

describe('the headless server', () => {
  let watched: Watch;
  let pair: HonestPair;

  const sit = (sender: number): Promise<Witness> => Witness.sit(watched.server.url, `witness ${sender}`);
  const throwAtMembers = (run: FuzzRun): Promise<void> => throwMessages(run, SEATED_STATES, sit);

  beforeAll(async () => {
    const server = await startHeadless(
      entries.folder,
      ['--heartbeat-ms=1000', `--heartbeat-timeout-ms=${TIMEOUT_MS}`, '--grace-ms=200'],
      INSPECTED,
    );
    watched = await watch(server, async (run) => {
      await throwFrames(run);
      await throwPlainMessages(run);
      await throwUpgrades(run);
    });
  }, LIMIT_MS);
  beforeEach(async () => {
    pair = await HonestPair.meet(watched.server.url, 'honest');
  });
  afterEach(({ task }) => expectCalm(watched, pair, task.name), LIMIT_MS);

  it(
    `makes of ${FRAMES} raw frames what RFC 6455 says`,
    () => throwFrames(runOf(watched.server, FRAMES)),
    LIMIT_MS,
  );

  it(
    `keeps to the wire whatever ${MESSAGES * 0.5} mutated messages of members with a key say, in every state`,
    () => throwAtMembers(runOf(watched.server, MESSAGES * 0.5)),
    LIMIT_MS,
  );

  it(
    `passes on ${MESSAGES * 0.2} mutated plain messages as they are, if they are any`,
    () => throwPlainMessages(runOf(watched.server, MESSAGES * 0.2)),
    LIMIT_MS,
  );

  it(
    `translates of ${MESSAGES * 0.1} mutated plain messages what a member with a key understands`,
    () => throwPlainMessagesAtMembers(runOf(watched.server, MESSAGES * 0.1), sit),
    LIMIT_MS,
  );

  it(
    `accepts or refuses ${UPGRADES} mutated upgrades, and gives up on those that never end`,
    () => throwUpgrades(runOf(watched.server, UPGRADES)),
    LIMIT_MS,
  );
});

describe('the headless server with a join secret', () => {
  const joinSecret = 'open sesame';
  let watched: Watch;
  let pair: HonestPair;

  beforeAll(async () => {
    const server = await startHeadless(entries.folder, ['--grace-ms=200'], {
      ...INSPECTED,
      PARLEY_JOIN_SECRET: joinSecret,
    });
    watched = await watch(server, (run) => throwProofs(run, joinSecret));
  }, LIMIT_MS);
  beforeEach(async () => {
    pair = await HonestPair.meet(watched.server.url, 'honest', { joinSecret });
  });
  afterEach(({ task }) => expectCalm(watched, pair, task.name), LIMIT_MS);

  it(
    `lets nobody in by ${MESSAGES * 0.1} mutated hellos and false proofs but who proves to know it`,
    async () => {
      await throwProofs(runOf(watched.server, MESSAGES * 0.1), joinSecret);
      expect(logOf(watched.server).join()).not.toContain(joinSecret);
    },
    LIMIT_MS,
  );
});

describe('the embedded server', () => {
  const host = generateIdentity();
  const hostId = memberIdOf('default', host.publicKey);
  const hosts = Array.from({ length: 16 }, () => generateIdentity());
  let watched: Watch;
  let pair: HonestPair;

  const sit = (sender: number): Promise<Witness> =>
    Witness.sit(watched.server.url, `witness ${sender}`, hosts[sender]);

  beforeAll(async () => {
    const room = { namespace: 'default', admitted: [] };
    const server = await startEmbedded(
      entries.folder,
      {
        listen: '127.0.0.1',
        heartbeatMs: 1000,
        timeoutMs: TIMEOUT_MS,
        graceMs: 200,
        rooms: [
          { ...room, room: 'honest', host: hostId, door: 'open' },
          ...hosts.map((identity, sender) => ({
            ...room,
            room: `witness ${sender}`,
            host: memberIdOf('default', identity.publicKey),
            door: 'ask' as const,
          })),
        ],
      },
      INSPECTED,
    );
    watched = await watch(server, throwUpgrades);
  }, LIMIT_MS);
  beforeEach(async () => {
    pair = await HonestPair.meet(watched.server.url, 'honest', { identity: host });
  });
  afterEach(({ task }) => expectCalm(watched, pair, task.name), LIMIT_MS);

  it(
    `keeps to the wire whatever ${MESSAGES * 0.2} mutated messages of members at the door say`,
    () => throwMessages(runOf(watched.server, MESSAGES * 0.2), WAITING_STATES, sit),
    LIMIT_MS,
  );
});
