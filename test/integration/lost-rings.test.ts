/** A ring ends for both when the way between them is lost, whoever notices it first. */
import { afterEach, beforeEach, expect, it } from 'vitest';
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
  ann = new End(proxy.url, 'Ann');
  ben = new End(server.url, 'Ben');
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
});
afterEach(async () => {
  for (const { link } of [ann, ben]) link.close();
  await proxy.close();
  await server.close();
});

const offer = () =>
  ({ call: newCall(), media: 'voice', fingerprint: fingerprint('AA'), room: null, ahead: false }) as const;

it('before the server has noticed it, and the two see each other again', async () => {
  const ring = offer();
  expect(await ann.link.rings.ring(ben.id, ring)).toBe(true);
  await ben.next('ring');
  proxy.freeze('both');
  ann.link.reconnectNow();
  for (const end of [ann, ben]) expect(await end.next('ring-lost')).toMatchObject({ call: ring.call });
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
});
