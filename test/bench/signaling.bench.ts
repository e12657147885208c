import { setTimeout as sleep } from 'node:timers/promises';
import { test } from '@playwright/test';
import { generateIdentity, helloBytes, isHelloSignature, memberIdOf } from '../../main/signaling/identity';
import { LIMITS } from '../../main/signaling/protocol';
import { median, printRanking } from './figures';
import { CANDIDATE, carry, inTurns, setUpCall } from './signaling/call-set-up';
import { findContenders } from './signaling/peers';
import { greet, knock, takePair, takeSeat, type Pair, type Seat } from './signaling/seats';
import { pinLoad, ServerProcess, type Contender } from './signaling/server-process';

/** Fewer, for a first look. */
const ROUNDS = Number(process.env['PARLEY_BENCH_ROUNDS'] ?? 7);
const PAIRS = 250;
const IDLE = 10_000;
const IDLE_ROUNDS = Math.min(3, ROUNDS);
/** A whole number of everybody's heartbeats, y-webrtc's fixed 30 s the longest. */
const IDLE_MS = 30_000;
const AT_A_TIME = 50;
const WARM_UP_CALLS = 8;
/** Rounds of joins before one counts. */
const WARM_UP_JOINS = 4;
/** Fewer than one socket may send at once before it is slowed down. */
const LATENCY_ITEMS = 400;

let contenders: readonly Contender[] = [];
let rooms = 0;

test.beforeAll(() => {
  test.setTimeout(300_000);
  // The floor and whoever else is named, for who works on one of them.
  const only = process.env['PARLEY_BENCH_ONLY']?.split(',');
  contenders = findContenders().filter((name) => name === 'floor' || only?.includes(name) !== false);
  console.log(pinLoad());
});

/**
 * Runs `round` for everybody in turn, some times to warm up and then so many times; whatever else the machine does hits
 * all.
 */
async function interleave(
  rounds: number,
  round: (contender: Contender, server: ServerProcess, isWarmUp: boolean) => Promise<number>,
  warmUps = 1,
): Promise<Map<Contender, number[]>> {
  const values = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  const servers = new Map<Contender, ServerProcess>();
  for (const contender of contenders) servers.set(contender, await ServerProcess.start(contender));
  try {
    for (let nth = 0; nth < warmUps + rounds; nth += 1) {
      for (const [contender, server] of servers) {
        const value = await round(contender, server, nth < warmUps);
        if (nth >= warmUps) values.get(contender)?.push(value);
      }
    }
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
  return values;
}

async function takePairs(contender: Contender, { port }: ServerProcess, count: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  await inTurns(names(count), AT_A_TIME, async (room) => {
    pairs.push(await takePair(contender, port, room));
  });
  return pairs;
}

function names(count: number): string[] {
  return Array.from({ length: count }, () => {
    rooms += 1;
    return `room-${rooms}`;
  });
}

async function leaveAll(seats: readonly Seat[]): Promise<void> {
  await inTurns(seats, AT_A_TIME, (seat) => seat.leave());
}

test('CPU a call set-up', async () => {
  test.setTimeout(900_000);
  const values = await interleave(ROUNDS, async (contender, server, isWarmUp) => {
    const pairs = await takePairs(contender, server, PAIRS);
    // A server runs for weeks: what counts is its code once it is compiled.
    for (let n = 0; isWarmUp && n < WARM_UP_CALLS; n += 1) await inTurns(pairs, AT_A_TIME, setUpCall);
    // The joins' own acknowledgements are not the call's.
    await sleep(LIMITS.ackMs + 100);
    const before = await server.usage();
    await inTurns(pairs, AT_A_TIME, setUpCall);
    // The last acknowledgements are.
    await sleep(LIMITS.ackMs + 100);
    const { cpuMs } = await server.usage();
    await leaveAll(pairs.flat());
    return (cpuMs - before.cpuMs) / PAIRS;
  });
  printRanking({ what: 'server CPU for 1,000 call set-ups', unit: 's', values, aim: 1.2 });
});

test('CPU a join', async () => {
  test.setTimeout(900_000);
  const join = async (contender: Contender, server: ServerProcess): Promise<number> => {
    // Nothing is collected here: that throws away compiled code too, the more of it the more a server has.
    const before = await server.usage();
    const pairs = await takePairs(contender, server, PAIRS);
    const { cpuMs } = await server.usage();
    await leaveAll(pairs.flat());
    return (cpuMs - before.cpuMs) / (2 * PAIRS);
  };
  // A server runs for weeks: what counts is its code once it is compiled.
  const values = await interleave(ROUNDS, join, WARM_UP_JOINS);
  printRanking({ what: 'server CPU for 1,000 joins', unit: 's', values });
  const exchange = await helloExchangeCpuMs();
  const check = median(Array.from({ length: ROUNDS }, helloCheckCpuMs));
  console.log(
    `  of which parley's signed hello, from the challenge to the welcome: ${exchange.toFixed(2)} s, ` +
      `and of that to check it, measured alone: ${check.toFixed(2)} s`,
  );
  for (const [what, hello] of [
    ['the check of the signed hello', check],
    ['the signed hello', exchange],
  ] as const) {
    printRanking({
      what: `the same without ${what}`,
      unit: 's',
      values: new Map([
        ['floor', values.get('floor') ?? []],
        ['parley', (values.get('parley') ?? []).map((ms) => ms - hello)],
      ]),
      aim: 1.4,
    });
  }
});

/**
 * CPU of the part of a join that nobody else has: between a connection that has its challenge and one that has its
 * welcome. In ms.
 */
async function helloExchangeCpuMs(): Promise<number> {
  const connect = async (how: typeof knock, server: ServerProcess): Promise<number> => {
    const before = await server.usage();
    const hangUps: (() => void)[] = [];
    await inTurns(Array.from({ length: 2 * PAIRS }), AT_A_TIME, async () => {
      hangUps.push(await how(server.port));
    });
    const { cpuMs } = await server.usage();
    for (const hangUp of hangUps) hangUp();
    return (cpuMs - before.cpuMs) / (2 * PAIRS);
  };
  const [knocked, greeted] = [await ServerProcess.start('parley'), await ServerProcess.start('parley')];
  const costs: number[] = [];
  for (let nth = 0; nth < WARM_UP_JOINS + ROUNDS; nth += 1) {
    const withoutHello = await connect(knock, knocked);
    const withHello = await connect(greet, greeted);
    if (nth >= WARM_UP_JOINS) costs.push(withHello - withoutHello);
  }
  await Promise.all([knocked.stop(), greeted.stop()]);
  return median(costs);
}

/** CPU of the check that the other end owns its key, without anything around it. In ms. */
function helloCheckCpuMs(): number {
  const times = 1000;
  const identity = generateIdentity();
  const claim = { nonce: 'x'.repeat(32), namespace: 'bench', host: '127.0.0.1:9238' };
  const signature = identity.sign(helloBytes(claim));
  const before = process.cpuUsage();
  for (let n = 0; n < times; n += 1) {
    memberIdOf(claim.namespace, identity.publicKey);
    isHelloSignature(claim, identity.publicKey, signature);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

test('relay latency', async () => {
  test.setTimeout(900_000);
  const p99s = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  const medians = await interleave(ROUNDS, async (contender, server) => {
    const [pair] = await takePairs(contender, server, 1);
    if (!pair) throw new TypeError('no pair');
    const times: number[] = [];
    for (let n = 0; n < LATENCY_ITEMS; n += 1) times.push(1000 * (await carry(...pair, CANDIDATE)));
    await leaveAll(pair);
    times.sort((a, b) => a - b);
    p99s.get(contender)?.push(times[Math.floor(0.99 * times.length)] ?? NaN);
    return median(times);
  });
  printRanking({ what: 'relay latency, median', unit: 'µs', values: medians });
  printRanking({ what: 'relay latency, 99th percentile', unit: 'µs', values: withoutWarmUp(p99s) });
});

function withoutWarmUp(values: ReadonlyMap<Contender, number[]>): Map<Contender, number[]> {
  return new Map([...values].map(([contender, all]) => [contender, all.slice(1)]));
}

test('10,000 idle connections', async () => {
  test.setTimeout(1_200_000);
  const bytes = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  const cpu = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < IDLE_ROUNDS; round += 1) {
    for (const contender of contenders) {
      const server = await ServerProcess.start(contender);
      const before = await server.usage({ collect: true });
      const seats: Seat[] = [];
      await inTurns(names(IDLE / 2), AT_A_TIME, async (room) => {
        seats.push(await takeSeat(contender, server.port, room, 'a'));
        seats.push(await takeSeat(contender, server.port, room, 'b'));
      });
      await sleep(LIMITS.ackMs + 100);
      const idle = await server.usage({ collect: true });
      bytes.get(contender)?.push((idle.rss - before.rss) / IDLE / 1000);
      // The heartbeats of one round are enough: a minute is long, and they do not vary.
      if (round === 0) {
        const start = await server.usage();
        await sleep(IDLE_MS);
        const { cpuMs } = await server.usage();
        cpu.get(contender)?.push(((cpuMs - start.cpuMs) / 1000) * (60_000 / IDLE_MS));
      }
      await leaveAll(seats);
      await server.stop();
    }
  }
  printRanking({ what: 'memory an idle connection', unit: 'kB', values: bytes, aim: 1.15 });
  printRanking({ what: 'CPU a minute of 10,000 idle connections, aim 1 s', unit: 's', values: cpu });
});
