/** What two apps remember of their calls, as it is on disk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { callRecordSchema, type CallRecord } from '../../preload/bridge';
import { expect, type Person } from './people';

/** Of a profile, newest first. */
export function historyOf({ profile }: Pick<Person, 'profile'>): CallRecord[] {
  try {
    return v.parse(v.array(callRecordSchema), JSON.parse(readFileSync(join(profile, 'calls.json'), 'utf8')));
  } catch {
    return [];
  }
}

const OTHER = { self: 'peer', peer: 'self', network: 'network' } as const;

/**
 * Waits until two people remember so many calls, the newest as one and the same, each from their side.
 * @returns how it ended
 */
export async function expectSameCall(
  caller: Person,
  callee: Person,
  count: number,
): Promise<CallRecord['reason']> {
  for (const person of [caller, callee])
    await expect
      .poll(() => historyOf(person).length, { message: `${person.name} remembers the call` })
      .toBe(count);
  const [[made], [came]] = [historyOf(caller), historyOf(callee)];
  if (!made || !came) throw new Error('no call is remembered');
  const { id, media, reason } = came;
  expect(made).toMatchObject({
    id,
    direction: 'out',
    name: callee.name,
    media,
    reason,
    by: OTHER[came.by],
    times: 1,
  });
  expect(came).toMatchObject({ direction: 'in', name: caller.name, times: 1 });
  expect(made.key).not.toBeNull();
  expect(came.key).not.toBeNull();
  expect(made.lastedMs === null).toBe(came.lastedMs === null);
  expect(Math.abs((made.lastedMs ?? 0) - (came.lastedMs ?? 0))).toBeLessThan(1500);
  return reason;
}
