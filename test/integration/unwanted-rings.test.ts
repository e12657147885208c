import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { silentLogger } from '../../main/signaling/logger';
import { generateIdentity, memberIdOf } from '../../main/signaling/identity';
import { parseFrame, clientMessageSchema, type Person } from '../../main/signaling/protocol';
import { ownerProofBytes } from '../../main/signaling/ring-proof';
import { App } from '../support/app-on-server';
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

let lines: string[] = [];
const log = {
  ...silentLogger,
  info: (line: string) => void lines.push(line),
  warn: (line: string) => void lines.push(line),
};
const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
  lines = [];
});

/** Ann, and somebody whom she may have blocked and who sees her. */
async function meet({ blocks = false } = {}): Promise<[End, Stranger]> {
  const ben = new Stranger(server.url);
  const ann = new End(server.url, 'Ann', {
    log,
    blocked: blocks ? [ben.identity.publicKey] : [],
  });
  closes.push(
    () => {
      ann.link.close();
    },
    () => {
      ben.client.close();
    },
  );
  await ann.next('people');
  await ben.client.connect();
  ben.client.present('free');
  await ann.sees(ben.id);
  return [ann, ben];
}

/** What Ann's page heard of rings. */
const rings = (ann: Pick<End, 'events'>) => ann.events.seen.filter(({ type }) => type.startsWith('ring'));

describe('who is blocked', () => {
  it('hears it ring as at anybody’s who is not near, and nothing is heard of it', async () => {
    const [ann, ben] = await meet({ blocks: true });
    const call = await ben.ring(ann.id);
    expect(await ben.told('ringing')).toEqual({ type: 'ringing', call });
    ben.client.tell(ann.id, { type: 'cancel', call, reason: 'no-answer' });
    // A second one is answered as anybody's who rings anew.
    const second = await ben.ring(ann.id);
    await ben.told('ringing');
    const third = await ben.ring(ann.id);
    expect(await ben.told('decline')).toEqual({ type: 'decline', call: second, reason: 'no-answer' });
    expect(await ben.told('ringing')).toEqual({ type: 'ringing', call: third });
    expect([rings(ann), lines]).toEqual([[], []]);
  });

  const isInCall = (ann: App) => ann.people.setInCall(true);
  const isRung = async (ann: App) => {
    const cy = await Stranger.comes(server.url);
    closes.push(() => {
      cy.client.close();
    });
    await cy.ring(ann.id);
    await ann.events.next(({ type }) => type === 'ring');
  };
  it.each([
    ['busy', 'is in a call', 'free', isInCall],
    ['busy', 'is in a call and not to be disturbed', 'do-not-disturb', isInCall],
    ['busy', 'is rung by another', 'free', isRung],
    ['do-not-disturb', 'is not to be disturbed', 'do-not-disturb', () => undefined],
  ] as const)('hears %s, as everybody would, while who is rung %s', async (reason, _what, status, begin) => {
    const ben = await Stranger.comes(server.url);
    const ann = new App(server.url, { status, blocked: [ben.identity.publicKey] });
    closes.push(
      () => void ann.close(),
      () => {
        ben.client.close();
      },
    );
    ann.people.follow();
    await ben.next('person');
    await begin(ann);
    const heard = rings(ann).length;
    const call = await ben.ring(ann.id);
    expect(await ben.told('decline')).toEqual({ type: 'decline', call, reason });
    expect(rings(ann)).toHaveLength(heard);
  });
});

it('who has not proved whose they are is not heard, nor counted, and rings once they have', async () => {
  const ben = await Stranger.comes(server.url);
  const ann = new End(server.url, 'Ann', { log, only: ben.identity.publicKey });
  closes.push(
    () => {
      ann.link.close();
    },
    () => {
      ben.client.close();
    },
  );
  const { call: asked } = await ben.told('prove');
  // More than anybody may make; a word about no ring would be noted.
  const calls = Array.from({ length: 12 }, newCall);
  ben.client.tell(ann.id, { type: 'cancel', call: asked, reason: 'cancelled' });
  for (const call of calls) ben.client.tell(ann.id, { type: 'hail', call });
  const signature = ben.identity.sign(ownerProofBytes({ to: ann.identity.publicKey, call: asked }));
  ben.client.tell(ann.id, { type: 'proof', call: asked, signature });
  expect(await ben.told('nonce')).toMatchObject({ call: calls.at(-1) });
  expect(ben.heard('told').filter(({ message }) => message.type === 'nonce')).toHaveLength(1);
  expect(lines).toEqual([]);
  ben.client.tell(ann.id, ben.unsignedRing(calls.at(-1) ?? ''));
  expect(await ann.next('ring')).toMatchObject({ from: { id: ben.id } });
});

describe('who rings without end', () => {
  it('is heard ten times, and then no more for a while', async () => {
    const [ann, ben] = await meet();
    for (let n = 0; n < 10; n += 1) {
      const call = await ben.ring(ann.id);
      expect((await ann.next('ring')).call).toBe(call);
      await ann.link.rings.answer(call, { answer: 'decline', reason: 'busy' });
    }
    expect(lines).toEqual(['one key rings too often: not heard for a while']);
    // Not even a nonce; what is said after it shows that it was read.
    const late = newCall();
    ben.client.tell(ann.id, { type: 'hail', call: late });
    ben.client.tell(ann.id, { type: 'cancel', call: late, reason: 'cancelled' });
    await expect.poll(() => lines.length).toBe(2);
    expect(ben.heard('told').filter(({ message }) => message.type === 'nonce')).toHaveLength(10);
    expect(ann.heard('ring')).toHaveLength(10);
    // Others are.
    const cy = await Stranger.comes(server.url);
    closes.push(() => {
      cy.client.close();
    });
    await cy.ring(ann.id);
    await ann.next('ring');
  });

  it('and is answered may go on', async () => {
    const [ann, ben] = await meet();
    for (let n = 0; n < 12; n += 1) {
      const call = await ben.ring(ann.id);
      await ann.next('ring');
      await ann.link.rings.answer(call, { answer: 'accept', media: 'voice', fingerprint: fingerprint('AA') });
      await ben.told('accept');
    }
    expect(lines).toEqual([]);
  });
});

it('a word about a ring that there is not goes no further than the log', async () => {
  const [ann, ben] = await meet();
  const call = newCall();
  const proof = { media: 'voice', fingerprint: fingerprint('AA'), signature: 'AAAA' } as const;
  ben.client.tell(ann.id, { type: 'accept', call, ...proof });
  ben.client.tell(ann.id, { type: 'decline', call, reason: 'declined' });
  ben.client.tell(ann.id, { type: 'cancel', call, reason: 'cancelled' });
  ben.client.tell(ann.id, { type: 'ringing', call });
  ben.client.tell(ann.id, { type: 'nonce', call, nonce: newCall() });
  await expect.poll(() => lines).toEqual(Array(5).fill('a word about a ring that there is not'));
  expect(rings(ann)).toEqual([]);
});

/** A server that welcomes everybody and tells them what it likes of others. */
async function lyingServer(...events: object[]): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  closes.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on('connection', (socket) => {
    const say = (message: object): void => socket.send(JSON.stringify(message));
    say({ type: 'challenge', nonce: 'n', heartbeatMs: 10_000, timeoutMs: 25_000, secretRequired: false });
    socket.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      const message = parseFrame(clientMessageSchema, text);
      if (message?.type === 'hello') {
        const limits = { frameBytes: 65_536, graceMs: 30_000, roomCapacity: 2 };
        const self = memberIdOf('family', message.publicKey);
        say({ type: 'welcome', self, resumed: false, lastSeq: 0, iceServers: [], limits });
      } else if (message?.type === 'present') {
        for (const [index, event] of events.entries()) say({ ...event, seq: index + 1 });
      }
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('who is said to have a key that is not theirs is not shown, and not heard', async () => {
  const identity = generateIdentity();
  const cy: Person = {
    id: memberIdOf('family', identity.publicKey),
    name: 'Cy\u202e\u0000',
    device: 'desktop',
    key: identity.publicKey,
    status: 'free',
  };
  // Ann's id with another's key.
  const forged = { ...cy, id: memberIdOf('family', generateIdentity().publicKey), name: 'Ann' };
  const hail = { type: 'hail', call: newCall() };
  const url = await lyingServer(
    { type: 'people', offset: 0, people: [forged] },
    { type: 'person', person: forged },
    { type: 'told', from: forged, message: hail },
    { type: 'person', person: cy },
  );
  const ben = new End(url, 'Ben', { log });
  closes.push(() => {
    ben.link.close();
  });
  expect(await ben.next('person')).toMatchObject({ person: { id: cy.id, name: 'Cy' } });
  expect(ben.heard('people').flatMap(({ people }) => people)).toEqual([]);
  expect(ben.heard('person')).toHaveLength(1);
  expect(lines).toEqual(Array(3).fill('somebody whose key is another'));
});
