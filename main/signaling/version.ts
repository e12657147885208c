import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** The version of this Parley: from `package.json`, which is two folders up from the source and from the build. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return v.parse(v.object({ version: v.string() }), JSON.parse(text)).version;
}
