import * as v from 'valibot';
import { JsonFile } from './json-file';
import { generatePrivateKey, identityFromPrivateKey, type Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';

const keySchema = v.object({ privateKey: v.pipe(v.string(), v.check(isKey)) });

/**
 * The key that this profile proves itself with (P-256), made once. It is the person's identity on this device, so a
 * damaged file falls back to its backup before a new key is made.
 * @returns `isKept`: false where a new key could not be written, and is good for this run only; `isLost`: there was
 *   another one, which cannot be read
 */
export async function openDeviceKey(
  path: string,
  log: Logger,
): Promise<{ identity: Identity; isKept: boolean; isLost: boolean }> {
  const file = new JsonFile(path);
  const read = await file.read((value) => v.is(keySchema, value));
  if (read.found !== 'nothing') {
    const { privateKey } = v.parse(keySchema, read.value);
    return { identity: identityFromPrivateKey(privateKey), isKept: true, isLost: false };
  }
  const isLost = read.broken;
  if (isLost) log.warn('the device key cannot be read, and is another from now on');
  const privateKey = generatePrivateKey();
  const identity = identityFromPrivateKey(privateKey);
  try {
    await file.write({ privateKey });
  } catch {
    return { identity, isKept: false, isLost };
  }
  // Written twice, so that the backup holds the key too. It is kept also without.
  await file.write({ privateKey }).catch(() => undefined);
  return { identity, isKept: true, isLost };
}

function isKey(text: string): boolean {
  try {
    identityFromPrivateKey(text);
    return true;
  } catch {
    return false;
  }
}
