import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateIdentity, helloBytes, joinSecretProof } from '../../main/signaling/identity';
import { joinAs, numbered, RawMember, RawSocket, TestMember } from '../support/signaling-clients';
import { startServer } from '../support/signaling-servers';

let server: Awaited<ReturnType<typeof startServer>>;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

async function isRefused(member: RawMember): Promise<void> {
  expect(await member.next('error')).toEqual({ type: 'error', code: 'unauthorized' });
  expect(await member.closed).toEqual({ code: 4401, reason: 'unauthorized' });
}

it('refuses a member id that does not belong to the key', async () => {
  const victim = await joinAs(server.url, 'room');
  const other = await joinAs(server.url, 'room');
  const thief = new RawMember(server.url);
  await thief.hello({ resume: { member: victim.id, lastSeq: 0 } });
  await isRefused(thief);
  other.client.signal('room', victim.id, numbered(1));
  expect((await victim.next('signal')).signal).toEqual(numbered(1));
  expect(victim.heard('down')).toEqual([]);
  victim.client.close();
  other.client.close();
});

it("refuses somebody else's public key with a signature of one's own", async () => {
  const victim = generateIdentity();
  const thief = new RawMember(server.url);
  await thief.hello({ publicKey: victim.publicKey });
  await isRefused(thief);
});

it('refuses a signature that was made for another nonce, server or namespace', async () => {
  const identity = generateIdentity();
  const first = new RawMember(server.url, { identity });
  const { nonce } = await first.message('challenge');
  const host = new URL(server.url).host;
  for (const claim of [
    { nonce, namespace: 'default', host },
    { nonce: null, namespace: 'other', host },
    { nonce: null, namespace: 'default', host: 'elsewhere:9238' },
  ]) {
    const second = new RawMember(server.url, { identity });
    const challenge = await second.message('challenge');
    const signature = identity.sign(helloBytes({ ...claim, nonce: claim.nonce ?? challenge.nonce }));
    second.send({ type: 'hello', name: '', device: 'other', publicKey: identity.publicKey, signature });
    await isRefused(second);
  }
  first.socket.close();
});

it('refuses keys that are none', async () => {
  for (const publicKey of ['AAAA', Buffer.from('{}').toString('base64url')]) {
    const member = new RawMember(server.url);
    await member.hello({ publicKey });
    await isRefused(member);
  }
});

it('gives the seat to the newer socket of the same key, and delivers nothing that the older one says later', async () => {
  const watcher = await joinAs(server.url, 'room');
  const identity = generateIdentity();
  const older = await new RawMember(server.url, { identity }).greet();
  older.send({ type: 'join', seq: 1, room: 'room' });
  await older.message('joined');
  await watcher.next('member-joined');

  const newer = await new RawMember(server.url, { identity }).greet();
  // Sent before the older one has read that it was replaced.
  older.send({ type: 'signal', seq: 2, room: 'room', to: watcher.id, signal: numbered(666) });
  expect(await older.closed).toEqual({ code: 4410, reason: 'replaced' });
  newer.send({ type: 'join', seq: 1, room: 'room' });
  expect((await newer.message('joined')).members.map(({ id }) => id)).toEqual([watcher.id]);
  newer.send({ type: 'signal', seq: 2, room: 'room', to: watcher.id, signal: numbered(1) });
  expect((await watcher.next('signal')).signal).toEqual(numbered(1));
  expect(watcher.numbers()).toEqual([1]);
  // It was never away, so there is nothing to tell.
  expect(watcher.heard('member-away')).toEqual([]);
  expect(watcher.heard('member-back')).toEqual([]);
  expect(watcher.heard('member-joined')).toHaveLength(1);
  newer.socket.close();
  watcher.client.close();
});

it('says replaced to a client whose key connects elsewhere, and that client stays away', async () => {
  const identity = generateIdentity();
  const older = await joinAs(server.url, 'room', { identity });
  const newer = await joinAs(server.url, 'room', { identity });
  expect(await older.next('closed')).toEqual({ type: 'closed', code: 'replaced' });
  expect(older.heard('down')).toEqual([]);
  newer.client.close();
});

it('asks for the join secret where there is one, and refuses plain members there', async () => {
  const guarded = await startServer({ joinSecret: 'sesame' });
  const knowing = new TestMember({ servers: [guarded.url], joinSecret: 'sesame' });
  await knowing.client.connect();
  const guessing = new TestMember({ servers: [guarded.url], joinSecret: 'simsim' });
  await expect(guessing.client.connect()).rejects.toMatchObject({ code: 'password-wrong' });
  const raw = new RawMember(guarded.url);
  await raw.hello();
  await isRefused(raw);
  const elsewhere = new RawMember(guarded.url);
  await elsewhere.hello({
    proof: joinSecretProof('sesame', { nonce: 'x', namespace: 'default', host: 'h' }),
  });
  await isRefused(elsewhere);
  const plain = new RawSocket(`${guarded.url}/default/room`);
  expect(await plain.closed).toMatchObject({ code: 4401 });
  knowing.client.close();
  await guarded.close();
});
