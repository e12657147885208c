/**
 * How an app says by multicast DNS where it is, and reads where others are (RFC 6762, RFC 6763): a service of the type
 * `_parley._tcp`, its name made of the key, the protocol's version and the key in its TXT record. No name of a person
 * or a machine is in it. Everything that comes from the network is read here, by schemas.
 */
import { isIP } from 'node:net';
import type { ResponseOutgoingPacket } from 'multicast-dns';
import * as v from 'valibot';
import { memberIdOf } from '../signaling/identity';
import { keySchema, NEARBY } from '../signaling/protocol';

const SERVICE = '_parley._tcp.local';
/** What others keep of it is good for this long, in seconds; RFC 6762, section 10, for records that name a host. */
const TTL_S = 120;
const VERSION = '1';
/** Of one packet: more apps than this do not answer in one, and no machine has more addresses that matter. */
const MAX_SIGHTINGS = 16;
const MAX_ADDRESSES = 8;

/** One record of a response. */
export type Answer = ResponseOutgoingPacket['answers'][number];

/** Where somebody's app says it is. */
export interface Sighting {
  key: string;
  port: number;
  /** IPv4 and IPv6, as the app itself says; not yet known to be of this network. */
  addresses: string[];
}

/** What one packet tells. */
export interface Heard {
  sightings: Sighting[];
  /** Names of apps that leave; see {@link instanceOf}. */
  goodbyes: string[];
  /** How much of it calls itself ours and is not. */
  nonsense: number;
}

const nameSchema = v.pipe(
  v.string(),
  v.maxLength(255),
  v.transform((name) => name.toLowerCase().replace(/\.$/, '')),
);
const addressSchema = v.pipe(
  v.string(),
  v.check((address) => isIP(address) !== 0),
);
const named = { name: nameSchema, ttl: v.optional(v.number(), TTL_S) };
const recordSchema = v.variant('type', [
  v.object({ ...named, type: v.literal('PTR'), data: v.pipe(v.string(), v.maxLength(255)) }),
  v.object({
    ...named,
    type: v.literal('SRV'),
    data: v.object({
      port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
      target: nameSchema,
    }),
  }),
  v.object({ ...named, type: v.literal('TXT'), data: v.array(v.instance(Uint8Array)) }),
  v.object({ ...named, type: v.literal('A'), data: addressSchema }),
  v.object({ ...named, type: v.literal('AAAA'), data: addressSchema }),
]);
type RecordOf<Type> = Extract<v.InferOutput<typeof recordSchema>, { type: Type }>;

const packetSchema = v.object({
  answers: v.optional(v.pipe(v.array(v.unknown()), v.maxLength(512)), []),
  additionals: v.optional(v.pipe(v.array(v.unknown()), v.maxLength(512)), []),
});
const questionsSchema = v.object({
  questions: v.pipe(v.array(v.object({ name: nameSchema, type: v.string() })), v.maxLength(512)),
});

/** The name of the app of a key: a hash of it, so that nobody can have two. */
export const instanceOf = (key: string): string => memberIdOf(NEARBY, key);

/** Reads a response. Never throws. */
export function readResponse(packet: unknown): Heard {
  const heard: Heard = { sightings: [], goodbyes: [], nonsense: 0 };
  const parsed = v.safeParse(packetSchema, packet);
  if (!parsed.success) return { ...heard, nonsense: 1 };
  const records = [...parsed.output.answers, ...parsed.output.additionals].flatMap((record) => {
    const read = v.safeParse(recordSchema, record);
    return read.success ? [read.output] : [];
  });
  const pointers = records.filter((record) => isOf(record, 'PTR')).filter(({ name }) => name === SERVICE);
  for (const { data, ttl } of pointers.slice(0, MAX_SIGHTINGS)) {
    const [instance, service] = split(data);
    const sighting = ttl === 0 ? null : sightingOf(data, records);
    if (service !== SERVICE) heard.nonsense += 1;
    else if (ttl === 0) heard.goodbyes.push(instance);
    else if (sighting && instanceOf(sighting.key) === instance) heard.sightings.push(sighting);
    else heard.nonsense += 1;
  }
  return heard;
}

/** Whether a query asks for apps like ours. Never throws. */
export function isForUs(packet: unknown): boolean {
  const parsed = v.safeParse(questionsSchema, packet);
  return (
    parsed.success &&
    parsed.output.questions.some(({ name, type }) => name === SERVICE && (type === 'PTR' || type === 'ANY'))
  );
}

/** What is asked. */
export const QUESTION = { name: SERVICE, type: 'PTR' } as const;

/**
 * What an app says of itself.
 * @param sighting `addresses`: of the network it is said on.
 */
export function announcementOf({ key, port, addresses }: Sighting): Answer[] {
  const instance = `${instanceOf(key)}.${SERVICE}`;
  const host = `${instanceOf(key)}.local`;
  // Nobody else says something of these names, so what was known of them before is void.
  const ours = { ttl: TTL_S, class: 'IN', flush: true } as const;
  return [
    { type: 'PTR', name: SERVICE, ttl: TTL_S, data: instance },
    { type: 'SRV', name: instance, ...ours, data: { port, target: host } },
    { type: 'TXT', name: instance, ...ours, data: [`v=${VERSION}`, `key=${key}`] },
    ...addresses.slice(0, MAX_ADDRESSES).map((data) => ({
      type: isIP(data) === 6 ? ('AAAA' as const) : ('A' as const),
      name: host,
      ...ours,
      data,
    })),
  ];
}

/** What an app says as it leaves. */
export function goodbyeOf(key: string): Answer[] {
  return [{ type: 'PTR', name: SERVICE, ttl: 0, data: `${instanceOf(key)}.${SERVICE}` }];
}

function isOf<Type extends 'PTR' | 'SRV' | 'TXT'>(
  record: v.InferOutput<typeof recordSchema>,
  type: Type,
): record is RecordOf<Type> {
  return record.type === type;
}

/** The first label, as it was written, and the rest. */
function split(name: string): [string, string] {
  const dot = name.indexOf('.');
  return [
    name.slice(0, dot),
    name
      .slice(dot + 1)
      .toLowerCase()
      .replace(/\.$/, ''),
  ];
}

function sightingOf(
  instance: string,
  records: readonly v.InferOutput<typeof recordSchema>[],
): Sighting | null {
  const isIts = ({ name }: { name: string }): boolean => name === instance.toLowerCase().replace(/\.$/, '');
  const service = records.filter((record) => isOf(record, 'SRV')).find(isIts);
  const texts = records.filter((record) => isOf(record, 'TXT')).find(isIts);
  if (!service || !texts) return null;
  const { port, target } = service.data;
  const said = new Map(texts.data.map((bytes) => pairOf(Buffer.from(bytes).toString('utf8'))));
  const key = v.safeParse(keySchema, said.get('key'));
  if (!key.success || said.get('v') !== VERSION) return null;
  const addresses = records.flatMap((record) =>
    (record.type === 'A' || record.type === 'AAAA') && record.name === target && record.ttl > 0
      ? [record.data]
      : [],
  );
  return { key: key.output, port, addresses: [...new Set(addresses)].slice(0, MAX_ADDRESSES) };
}

function pairOf(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}
