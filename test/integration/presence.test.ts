import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateIdentity, memberIdOf, type Identity } from '../../main/signaling/identity';
import { LIMITS, type Person, type RingMessage } from '../../main/signaling/protocol';
import { numbered, RawMember, TestMember, typeOf } from '../support/signaling-clients';
import { startFreezingProxy } from '../support/signaling-proxy';
import { buildEntries, startHeadless, type ServerProcess } from '../support/signaling-servers';

let entries: Awaited<ReturnType<typeof buildEntries>>;
let server: ServerProcess;
const members: TestMember[] = [];
beforeAll(async () => {
  entries = await buildEntries();
  server = await startHeadless(entries.folder, ['--presence-off=shy']);
});
afterAll(async () => {
  for (const { client } of members) client.close();
  await server.stop();
  await entries.remove();
});

const HAIL: RingMessage = { type: 'hail', call: 'c'.repeat(22) };

async function connected(
  name: string,
  namespace: string,
  identity = generateIdentity(),
  url = server.url,
): Promise<TestMember> {
  const member = new TestMember({ servers: [url], name, namespace, identity });
  members.push(member);
  await member.client.connect();
  return member;
}

async function present(
  name: string,
  namespace: string,
  identity?: Identity,
  url?: string,
): Promise<TestMember> {
  const member = await connected(name, namespace, identity, url);
  member.client.present('free');
  await member.next('people');
  return member;
}

describe('people of one namespace', () => {
  it('see who is there when they begin anew before their old socket was noticed to be dead', async () => {
    const ann = await present('Ann', 'again');
    const identity = generateIdentity();
    const former = await present('Ben', 'again', identity);
    await ann.next('person');
    const ben = await present('Ben', 'again', identity);
    expect(ben.heard('people')).toMatchObject([{ offset: 0, people: [{ id: ann.id }] }]);
    expect(await ann.next('person-gone')).toMatchObject({ member: ben.id });
    expect((await ann.next('person')).person).toMatchObject({ id: ben.id });
    expect(await former.next('closed')).toMatchObject({ code: 'replaced' });
  });

  it('see each other anew, and keep their seats, when one comes back whose old socket nobody noticed to be dead', async () => {
    const proxy = await startFreezingProxy(server.port);
    const ann = await present('Ann', 'moved');
    const ben = await present('Ben', 'moved', undefined, proxy.url);
    for (const { client } of [ann, ben]) client.join('tea');
    await Promise.all([ann.next('joined'), ben.next('joined')]);
    proxy.freeze('both');
    ann.client.signal('tea', ben.id, numbered(1));
    ben.client.reconnectNow();
    expect(await ben.next('up')).toMatchObject({ resumed: true });
    expect((await ben.next('people')).people).toMatchObject([{ id: ann.id }]);
    expect(await ann.next('person-gone')).toMatchObject({ member: ben.id });
    expect((await ann.next('person')).person).toMatchObject({ id: ben.id });
    // Nothing of the room was lost, so nobody is told that one of them was away.
    expect([ben.numbers(), ann.heard('member-away'), ann.heard('member-back')]).toEqual([[1], [], []]);
    ben.client.close();
    await proxy.close();
  });

  it('see who is there, who comes, who changes and who goes', async () => {
    const ann = await present('Ann', 'home');
    expect(ann.heard('people')).toMatchObject([{ offset: 0, people: [] }]);
    const ben = await present('Ben', 'home');
    expect(ben.heard('people')[0]?.people).toMatchObject([{ id: ann.id, name: 'Ann', status: 'free' }]);
    expect((await ann.next('person')).person).toMatchObject({ id: ben.id, name: 'Ben', status: 'free' });
    ben.client.present('in-call');
    expect((await ann.next('person')).person).toMatchObject({ id: ben.id, status: 'in-call' });
    ben.client.close();
    expect(await ann.next('person-gone')).toMatchObject({ member: ben.id });
    ann.client.close();
  });

  it('hear nothing of who says again what they said before', async () => {
    const [ann, ben] = [await present('Ann', 'parrots'), await present('Ben', 'parrots')];
    await ann.next('person');
    for (let time = 0; time < 40; time += 1) ben.client.present('free');
    ben.client.tell(ann.id, HAIL);
    await ann.next('told');
    expect(ann.heard('person')).toHaveLength(1);
    expect(ann.heard('down')).toEqual([]);
  });

  it('neither see nor reach those of another', async () => {
    const ann = await present('Ann', 'here');
    const ben = await present('Ben', 'there');
    expect(ben.heard('people')[0]?.people).toEqual([]);
    ann.client.tell(ben.id, HAIL);
    expect(await ann.next('error')).toMatchObject({ code: 'peer-unavailable', to: ben.id });
    expect([...ann.heard('person'), ...ben.heard('told')]).toEqual([]);
  });

  it('are not shown who is invisible, or no longer wants to be seen', async () => {
    const ann = await present('Ann', 'quiet');
    const ben = await connected('Ben', 'quiet');
    ben.client.present('invisible');
    expect((await ben.next('people')).people).toMatchObject([{ id: ann.id }]);
    ben.client.present('free');
    expect((await ann.next('person')).person).toMatchObject({ id: ben.id, status: 'free' });
    ben.client.present('invisible');
    expect(await ann.next('person-gone')).toMatchObject({ member: ben.id });
    ben.client.present('free');
    await ann.next('person');
    ben.client.absent();
    expect(await ann.next('person-gone')).toMatchObject({ member: ben.id });
  });

  it('are told of many in frames of a bounded size, each once', async () => {
    const crowd: TestMember[] = [];
    for (let n = 0; n < 60; n += 1) crowd.push(await present(`Person ${String(n)}`, 'crowd'));
    const late = await connected('Late', 'crowd');
    late.client.present('free');
    const people: Person[] = [];
    while (people.length < 60) people.push(...(await late.next('people')).people);
    expect(late.heard('people').map(({ offset }) => offset)).toEqual([0, 50]);
    expect(new Set(people.map(({ id }) => id))).toEqual(new Set(crowd.map(({ id }) => id)));
    for (const { client } of crowd) client.close();
  });
});

describe('a message', () => {
  it('reaches the other with who said it, as the server knows them', async () => {
    const [ann, ben] = [await present('Ann', 'talk'), await present('Ben', 'talk')];
    ann.client.tell(ben.id, HAIL);
    expect(await ben.next('told')).toMatchObject({ from: { id: ann.id, name: 'Ann' }, message: HAIL });
  });

  it('of who is not present is not carried', async () => {
    const ben = await present('Ben', 'closed');
    const stranger = await connected('Stranger', 'closed');
    stranger.client.tell(ben.id, HAIL);
    expect(await stranger.next('error')).toMatchObject({ code: 'not-present', to: ben.id });
    expect(ben.heard('told')).toEqual([]);
  });

  it('to who is invisible is refused as to nobody, until they have said something themselves', async () => {
    const ann = await connected('Ann', 'hidden');
    ann.client.present('invisible');
    await ann.next('people');
    const ben = await present('Ben', 'hidden');
    const [hidden, nobody] = [ann.id, memberIdOf('hidden', generateIdentity().publicKey)];
    for (const to of [hidden, nobody]) ben.client.tell(to, HAIL);
    const errors = [await ben.next('error'), await ben.next('error')];
    expect(errors).toMatchObject([hidden, nobody].map((to) => ({ code: 'peer-unavailable', to })));
    expect(errors.map((error) => Object.keys(error))).toEqual(Array(2).fill(Object.keys(errors[0] ?? {})));
    ann.client.tell(ben.id, HAIL);
    await ben.next('told');
    ben.client.tell(hidden, HAIL);
    expect(await ann.next('told')).toMatchObject({ from: { id: ben.id } });
    expect(ann.heard('told')).toHaveLength(1);
  });

  it('is refused where there is no room for more, and costs who should have heard it nothing', async () => {
    const ann = await new RawMember(server.url, { namespace: 'flood' }).greet();
    ann.send({ type: 'present', seq: 1, status: 'free' });
    await ann.message('people');
    const others = [
      await present('Ben', 'flood'),
      await present('Cy', 'flood'),
      await present('Dee', 'flood'),
    ];
    // Half as many again as end who is told by the server itself; Ann acknowledges nothing.
    for (const { client } of others) for (let time = 0; time < 60; time += 1) client.tell(ann.id, HAIL);
    const told = () => ann.frames.seen.filter((frame) => typeOf(frame) === 'told').length;
    const refused = () => others.flatMap((other) => other.heard('error')).length;
    await expect.poll(() => told() + refused()).toBe(3 * 60);
    expect(told()).toBeLessThan(LIMITS.unackedFrames);
    expect(ann.socket.readyState).toBe(ann.socket.OPEN);
    expect(others[0]?.heard('person-gone')).toEqual([]);

    ann.socket.terminate();
  });

  it('to oneself is refused', async () => {
    const ann = await present('Ann', 'alone');
    ann.client.tell(ann.id, HAIL);
    expect(await ann.next('error')).toMatchObject({ code: 'peer-unavailable', to: ann.id });
  });
});

it('is off where the operator says so, and rooms still work', async () => {
  const ann = await connected('Ann', 'shy');
  ann.client.present('free');
  expect(await ann.next('error')).toMatchObject({ code: 'presence-off' });
  ann.client.join('room');
  await ann.next('joined');
});

it('comes back with whoever lost the server, without being asked', async () => {
  const own = await startHeadless(entries.folder, []);
  const ann = new TestMember({ servers: [own.url], name: 'Ann' });
  await ann.client.connect();
  ann.client.present('do-not-disturb');
  await ann.next('people');
  await own.stop();
  await ann.next('down');
  const again = await startHeadless(entries.folder, ['--port', String(own.port)]);
  await ann.next('people');
  const ben = new TestMember({ servers: [again.url], name: 'Ben' });
  await ben.client.connect();
  ben.client.present('free');
  expect((await ben.next('people')).people).toMatchObject([{ id: ann.id, status: 'do-not-disturb' }]);
  for (const { client } of [ann, ben]) client.close();
  await again.stop();
});
