/** A ring ends for both when the way between them is lost, whoever notices it first. */
import { afterEach, expect, it } from 'vitest';
import type { Status } from '../../main/signaling/protocol';
import type { SignalingServerOptions } from '../../main/signaling/server';
import { End, fingerprint, newCall } from '../support/link-ends';
import { startFreezingProxy, type FreezingProxy } from '../support/signaling-proxy';
import { startServer } from '../support/signaling-servers';

/** The ways of the two to the server. */
let ways: { ann: FreezingProxy; ben: FreezingProxy };
let ann: End;
let ben: End;
const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

/** A server that soon notices what is lost. */
const ATTENTIVE = { heartbeatMs: 100, timeoutMs: 1000 };

/** Ann rings Ben. @returns the call */
async function annRings({
  status,
  ...options
}: Partial<SignalingServerOptions> & { status?: Status } = {}): Promise<string> {
  const server = await startServer(options);
  closes.push(() => server.close());
  ways = { ann: await startFreezingProxy(server.port), ben: await startFreezingProxy(server.port) };
  ben = new End(ways.ben.url, 'Ben');
  await ben.next('people');
  ann = new End(ways.ann.url, 'Ann', { ...(status && { status }) });
  closes.push(
    () => ways.ann.close(),
    () => ways.ben.close(),
    () => ann.link.close(),
    () => ben.link.close(),
  );
  await ann.sees(ben.id);
  const call = newCall();
  const offer = { call, media: 'voice', fingerprint: fingerprint('AA'), room: null, ahead: false } as const;
  expect(await ann.link.rings.ring(ben.id, offer)).toBe(true);
  await ben.next('ring');
  return call;
}

const benAccepts = (call: string): Promise<boolean> =>
  ben.link.rings.answer(call, { answer: 'accept', media: 'voice', fingerprint: fingerprint('BB') });

it('a ring ends for both before the server has noticed that its way is lost, and they see each other again', async () => {
  const call = await annRings();
  ways.ann.freeze('both');
  ann.link.reconnectNow();
  for (const end of [ann, ben]) expect(await end.next('ring-lost')).toMatchObject({ call });
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
});

it('a ring of who is invisible ends for both when its way is lost', async () => {
  const call = await annRings({ status: 'invisible' });
  ways.ann.reset();
  for (const end of [ann, ben]) expect(await end.next('ring-lost')).toMatchObject({ call });
});

it.each(['before', 'after'])(
  'a ring whose way is lost as it is answered ends for both once there is one again, %s the server has noticed',
  async (when) => {
    const call = await annRings(when === 'after' ? ATTENTIVE : {});
    ways.ann.freeze('both');
    expect(await benAccepts(call)).toBe(true);
    if (when === 'before') ann.link.reconnectNow();
    expect(await ann.next('ring-lost')).toMatchObject({ call });
    expect(await ben.next('ring-cancelled')).toMatchObject({ call, reason: 'unreachable' });
  },
);

it('a ring ends for both when it is the answer that is lost', async () => {
  const call = await annRings(ATTENTIVE);
  ways.ben.freeze('server');
  expect(await benAccepts(call)).toBe(true);
  expect(await ann.next('ring-lost')).toMatchObject({ call });
  expect(await ben.next('ring-cancelled')).toMatchObject({ call, reason: 'unreachable' });
});
