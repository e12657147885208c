import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { generateIdentity } from '../../main/signaling/identity';
import { ringProofBytes } from '../../main/signaling/ring-proof';
import { End, fingerprint, newCall, Stranger } from '../support/link-ends';
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

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

const end = (name: string, identity = generateIdentity()): End => {
  const made = new End(server.url, name, { identity });
  closes.push(() => {
    made.link.close();
  });
  return made;
};
const stranger = async (): Promise<Stranger> => {
  const made = await Stranger.comes(server.url);
  closes.push(() => {
    made.client.close();
  });
  return made;
};

it('a ring and its answer prove both keys and both certificates, and lead into one room', async () => {
  const [ann, ben] = [end('Ann'), end('Ben')];
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
  const call = newCall();
  expect(
    await ann.link.rings.ring(ben.id, {
      call,
      media: 'video',
      fingerprint: fingerprint('AA'),
      room: null,
      ahead: false,
    }),
  ).toBe(true);
  const ring = await ben.next('ring');
  expect(ring).toMatchObject({ call, signed: true, fingerprint: fingerprint('AA'), from: { name: 'Ann' } });
  void ben.link.rings.confirmRinging(call, true);
  await ann.next('ringing');
  expect(
    await ben.link.rings.answer(call, { answer: 'accept', media: 'voice', fingerprint: fingerprint('BB') }),
  ).toBe(true);
  expect(await ann.next('ring-accepted')).toMatchObject({
    call,
    signed: true,
    fingerprint: fingerprint('BB'),
    target: ring.target,
  });
  // What was answered is answered.
  expect(await ben.link.rings.answer(call, { answer: 'decline', reason: 'declined' })).toBe(false);
});

it('a ring that is refused as it is taken back is taken back on both sides', async () => {
  const [ann, ben] = [end('Ann'), end('Ben')];
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
  const call = newCall();
  const offer = { call, media: 'video', fingerprint: fingerprint('AA'), room: null, ahead: false } as const;
  expect(await ann.link.rings.ring(ben.id, offer)).toBe(true);
  await ben.next('ring');
  const refused = ben.link.rings.answer(call, { answer: 'decline', reason: 'declined' });
  ann.link.rings.cancel(call, 'no-answer');
  expect(await refused).toBe(true);
  expect(await ben.next('ring-cancelled')).toMatchObject({ call, reason: 'no-answer' });
  // Hers is over already: nothing more comes of it, and a later one has both its words.
  const second = newCall();
  expect(await ann.link.rings.ring(ben.id, { ...offer, call: second })).toBe(true);
  await ben.next('ring');
  await ben.link.rings.answer(second, { answer: 'decline', reason: 'busy' });
  expect(await ann.next('ring-declined')).toMatchObject({ call: second, reason: 'busy' });
});

it('an app that was started again proves its new certificate for the call it was in, and finds its room', async () => {
  const [ann, ben] = [end('Ann'), end('Ben')];
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
  const call = newCall();
  const offer = { call, media: 'video', fingerprint: fingerprint('AA') } as const;
  expect(await ann.link.rings.ring(ben.id, { ...offer, room: null, ahead: false })).toBe(true);
  const { target } = await ben.next('ring');
  await ben.link.rings.answer(call, { answer: 'accept', media: 'voice', fingerprint: fingerprint('BB') });
  await ann.next('ring-accepted');
  const kept = ben.link.rings.callIn(target.room);
  expect(kept).toMatchObject({ call, link: 'saved', media: 'voice', peer: { key: ann.identity.publicKey } });
  expect(ann.link.rings.callIn(target.room)).toMatchObject({ call, media: 'video', peer: { id: ben.id } });
  expect(ann.link.rings.callIn('elsewhere')).toBeNull();
  ben.link.close();

  // It rings at once, whether it sees the other already or not.
  const again = end('Ben', ben.identity);
  const back = {
    call,
    media: 'voice',
    fingerprint: fingerprint('CC'),
    room: target.room,
    ahead: false,
  } as const;
  const rung = again.link.rings.ring(ann.id, back);
  const ring = await ann.next('ring');
  expect(ring).toMatchObject({ call, signed: true, fingerprint: fingerprint('CC'), target });
  expect(ring.from.key).toBe(ben.identity.publicKey);
  await ann.link.rings.answer(call, { answer: 'accept', media: 'video', fingerprint: fingerprint('AA') });
  expect(await again.next('ring-accepted')).toMatchObject({
    call,
    signed: true,
    fingerprint: fingerprint('AA'),
    target,
  });
  expect(await rung).toBe(true);
});

it('a ring whose certificate was swapped on the way proves nothing', async () => {
  const ann = end('Ann');
  const evil = await stranger();
  await ann.sees(evil.id);
  const call = newCall();
  evil.client.tell(ann.id, { type: 'hail', call });
  const { nonce } = await evil.told('nonce');
  const ring = { call, media: 'video', room: 'room' } as const;
  const proof = {
    ...ring,
    kind: 'ring',
    to: ann.identity.publicKey,
    nonce,
    fingerprint: fingerprint('AA'),
  } as const;
  const signature = evil.identity.sign(ringProofBytes(proof));
  const swapped = {
    type: 'ring',
    ...ring,
    fingerprint: fingerprint('CC'),
    nonce: newCall(),
    signature,
  } as const;
  evil.client.tell(ann.id, swapped);
  expect(await ann.next('ring')).toMatchObject({ call, signed: false });
});

it('a ring is heard once: what was overheard cannot be rung again', async () => {
  const ann = end('Ann');
  const evil = await stranger();
  await ann.sees(evil.id);
  const call = newCall();
  evil.client.tell(ann.id, { type: 'hail', call });
  await evil.told('nonce');
  const ring = evil.unsignedRing(call);
  // The second, and one that nobody was hailed for, are dropped; a cancel after them tells that they were read.
  evil.client.tell(ann.id, ring);
  evil.client.tell(ann.id, ring);
  evil.client.tell(ann.id, { ...ring, call: newCall() });
  evil.client.tell(ann.id, { type: 'cancel', call, reason: 'cancelled' });
  await ann.next('ring-cancelled');
  expect(ann.events.seen.filter(({ type }) => type === 'ring')).toHaveLength(1);
});

it('an answer by another key, or for another certificate, proves nothing', async () => {
  const ann = end('Ann');
  const evil = await stranger();
  await ann.sees(evil.id);
  const call = newCall();
  const rung = ann.link.rings.ring(evil.id, {
    call,
    media: 'voice',
    fingerprint: fingerprint('AA'),
    room: null,
    ahead: false,
  });
  await evil.told('hail');
  evil.client.tell(ann.id, { type: 'nonce', call, nonce: newCall() });
  expect(await rung).toBe(true);
  await evil.told('ring');
  evil.client.tell(ann.id, {
    type: 'accept',
    call,
    media: 'voice',
    fingerprint: fingerprint('CC'),
    signature: evil.identity.sign(Buffer.from('something else')),
  });
  expect(await ann.next('ring-accepted')).toMatchObject({ call, signed: false });
});

it('a ring to somebody who has gone ends by itself', async () => {
  const ann = end('Ann');
  const ben = await stranger();
  await ann.sees(ben.id);
  const call = newCall();
  const rung = ann.link.rings.ring(ben.id, {
    call,
    media: 'voice',
    fingerprint: fingerprint('AA'),
    room: null,
    ahead: false,
  });
  await ben.told('hail');
  ben.client.close();
  expect(await rung).toBe(false);
});
