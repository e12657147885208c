import * as v from 'valibot';
import { settingsSchema, type ErrorCode, type Settings, type SettingsChange } from '../preload/bridge';
import { JsonFile } from './json-file';

const DEFAULTS: Settings = {
  name: '',
  welcomed: false,
  language: null,
  preview: false,
  voiceOnly: false,
  camera: null,
  microphone: null,
  door: 'ask',
  server: null,
  reachable: null,
  status: 'free',
  audioProcessing: true,
  sounds: { ring: true, ringBack: true, knock: true, connected: true, reconnecting: true, ended: true },
  ringSpeaker: null,
  closeToTray: null,
  globalMute: null,
  iceServers: [],
  connectAhead: 'known',
  alwaysRelay: false,
};

/** Settings of one profile: read once, kept in memory, written atomically at each change. */
export class SettingsStore {
  readonly #file: JsonFile;
  #settings: Settings = DEFAULTS;
  /** What the command line says for this run only: never written. */
  #overrides: Partial<Settings>;

  constructor(path: string, overrides: Partial<Settings> = {}) {
    this.#file = new JsonFile(path);
    this.#overrides = overrides;
  }

  get current(): Settings {
    return { ...this.#settings, ...this.#overrides };
  }

  /**
   * Reads the file. What one field holds that is no longer valid falls back to its default; a broken file falls
   * back to its backup.
   * @returns what a person must be told, if anything.
   */
  async load(): Promise<ErrorCode | null> {
    const read = await this.#file.read(isObject);
    if (read.found === 'nothing') return read.broken ? 'settings-reset' : null;
    this.#settings = fitSettings(read.value);
    return read.found === 'backup' ? 'settings-restored' : null;
  }

  /**
   * Merges a change in memory at once and on disk after. What a person changes, the command line no longer says.
   * @throws the file system's error when it could not be written; the change still holds until the app quits.
   */
  async change(change: SettingsChange): Promise<Settings> {
    const given = withoutUndefined(change);
    this.#settings = { ...this.#settings, ...given };
    this.#overrides = Object.fromEntries(Object.entries(this.#overrides).filter(([key]) => !(key in given)));
    await this.#file.write(this.#settings);
    return this.current;
  }

  /** Resolves once every change until now is on the disk, or could not be. */
  settled(): Promise<void> {
    return this.#file.settled();
  }
}

/** Whether people can call while nobody looks at the window. */
export const canBeReached = ({ server, reachable }: Settings): boolean =>
  server !== null || reachable === true;

/** Every field that is valid, the default for every one that is not. */
export function fitSettings(value: unknown): Settings {
  const given = isObject(value) ? value : {};
  const fitted: Record<string, unknown> = { ...DEFAULTS };
  for (const [key, schema] of Object.entries(settingsSchema.entries)) {
    const parsed = v.safeParse(schema, given[key]);
    if (parsed.success) fitted[key] = parsed.output;
  }
  return v.parse(settingsSchema, fitted);
}

/** What a change really says, to be merged into what was there. */
export function withoutUndefined<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
