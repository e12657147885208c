import { join } from 'node:path';
import type { ErrorCode, Settings } from '../preload/bridge';
import { openDeviceKey } from './device-key';
import { LastSeat, type Seat } from './last-seat';
import { SettingsStore } from './settings';
import type { Identity } from './signaling/identity';
import type { Logger } from './signaling/logger';

/** What one profile keeps on disk, read. */
export interface Profile {
  settings: SettingsStore;
  identity: Identity;
  lastSeat: LastSeat;
  /** Where the app was when it ended without leaving. */
  returnTo: Seat | null;
  /** What a person must be told of the settings. */
  notice: ErrorCode | null;
}

/**
 * Reads a profile. Needs no window, so it is begun while Chromium still starts.
 * @param overrides what the command line says for this run
 */
export async function openProfile(
  folder: string,
  overrides: Partial<Settings>,
  log: Logger,
): Promise<Profile> {
  const settings = new SettingsStore(join(folder, 'settings.json'), overrides);
  const lastSeat = new LastSeat(join(folder, 'seat.json'));
  const [ofSettings, { identity, isKept, isLost }, returnTo] = await Promise.all([
    settings.load(),
    openDeviceKey(join(folder, 'device-key.json'), log),
    lastSeat.take(),
  ]);
  const notice = isKept ? (isLost ? 'key-lost' : ofSettings) : 'profile-not-saved';
  return { settings, identity, lastSeat, returnTo, notice };
}
