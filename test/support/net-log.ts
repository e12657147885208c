import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Person } from './people';

const netLogSchema = v.object({
  constants: v.object({ timeTickOffset: v.number(), logEventTypes: v.record(v.string(), v.number()) }),
  events: v.array(v.object({ type: v.number(), time: v.string() })),
});

/**
 * When a person's Chromium sent UDP packets, from the log it wrote itself (`netLog` of a {@link Person}); ends the app.
 * @returns Unix time in ms
 */
export async function sentPackets(person: Person): Promise<number[]> {
  await person.app.close();
  const log = v.parse(netLogSchema, JSON.parse(readFileSync(join(person.profile, 'net.json'), 'utf8')));
  const { timeTickOffset, logEventTypes } = log.constants;
  const sent = logEventTypes['UDP_BYTES_SENT'];
  if (sent === undefined) throw new Error('this Chromium does not log what it sends');
  return log.events.filter(({ type }) => type === sent).map(({ time }) => timeTickOffset + Number(time));
}
