/** A ring ends for both when the way between them is lost, whoever notices it first. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Status } from '../../main/signaling/protocol';
import { End, fingerprint, newCall } from '../support/link-ends';
import { startFreezingProxy, type FreezingProxy } from '../support/signaling-proxy';
import { startServer } from '../support/signaling-servers';

let server: Awaited<ReturnType<typeof startServer>>;
/** Ann's way to the server. */
let proxy: FreezingProxy;
let ann: End;
let ben: End;
beforeEach(async () => {
  server = await startServer();
  proxy = await startFreezingProxy(server.port);
  ben = new End(server.url, 'Ben');
  await ben.next('people');
});
afterEach(async () => {
  for (const { link } of [ann, ben]) link.close();
  await proxy.close();
  await server.close();
});

const offer = () =>
  ({ call: newCall(), media: 'voice', fingerprint: fingerprint('AA'), room: null, ahead: false }) as const;

/** Ann comes, and rings Ben. @returns the call */
async function annRings(status: Status = 'free'): Promise<string> {
  ann = new End(proxy.url, 'Ann', { status });
  await ann.sees(ben.id);
  const ring = offer();
  expect(await ann.link.rings.ring(ben.id, ring)).toBe(true);
  await ben.next('ring');
  return ring.call;
}

it('before the server has noticed it, and the two see each other again', async () => {
  const call = await annRings();
  proxy.freeze('both');
  ann.link.reconnectNow();
  for (const end of [ann, ben]) expect(await end.next('ring-lost')).toMatchObject({ call });
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
});

it('while who rings is invisible', async () => {
  const call = await annRings('invisible');
  proxy.reset();
  for (const end of [ann, ben]) expect(await end.next('ring-lost')).toMatchObject({ call });
});
