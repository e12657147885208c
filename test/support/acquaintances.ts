import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { identityFromPrivateKey } from '../../main/signaling/identity';
import type { KnownChange } from '../../preload/bridge';
import type { Person } from './people';

/** A person's public key, by which others know them. */
function keyOf({ profile }: Person): string {
  const file: unknown = JSON.parse(readFileSync(join(profile, 'device-key.json'), 'utf8'));
  return identityFromPrivateKey(v.parse(v.object({ privateKey: v.string() }), file).privateKey).publicKey;
}

/** What this person's app remembers of another from now on. */
export async function knows(person: Person, other: Person, change: KnownChange): Promise<void> {
  const { page } = person;
  await page.evaluate(([key, known]) => window.parley.changeKnown(key, known), [
    keyOf(other),
    { name: other.name, ...change },
  ] as const);
}
