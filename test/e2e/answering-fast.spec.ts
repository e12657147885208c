import type { Settings } from '../../preload/bridge';
import { knows } from '../support/acquaintances';
import { BLUE, RED } from '../support/known-media';
import { sentPackets } from '../support/net-log';
import { expect, ROOT, test, type Meet, type Person } from '../support/people';
import { startHeadless, type ServerProcess } from '../support/signaling-servers';
import { connectionsOf, watchConnections } from '../support/watched-connections';

let server: ServerProcess;
test.beforeEach(async () => {
  server = await startHeadless(ROOT);
});
test.afterEach(() => server.stop());

/** Ann, who calls, and Ben, favourites of each other unless they are strangers. */
async function meetTwo(
  meet: Meet,
  {
    strangers = false,
    ofAnn = {},
    ofBen = {},
  }: { strangers?: boolean; ofAnn?: Partial<Settings>; ofBen?: Partial<Settings> } = {},
): Promise<[Person, Person]> {
  const saved = { server: { servers: [`ws://127.0.0.1:${server.port}`], namespace: 'family' } };
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings: { ...saved, ...ofAnn } }),
    meet('Ben', { media: BLUE, settings: { ...saved, ...ofBen }, netLog: true }),
  ]);
  if (!strangers) {
    await knows(ann, ben, { favourite: true });
    await knows(ben, ann, { favourite: true });
  }
  await Promise.all([watchConnections(ann), watchConnections(ben)]);
  await expect(ann.button('Video call with Ben')).toBeVisible();
  return [ann, ben];
}

const rings = async (ann: Person, ben: Person): Promise<void> => {
  await ann.button('Video call with Ben').click();
  await expect(ben.button('Accept with video')).toBeVisible();
  await expect(ann.page.getByText('Ringing Ben…')).toBeVisible();
};

test('favourites are connected while it rings, and send nothing before it is accepted', async ({ meet }) => {
  const [ann, ben] = await meetTwo(meet);
  await rings(ann, ben);
  for (const each of [ann, ben])
    await expect
      .poll(() => connectionsOf(each))
      .toEqual({ states: ['connected'], applied: 1, tracks: 0, packets: 0 });
  // Rung for as long as somebody takes to get to the keyboard.
  await expect(ben.page.getByRole('heading', { name: 'Ann is calling with video' })).toBeVisible();
  expect(await ben.liveTracks()).toEqual([]);
  for (const each of [ann, ben]) {
    await expect(each.remoteVideo).toHaveCount(0);
    await expect(each.remoteAudio).toHaveCount(0);
    expect(await connectionsOf(each)).toMatchObject({ tracks: 0, packets: 0 });
  }
  await ben.button('Accept with video').click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await Promise.all([ann.hears(BLUE), ben.hears(RED)]);
  for (const each of [ann, ben]) expect((await connectionsOf(each)).states).toEqual(['connected']);
  await ben.button('Hang up').click();
  await expect(ann.page.getByText('Ben hung up.')).toBeVisible();
  await Promise.all([ann.letsGo(ben), ben.letsGo()]);
});

test('a ring that is declined or taken back takes the connection with it', async ({ meet }) => {
  const [ann, ben] = await meetTwo(meet);
  const connected = (count: number) =>
    expect.poll(async () => (await connectionsOf(ben)).states.at(count - 1)).toBe('connected');
  await rings(ann, ben);
  await connected(1);
  await ben.button('Decline').click();
  await expect(ann.page.getByText('Ben declined the call.')).toBeVisible();
  for (const each of [ann, ben]) expect((await connectionsOf(each)).states).toEqual(['closed']);

  await ann.button('Call again').click();
  await expect(ben.button('Accept with video')).toBeVisible();
  await connected(2);
  await ann.button('Hang up').click();
  await expect(ben.page.getByText('Ann hung up before you talked.')).toBeVisible();
  for (const each of [ann, ben]) expect((await connectionsOf(each)).states).toEqual(['closed', 'closed']);
});

for (const [who, options] of [
  ['that does not know the other', { strangers: true }],
  ['that is told not to', { ofBen: { connectAhead: 'never' } }],
  ['whose caller is told not to', { ofAnn: { connectAhead: 'never' } }],
] as const)
  test(`an app ${who} makes no connection and sends no packet before accepting`, async ({ meet }) => {
    const [ann, ben] = await meetTwo(meet, options);
    await rings(ann, ben);
    // Nothing is to happen, so there is nothing to wait for but longer than connecting takes.
    await ben.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    expect(await connectionsOf(ben)).toEqual({ states: [], applied: 0, tracks: 0, packets: 0 });
    const acceptedAtMs = Date.now();
    await ben.button('Accept with video').click();
    await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
    const sent = await sentPackets(ben);
    expect(sent.filter((atMs) => atMs < acceptedAtMs)).toEqual([]);
    // The log would have told.
    expect(sent.filter((atMs) => atMs >= acceptedAtMs).length).toBeGreaterThan(10);
  });
