import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  announcementOf,
  goodbyeOf,
  instanceOf,
  isForUs,
  QUESTION,
  readResponse,
  type Answer,
} from '../../../../main/nearby/announcement';
import { generateIdentity } from '../../../../main/signaling/identity';

const { publicKey: key } = generateIdentity();
const sighting = { key, port: 9238, addresses: ['192.168.1.5', 'fd00::5'] };
const nothing = { sightings: [], goodbyes: [], nonsense: 0 };

/** As the other end decodes it: texts are bytes there. */
const received = (answers: readonly Answer[]): unknown => ({
  answers: answers.map((answer) =>
    answer.type === 'TXT'
      ? { ...answer, data: [answer.data].flat().map((text) => Buffer.from(text)) }
      : answer,
  ),
  additionals: [],
});

describe('an announcement', () => {
  it('is read as it was made', () => {
    expect(readResponse(received(announcementOf(sighting)))).toEqual({ ...nothing, sightings: [sighting] });
  });

  it('says no name of a person or a machine', () => {
    for (const { name } of announcementOf(sighting))
      expect(name).toMatch(/^([\w-]{22}\.)?(_parley\._tcp\.)?local$/);
  });

  it('is taken back by a goodbye of the same app', () => {
    expect(readResponse(received(goodbyeOf(key)))).toEqual({ ...nothing, goodbyes: [instanceOf(key)] });
  });

  it('counts only with the name that its key has: nobody can stand in the place of another', () => {
    const other = generateIdentity().publicKey;
    const forged = announcementOf(sighting).map((answer): Answer =>
      answer.type === 'TXT' ? { ...answer, data: ['v=1', `key=${other}`] } : answer,
    );
    expect(readResponse(received(forged))).toEqual({ ...nothing, nonsense: 1 });
  });

  it.each([
    ['another version', ['v=2', `key=${key}`]],
    ['a key of another length', ['v=1', `key=${key}A`]],
    ['no key', ['v=1']],
    ['nothing', []],
  ])('that says %s is nonsense', (_what, data) => {
    const changed = announcementOf(sighting).map((answer): Answer =>
      answer.type === 'TXT' ? { ...answer, data } : answer,
    );
    expect(readResponse(received(changed))).toEqual({ ...nothing, nonsense: 1 });
  });

  it.each([0, -1, 70_000, 1.5])('with port %d is nonsense', (port) => {
    expect(readResponse(received(announcementOf({ ...sighting, port })))).toEqual({
      ...nothing,
      nonsense: 1,
    });
  });

  it('keeps of a hundred addresses as many as anybody needs, and none that is no address', () => {
    const addresses = Array.from({ length: 100 }, (_, n) => `10.0.0.${String(n)}`);
    const more = ['999.1.1.1', 'example.org', ...addresses].map((data): Answer => ({
      type: 'A',
      name: `${instanceOf(key)}.local`,
      ttl: 120,
      data,
    }));
    const said = [...announcementOf({ ...sighting, addresses: [] }), ...more];
    expect(readResponse(received(said)).sightings[0]?.addresses).toEqual(addresses.slice(0, 8));
  });
});

describe('whatever else is on the network', () => {
  it('is read without harm, and nothing comes of it', () => {
    const name = fc.oneof(
      fc.constantFrom('_parley._tcp.local', `${instanceOf(key)}._parley._tcp.local`, '_ipp._tcp.local', ''),
      fc.string(),
    );
    const data = fc.oneof(
      fc.anything(),
      name,
      fc.array(fc.uint8Array()),
      fc.record({ port: fc.integer(), target: name }),
    );
    const type = fc.constantFrom('PTR', 'SRV', 'TXT', 'A', 'AAAA', 'OPT', 'CNAME');
    const record = fc.record({ type, name, ttl: fc.oneof(fc.integer(), fc.constant(0)), data });
    const packet = fc.oneof(
      fc.anything(),
      fc.record({ answers: fc.array(fc.oneof(record, fc.anything())), additionals: fc.array(record) }),
    );
    fc.assert(
      fc.property(packet, (given) => {
        expect(readResponse(given).sightings).toEqual([]);
        expect(isForUs(given)).toBe(false);
      }),
    );
  });

  it('is told from ours by its name, in whatever case, with or without a dot at its end', () => {
    expect(isForUs({ questions: [{ name: '_PARLEY._tcp.local.', type: 'PTR' }] })).toBe(true);
    expect(isForUs({ questions: [QUESTION] })).toBe(true);
    expect(isForUs({ questions: [{ name: '_http._tcp.local', type: 'PTR' }] })).toBe(false);
  });
});
