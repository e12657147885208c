/** Whoever takes another name begins a new conversation with the server; no ring may suffer by it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { End, fingerprint, newCall } from '../support/link-ends';
import { buildEntries, startHeadless, type ServerProcess } from '../support/signaling-servers';

let entries: Awaited<ReturnType<typeof buildEntries>>;
let server: ServerProcess;
beforeAll(async () => {
  entries = await buildEntries();
  server = await startHeadless(entries.folder, []);
});
afterAll(async () => {
  await server.stop();
  await entries.remove();
});

let ann: End;
let ben: End;
beforeEach(async () => {
  ann = new End(server.url, 'Ann');
  ben = new End(server.url, 'Ben');
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
});
afterEach(() => {
  for (const { link } of [ann, ben]) link.close();
});

const offer = () =>
  ({ call: newCall(), media: 'voice', fingerprint: fingerprint('AA'), room: null, ahead: false }) as const;

it('a ring right after that is heard, under the new name', async () => {
  ann.link.rename('Anna');
  expect(await ann.link.rings.ring(ben.id, offer())).toBe(true);
  expect(await ben.next('ring')).toMatchObject({ from: { id: ann.id, name: 'Anna' }, signed: true });
});

it.each(['who rings', 'who is rung'])(
  'a ring goes on when %s does so, and the name is told after it',
  async (who) => {
    const ring = offer();
    expect(await ann.link.rings.ring(ben.id, ring)).toBe(true);
    await ben.next('ring');
    const [renamed, other] = who === 'who rings' ? [ann, ben] : [ben, ann];
    renamed.link.rename('Robin');
    await ben.link.rings.confirmRinging(ring.call, false);
    expect(await ann.next('ringing')).toMatchObject({ call: ring.call });
    await ben.link.rings.answer(ring.call, { answer: 'decline', reason: 'declined' });
    expect(await ann.next('ring-declined')).toMatchObject({ call: ring.call });
    await other.events.next((event) => event.type === 'person' && event.person.name === 'Robin');
    expect([...ann.heard('ring-lost'), ...ben.heard('ring-lost')]).toEqual([]);
  },
);
