import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalBroker } from '../../../../main/signaling/local-broker';
import type { Broker, Mail, SeatRules } from '../../../../main/signaling/broker';
import type { Member, Person, RingMessage, Status } from '../../../../main/signaling/protocol';

/** One suite for every broker; the one over Redis joins the list when it is there. */
const brokers: Record<string, () => Broker> = { LocalBroker: () => new LocalBroker() };

const address = { namespace: 'ns', room: 'room' };
const rules: SeatRules = { capacity: 2, host: null, app: false };
const member = (id: string, changes: Partial<Member> = {}): Member => ({
  id,
  name: id.toUpperCase(),
  device: 'desktop',
  key: null,
  plain: false,
  away: false,
  ...changes,
});
const person = (id: string, status: Status = 'free'): Person => ({
  id,
  name: id.toUpperCase(),
  device: 'desktop',
  key: id,
  status,
});
const hail: RingMessage = { type: 'hail', call: 'c'.repeat(22) };

describe.each(Object.entries(brokers))('%s', (_name, create) => {
  function start(ids: string[] = ['a', 'b', 'c', 'd']) {
    const broker = create();
    const mail = new Map<string, Mail[]>();
    for (const id of ids) {
      const box: Mail[] = [];
      mail.set(id, box);
      broker.register(id, { take: (one) => box.push(one) > 0 });
    }
    const typesOf = (id: string): string[] =>
      (mail.get(id) ?? []).map((one) => (one.kind === 'event' ? one.event.type : one.kind));
    return { broker, mail, typesOf };
  }

  it('tells the newcomer who is there before the others hear of it', async () => {
    const { broker, mail, typesOf } = start();
    await broker.join(address, member('a'), rules);
    await broker.join(address, member('b'), rules);
    expect(typesOf('a')).toEqual(['joined', 'member-joined']);
    expect(mail.get('b')).toEqual([
      { kind: 'event', event: { type: 'joined', room: 'room', members: [member('a')], host: null } },
    ]);
  });

  it('lets calls take effect in the order they were made, without waiting in between', async () => {
    const { broker, typesOf } = start();
    const outcomes = await Promise.all([
      broker.join(address, member('a'), rules),
      broker.join(address, member('b'), rules),
      broker.join(address, member('c'), rules),
      broker.leave(address, 'a', 'left'),
      broker.join(address, member('c'), rules),
    ]);
    expect(outcomes).toEqual(['joined', 'joined', 'room-full', true, 'joined']);
    expect(typesOf('b')).toEqual(['joined', 'member-left', 'member-joined']);
    expect(typesOf('c')).toEqual(['joined']);
  });

  it('keeps the seat of the host', async () => {
    const { broker } = start();
    const hosted = { ...rules, host: 'a' };
    expect(await broker.join(address, member('b'), hosted)).toBe('joined');
    expect(await broker.join(address, member('c'), hosted)).toBe('room-full');
    expect(await broker.join(address, member('a'), hosted)).toBe('joined');
  });

  it('carries mail only between two who sit in the room', async () => {
    const { broker, mail } = start();
    await broker.join(address, member('a'), rules);
    await broker.join(address, member('b'), rules);
    await broker.join({ ...address, room: 'elsewhere' }, member('c'), rules);
    const text: Mail = { kind: 'plain', text: '{}' };
    expect(await broker.send(address, 'a', 'b', text)).toBe('sent');
    expect(await broker.send(address, 'a', 'c', text)).toBe('not-seated');
    expect(await broker.send(address, 'c', 'a', text)).toBe('not-seated');
    expect(await broker.send({ ...address, namespace: 'other' }, 'a', 'b', text)).toBe('not-seated');
    expect(await broker.send(address, 'a', 'a', text)).toBe('not-seated');
    expect(mail.get('b')?.filter((one) => one.kind === 'plain')).toHaveLength(1);
    expect(await broker.deliver('c', text)).toBe(true);
    expect(await broker.deliver('nobody', text)).toBe(false);
  });

  it('says that mail was refused, rather than carried', async () => {
    const { broker } = start(['a', 'b']);
    broker.register('c', { take: ({ kind }) => kind === 'event' });
    await broker.join(address, member('a'), rules);
    await broker.join(address, member('c'), rules);
    expect(await broker.send(address, 'a', 'c', { kind: 'plain', text: '{}' })).toBe('not-taken');
    expect(await broker.deliver('c', { kind: 'plain', text: '{}' })).toBe(false);
  });

  it('carries to who is invisible only what answers them, and forgets whom they told when they are seen or go', async () => {
    const { broker } = start();
    const say = (from: string, to: string) => broker.tell('ns', from, to, hail);
    for (const id of ['b', 'c']) await broker.appear('ns', person(id));
    await broker.appear('ns', person('a', 'invisible'));
    expect([await say('b', 'a'), await say('b', 'd')]).toEqual(['peer-unavailable', 'peer-unavailable']);
    expect(await say('a', 'b')).toBe('sent');
    expect([await say('b', 'a'), await say('c', 'a')]).toEqual(['sent', 'peer-unavailable']);
    await broker.appear('ns', person('a'));
    expect(await say('c', 'a')).toBe('sent');
    await broker.appear('ns', person('a', 'invisible'));
    expect(await say('b', 'a')).toBe('peer-unavailable');
    expect(await say('a', 'b')).toBe('sent');
    await broker.vanish('ns', 'a');
    await broker.appear('ns', person('a', 'invisible'));
    expect(await say('b', 'a')).toBe('peer-unavailable');
  });

  it('tells whom somebody invisible told something that they have gone, if they are still there, and nobody else', async () => {
    const { broker, mail } = start();
    const gone = (id: string) =>
      mail.get(id)?.filter((one) => one.kind === 'event' && one.event.type === 'person-gone');
    for (const id of ['b', 'c', 'd']) await broker.appear('ns', person(id));
    await broker.appear('ns', person('a', 'invisible'));
    for (const id of ['b', 'd']) await broker.tell('ns', 'a', id, hail);
    await broker.vanish('ns', 'd');
    await broker.vanish('ns', 'a');
    const [ofA, ofD] = ['a', 'd'].map((id): Mail => ({
      kind: 'event',
      event: { type: 'person-gone', member: id },
    }));
    expect(['b', 'c', 'd'].map(gone)).toEqual([[ofD, ofA], [ofD], []]);
  });

  it('remembers so many whom somebody invisible told something, and no more', async () => {
    const crowd = Array.from({ length: 65 }, (_, n) => `other ${String(n)}`);
    const { broker } = start(['a', ...crowd]);
    await broker.appear('ns', person('a', 'invisible'));
    for (const id of crowd) {
      await broker.appear('ns', person(id));
      await broker.tell('ns', 'a', id, hail);
    }
    const answers: string[] = [];
    for (const id of crowd) answers.push(await broker.tell('ns', id, 'a', hail));
    expect(answers).toEqual(['peer-unavailable', ...Array<string>(64).fill('sent')]);
  });

  it('tells who is present anew of everybody who is seen, and nobody else of anything', async () => {
    const { broker, mail, typesOf } = start();
    for (const id of ['a', 'b']) await broker.appear('ns', person(id));
    await broker.appear('ns', person('c', 'invisible'));
    const before = ['b', 'c', 'd'].map(typesOf);
    expect(await broker.listPeople('ns', 'a')).toBe(true);
    const list: Mail = { kind: 'event', event: { type: 'people', offset: 0, people: [person('b')] } };
    expect(mail.get('a')?.at(-1)).toEqual(list);
    expect([await broker.listPeople('ns', 'd'), await broker.listPeople('other', 'a')]).toEqual([
      false,
      false,
    ]);
    expect(['b', 'c', 'd'].map(typesOf)).toEqual(before);
  });

  it('does not confuse addresses whose parts hold slashes', async () => {
    const { broker, typesOf } = start();
    await broker.join({ namespace: 'a/b', room: 'c' }, member('a'), rules);
    await broker.join({ namespace: 'a', room: 'b/c' }, member('b'), rules);
    expect(typesOf('a')).toEqual(['joined']);
  });

  it('behaves as a small reference model under any order of calls', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const step = fc.record({
      what: fc.constantFrom('join', 'join', 'leave', 'away', 'back', 'send'),
      who: fc.constantFrom(...ids),
      to: fc.constantFrom(...ids),
      app: fc.boolean(),
    });
    // b and d are plain, so that `?app` has somebody to replace.
    const isPlain = (id: string): boolean => id === 'b' || id === 'd';
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { broker, typesOf } = start(ids);
        let seats: { id: string; away: boolean; app: boolean }[] = [];
        const expected = new Map<string, string[]>(ids.map((id) => [id, []]));
        const tell = (id: string, type: string): void => void expected.get(id)?.push(type);
        const tellOthers = (about: string, type: string): void => {
          for (const { id } of seats) if (id !== about) tell(id, type);
        };
        for (const { what, who, to, app: asked } of steps) {
          const own = seats.find(({ id }) => id === who);
          const app = asked && isPlain(who);
          switch (what) {
            case 'join': {
              const outcome = await broker.join(address, member(who, { plain: isPlain(who) }), {
                ...rules,
                app,
              });
              if (!own && app) {
                const plain = seats.filter(({ id }) => isPlain(id));
                const replaced = plain.find((seat) => seat.app) ?? (seats.length >= 2 ? plain[0] : undefined);
                if (replaced) {
                  tell(replaced.id, 'replaced');
                  seats = seats.filter((seat) => seat !== replaced);
                  tellOthers(replaced.id, 'member-left');
                }
              }
              if (!own && seats.length >= 2) {
                expect(outcome).toBe('room-full');
                break;
              }
              expect(outcome).toBe(own?.away ? 'back' : 'joined');
              tell(who, 'joined');
              if (!own) tellOthers(who, 'member-joined');
              else if (own.away) tellOthers(who, 'member-back');
              if (own) Object.assign(own, { away: false, app });
              else seats.push({ id: who, away: false, app });
              break;
            }
            case 'leave':
              expect(await broker.leave(address, who, 'left')).toBe(own !== undefined);
              if (own) tellOthers(who, 'member-left');
              seats = seats.filter((seat) => seat !== own);
              break;
            case 'away':
              expect(await broker.setAway(address, who, 'closed')).toBe(own?.away === false);
              if (own && !own.away) tellOthers(who, 'member-away');
              if (own) own.away = true;
              break;
            case 'back':
              expect(await broker.setBack(address, who)).toBe(own?.away === true);
              if (own?.away) tellOthers(who, 'member-back');
              if (own) own.away = false;
              break;
            case 'send': {
              const can = who !== to && own !== undefined && seats.some(({ id }) => id === to);
              expect(await broker.send(address, who, to, { kind: 'plain', text: '' })).toBe(
                can ? 'sent' : 'not-seated',
              );
              if (can) tell(to, 'plain');
              break;
            }
          }
          expect(seats.length).toBeLessThanOrEqual(2);
        }
        for (const id of ids) expect(typesOf(id)).toEqual(expected.get(id));
      }),
      { numRuns: 300 },
    );
  });
});

it('opens no room past those there may be', () => {
  const broker = new LocalBroker({ maxRooms: 1 });
  const other = { namespace: 'ns', room: 'other' };
  expect(broker.join(address, member('a'), rules)).toBe('joined');
  expect(broker.join(other, member('b'), rules)).toBe('too-many');
  expect(broker.join(address, member('b'), rules)).toBe('joined');
  broker.leave(address, 'a', 'left');
  broker.leave(address, 'b', 'left');
  expect(broker.join(other, member('b'), rules)).toBe('joined');
});

it('keeps nothing of a room that everybody left', () => {
  const broker = new LocalBroker();
  broker.join(address, member('a'), rules);
  expect(broker.roomCount).toBe(1);
  broker.leave(address, 'a', 'left');
  expect(broker.roomCount).toBe(0);
  broker.join(address, member('b'), { ...rules, capacity: 0 });
  expect(broker.roomCount).toBe(0);
});
