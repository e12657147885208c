import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { PeopleLink } from '../../main/people-link';
import { systemClock } from '../../main/signaling/clock';
import { generateIdentity, memberIdOf, type Identity } from '../../main/signaling/identity';
import { silentLogger } from '../../main/signaling/logger';
import type { RingMessage } from '../../main/signaling/protocol';
import { ringProofBytes } from '../../main/signaling/ring-proof';
import type { BridgeEvent } from '../../preload/bridge';
import { Events, TestMember } from '../support/signaling-clients';
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

const fingerprint = (byte: string) => Array(32).fill(byte).join(':');
const newCall = () => randomBytes(16).toString('base64url');

type EventOf<Type> = Extract<BridgeEvent, { type: Type }>;

/** One end as the app has it: its link to the server, and what its page hears. */
class End {
  readonly identity: Identity;
  readonly id: string;
  readonly events = new Events<BridgeEvent>();
  readonly link: PeopleLink;

  constructor(name: string, identity = generateIdentity()) {
    this.identity = identity;
    this.id = memberIdOf('family', identity.publicKey);
    this.link = new PeopleLink({
      id: 'saved',
      kind: 'saved',
      target: { servers: [server.url], namespace: 'family' },
      password: null,
      identity: this.identity,
      name,
      status: 'free',
      emit: (event) => {
        this.events.push(event);
      },
      log: silentLogger,
      clock: systemClock,
    });
    closes.push(() => {
      this.link.close();
    });
  }

  next<Type extends BridgeEvent['type']>(type: Type): Promise<EventOf<Type>> {
    return this.events.next((event): event is EventOf<Type> => event.type === type);
  }

  /** Waits until this end sees somebody. */
  async sees(id: string): Promise<void> {
    await this.events.next(
      (event) =>
        (event.type === 'person' && event.person.id === id) ||
        (event.type === 'people' && event.people.some((person) => person.id === id)),
    );
  }
}

/** Somebody who says what they like, with a key of their own. */
async function stranger(): Promise<TestMember & { identity: Identity }> {
  const identity = generateIdentity();
  const member = new TestMember({ servers: [server.url], name: 'Ben', namespace: 'family', identity });
  closes.push(() => {
    member.client.close();
  });
  await member.client.connect();
  member.client.present('free');
  await member.next('people');
  return Object.assign(member, { identity });
}

const toldOf = async (member: TestMember, type: RingMessage['type']): Promise<RingMessage> => {
  for (;;) {
    const { message } = await member.next('told');
    if (message.type === type) return message;
  }
};

it('a ring and its answer prove both keys and both certificates, and lead into one room', async () => {
  const [ann, ben] = [new End('Ann'), new End('Ben')];
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
  const call = newCall();
  expect(
    await ann.link.ring(ben.id, { call, media: 'video', fingerprint: fingerprint('AA'), room: null }),
  ).toBe(true);
  const ring = await ben.next('ring');
  expect(ring).toMatchObject({ call, signed: true, fingerprint: fingerprint('AA'), from: { name: 'Ann' } });
  ben.link.confirmRinging(call);
  await ann.next('ringing');
  expect(
    await ben.link.answer(call, { answer: 'accept', media: 'voice', fingerprint: fingerprint('BB') }),
  ).toBe(true);
  expect(await ann.next('ring-accepted')).toMatchObject({
    call,
    signed: true,
    fingerprint: fingerprint('BB'),
    target: ring.target,
  });
  // What was answered is answered.
  expect(await ben.link.answer(call, { answer: 'decline', reason: 'declined' })).toBe(false);
});

it('an app that was started again proves its new certificate for the call it was in, and finds its room', async () => {
  const [ann, ben] = [new End('Ann'), new End('Ben')];
  await Promise.all([ann.sees(ben.id), ben.sees(ann.id)]);
  const call = newCall();
  const offer = { call, media: 'video', fingerprint: fingerprint('AA') } as const;
  expect(await ann.link.ring(ben.id, { ...offer, room: null })).toBe(true);
  const { target } = await ben.next('ring');
  await ben.link.answer(call, { answer: 'accept', media: 'voice', fingerprint: fingerprint('BB') });
  await ann.next('ring-accepted');
  const kept = ben.link.callIn(target.room);
  expect(kept).toMatchObject({ call, link: 'saved', media: 'voice', peer: { key: ann.identity.publicKey } });
  expect(ann.link.callIn(target.room)).toMatchObject({ call, media: 'video', peer: { id: ben.id } });
  expect(ann.link.callIn('elsewhere')).toBeNull();
  ben.link.close();

  // It rings at once, whether it sees the other already or not.
  const again = new End('Ben', ben.identity);
  const back = { call, media: 'voice', fingerprint: fingerprint('CC'), room: target.room } as const;
  const rung = again.link.ring(ann.id, back);
  const ring = await ann.next('ring');
  expect(ring).toMatchObject({ call, signed: true, fingerprint: fingerprint('CC'), target });
  expect(ring.from.key).toBe(ben.identity.publicKey);
  await ann.link.answer(call, { answer: 'accept', media: 'video', fingerprint: fingerprint('AA') });
  expect(await again.next('ring-accepted')).toMatchObject({
    call,
    signed: true,
    fingerprint: fingerprint('AA'),
    target,
  });
  expect(await rung).toBe(true);
});

it('a ring whose certificate was swapped on the way proves nothing', async () => {
  const ann = new End('Ann');
  const evil = await stranger();
  await ann.sees(evil.id);
  const call = newCall();
  evil.client.tell(ann.id, { type: 'hail', call });
  const told = await toldOf(evil, 'nonce');
  const nonce = told.type === 'nonce' ? told.nonce : '';
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
  const ann = new End('Ann');
  const evil = await stranger();
  await ann.sees(evil.id);
  const call = newCall();
  evil.client.tell(ann.id, { type: 'hail', call });
  await toldOf(evil, 'nonce');
  const ring: RingMessage = {
    type: 'ring',
    call,
    room: 'room',
    media: 'voice',
    fingerprint: fingerprint('AA'),
    nonce: newCall(),
    signature: 'AAAA',
  };
  // The second, and one that nobody was hailed for, are dropped; a cancel after them tells that they were read.
  evil.client.tell(ann.id, ring);
  evil.client.tell(ann.id, ring);
  evil.client.tell(ann.id, { ...ring, call: newCall() });
  evil.client.tell(ann.id, { type: 'cancel', call, reason: 'cancelled' });
  await ann.next('ring-cancelled');
  expect(ann.events.seen.filter(({ type }) => type === 'ring')).toHaveLength(1);
});

it('an answer by another key, or for another certificate, proves nothing', async () => {
  const ann = new End('Ann');
  const evil = await stranger();
  await ann.sees(evil.id);
  const call = newCall();
  const rung = ann.link.ring(evil.id, { call, media: 'voice', fingerprint: fingerprint('AA'), room: null });
  await toldOf(evil, 'hail');
  evil.client.tell(ann.id, { type: 'nonce', call, nonce: newCall() });
  expect(await rung).toBe(true);
  await toldOf(evil, 'ring');
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
  const ann = new End('Ann');
  const ben = await stranger();
  await ann.sees(ben.id);
  const call = newCall();
  const rung = ann.link.ring(ben.id, { call, media: 'voice', fingerprint: fingerprint('AA'), room: null });
  await toldOf(ben, 'hail');
  ben.client.close();
  expect(await rung).toBe(false);
});
