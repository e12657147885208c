/** Where a join secret is set, who does not know it cannot tell by any answer, or by its time, what is behind it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Broker } from '../../main/signaling/broker';
import { LocalBroker } from '../../main/signaling/local-broker';
import { joinAs, RawMember, RawSocket, type TestMember } from '../support/signaling-clients';
import { startServer } from '../support/signaling-servers';

const joinSecret = 'open sesame';
/** Rounds of one try at each; their medians are far from where a busy moment of the machine would show. */
const ROUNDS = 150;
/** How much longer one kind of refusal may take than another: far above any noise, far below any look-up that waits. */
const BOUND = 1.5;

let asked: string[];
let server: Awaited<ReturnType<typeof startServer>>;
let seated: TestMember[];
beforeEach(async () => {
  asked = [];
  server = await startServer({ joinSecret, broker: watched(new LocalBroker(), asked), timeoutMs: 60_000 });
  seated = [];
  for (const room of ['full', 'full', 'half'])
    seated.push(await joinAs(server.url, room, { joinSecret, namespace: 'taken' }));
});
afterEach(async () => {
  for (const { client } of seated) client.close();
  await server.close();
});

/** Notes what a broker is asked. */
function watched(broker: Broker, notes: string[]): Broker {
  return new Proxy(broker, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        notes.push(String(name));
        return Reflect.apply(value, target, args);
      };
    },
  });
}

/** What somebody without the secret can try: a full room, one with a free seat, an unknown one, an unknown namespace. */
const PATHS = ['/taken/full', '/taken/half', '/taken/unknown', '/elsewhere/full', '/taken/'];

/** @returns how long the refusal of a false proof took, in milliseconds. */
async function timeRefusal(path: string): Promise<number> {
  const [, namespace = ''] = path.split('/');
  const member = new RawMember(server.url, { path, namespace });
  await member.hello({ proof: 'A'.repeat(43) });
  // What somebody wants follows their hello, and is not even read.
  member.send({ type: 'join', seq: 1, room: 'full' });
  const saidAt = performance.now();
  const { code } = await member.closed;
  const tookMs = performance.now() - saidAt;
  expect(code).toBe(4401);
  expect(member.frames.seen.slice(1)).toEqual([{ type: 'error', code: 'unauthorized' }]);
  return tookMs;
}

it('refuses who does not know the secret without asking who sits where', async () => {
  asked.length = 0;
  for (const path of PATHS) {
    await timeRefusal(path);
    const plain = new RawSocket(new URL(`${path}?app`, server.url).href);
    expect((await plain.closed).code).toBe(4401);
  }
  expect(asked).toEqual([]);
});

it('takes equally long to refuse them, whatever room they ask for', async () => {
  const times = new Map<string, number[]>(PATHS.map((path) => [path, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [path, each] of times) each.push(await timeRefusal(path));
  }
  const medians = [...times].map(([path, each]) => ({ path, ms: medianOf(each) }));
  const all = medians.map(({ ms }) => ms);
  console.log(
    `refusals, medians: ${medians.map(({ path, ms }) => `${path} ${ms.toFixed(3)} ms`).join(', ')}`,
  );
  expect(Math.max(...all)).toBeLessThan(BOUND * Math.min(...all));
});

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
