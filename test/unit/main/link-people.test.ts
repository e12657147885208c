import { beforeEach, expect, test, vi } from 'vitest';
import type { BridgeEvent } from '../../../preload/bridge';
import { LinkPeople } from '../../../main/link-people';
import { generateIdentity, memberIdOf, type Identity } from '../../../main/signaling/identity';
import type { Person, RingMessage } from '../../../main/signaling/protocol';
import { ownerProofBytes } from '../../../main/signaling/ring-proof';
import { ManualClock } from '../../support/signaling-clock';

const NAMESPACE = 'friends';
const self = generateIdentity();
const [ann, ben] = [generateIdentity(), generateIdentity()];

const personOf = ({ publicKey: key }: Identity, name = 'Ann'): Person => ({
  id: memberIdOf(NAMESPACE, key),
  name,
  device: 'desktop',
  key,
  status: 'free',
});

let clock: ManualClock;
let told: { to: string; message: RingMessage }[];
let events: BridgeEvent[];
beforeEach(() => {
  clock = new ManualClock();
  told = [];
  events = [];
});

function peopleOf({ only, isOwner = false }: { only?: string | null; isOwner?: boolean } = {}): LinkPeople {
  const warned = vi.fn();
  return new LinkPeople({
    link: 'link',
    namespace: NAMESPACE,
    only,
    isOwner,
    identity: self,
    tell: (to, message) => void told.push({ to, message }),
    emit: (event) => void events.push(event),
    onChange: () => undefined,
    log: { debug: warned, info: warned, warn: warned, error: warned },
    clock,
  });
}

/** The call that somebody was asked to prove themselves for last. */
function askedFor(): string {
  const last = told.at(-1)?.message;
  if (last?.type !== 'prove') throw new TypeError('nobody was asked');
  return last.call;
}

const proofOf = (who: Identity, call: string): Extract<RingMessage, { type: 'proof' }> => ({
  type: 'proof',
  call,
  signature: who.sign(ownerProofBytes({ to: self.publicKey, call })),
});

test('everybody who is present is met, however many parts that takes to say', () => {
  const people = peopleOf();
  people.list({ type: 'people', seq: 1, offset: 0, people: [personOf(ann)] });
  people.list({ type: 'people', seq: 2, offset: 1, people: [personOf(ben, 'Ben')] });
  expect(people.all).toEqual([personOf(ann), personOf(ben, 'Ben')]);
  people.list({ type: 'people', seq: 3, offset: 0, people: [personOf(ben, 'Ben')] });
  expect(people.all).toEqual([personOf(ben, 'Ben')]);
  expect(told).toEqual([]);
});

test('nobody is met under another’s id', () => {
  const people = peopleOf();
  const forged = { ...personOf(ann), key: ben.publicKey };
  people.appeared(forged);
  people.list({ type: 'people', seq: 1, offset: 0, people: [forged] });
  expect([people.all, people.isMet(forged)]).toEqual([[], false]);
});

test('whose server it is, is met once they have proved it, and whoever else is there is not', () => {
  const people = peopleOf({ only: ann.publicKey });
  people.appeared(personOf(ben, 'Ben'));
  expect(told).toEqual([]);
  people.appeared(personOf(ann));
  expect(people.all).toEqual([]);
  people.onProof(personOf(ann), proofOf(ann, askedFor()));
  expect(people.all).toEqual([personOf(ann)]);
  expect(events.at(-1)).toEqual({ type: 'person', link: 'link', person: personOf(ann) });
});

test('where nobody knows who it will be, the first who proves it is', () => {
  const people = peopleOf({ only: null });
  people.list({ type: 'people', seq: 1, offset: 0, people: [personOf(ann), personOf(ben, 'Ben')] });
  people.onProof(personOf(ann), proofOf(ann, askedFor()));
  expect([people.all, people.only]).toEqual([[personOf(ann)], ann.publicKey]);
  expect(people.isMet(personOf(ben, 'Ben'))).toBe(false);
});

test.each([
  ['by another key', (call: string) => proofOf(ben, call)],
  ['for another question', () => proofOf(ann, 'x'.repeat(22))],
])('a proof %s proves nothing', (_what, proof) => {
  const people = peopleOf({ only: ann.publicKey });
  people.appeared(personOf(ann));
  people.onProof(personOf(ann), proof(askedFor()));
  expect(people.all).toEqual([]);
});

test('what is about somebody is done at once where nobody has to prove anything', () => {
  const act = vi.fn();
  peopleOf().onceProved(personOf(ann), act);
  expect(act).toHaveBeenCalledOnce();
});

test('what is about somebody waits for their proof, also before they are asked for it', () => {
  const people = peopleOf({ only: ann.publicKey });
  const act = vi.fn();
  people.onceProved(personOf(ann), act);
  people.appeared(personOf(ann));
  const call = askedFor();
  people.onProof(personOf(ann), proofOf(ben, call));
  expect(act).not.toHaveBeenCalled();
  people.onProof(personOf(ann), proofOf(ann, call));
  expect(act).toHaveBeenCalledOnce();
});

test('of several things that wait for a proof the last is done, and what comes after it at once', () => {
  const people = peopleOf({ only: ann.publicKey });
  const acts = [vi.fn(), vi.fn(), vi.fn()] as const;
  people.appeared(personOf(ann));
  people.onceProved(personOf(ann), acts[0]);
  people.onceProved(personOf(ann), acts[1]);
  people.appeared(personOf(ann, 'Anna'));
  people.onProof(personOf(ann), proofOf(ann, askedFor()));
  people.onceProved(personOf(ann), acts[2]);
  expect(acts.map(({ mock }) => mock.calls.length)).toEqual([0, 1, 1]);
});

test('what waited for a proof is forgotten with who went, or with the conversation', () => {
  const people = peopleOf({ only: ann.publicKey });
  for (const end of [() => people.vanished(personOf(ann).id), () => people.forget()]) {
    const act = vi.fn();
    people.appeared(personOf(ann));
    people.onceProved(personOf(ann), act);
    end();
    people.appeared(personOf(ann));
    people.onProof(personOf(ann), proofOf(ann, askedFor()));
    expect(act).not.toHaveBeenCalled();
    people.forget();
  }
});

test('what was proved is proved again after the conversation was lost, and who is asked is as they are by then', () => {
  const people = peopleOf({ only: ann.publicKey });
  people.appeared(personOf(ann));
  people.onProof(personOf(ann), proofOf(ann, askedFor()));
  people.forget();
  expect(events.at(-1)).toEqual({ type: 'people', link: 'link', people: [] });
  people.appeared(personOf(ann, 'Anna'));
  people.appeared(personOf(ann, 'Anne'));
  expect([told.length, people.all]).toEqual([2, []]);
  people.onProof(personOf(ann), proofOf(ann, askedFor()));
  expect(people.all).toEqual([personOf(ann, 'Anne')]);
});

test('only who owns the server proves that they do', () => {
  const question = { type: 'prove', call: 'c'.repeat(22) } as const;
  peopleOf().prove(personOf(ann), question);
  expect(told).toEqual([]);
  peopleOf({ isOwner: true }).prove(personOf(ann), question);
  expect(told).toMatchObject([{ to: personOf(ann).id, message: { type: 'proof', call: question.call } }]);
});

test('somebody is waited for until they come, for ten seconds, or until nobody is', async () => {
  const people = peopleOf();
  const came = people.waitFor(personOf(ann).id);
  people.appeared(personOf(ann));
  await came;
  await people.waitFor(personOf(ann).id);
  const didNot = people.waitFor(personOf(ben).id);
  clock.advance(10_000);
  await didNot;
  const closed = people.waitFor(personOf(ben).id);
  people.close();
  await closed;
  expect(clock.pending).toBe(0);
});
