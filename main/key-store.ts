import { safeStorage } from 'electron';

/** Something that keeps secrets from whoever else can read the disk. */
export interface KeyStore {
  /** Asked only when there is a secret: the system may have to unlock its own for the answer. */
  isSafe(): Promise<boolean>;
  encrypt(secret: string): Promise<Buffer>;
  /** @throws where it was not encrypted here. */
  decrypt(bytes: Buffer): Promise<string>;
}

/** The key store of the OS. Without one Chromium encrypts with a key that everybody knows, which is none. */
export const systemKeyStore: KeyStore = {
  isSafe: async () =>
    // Older runtimes, for development, would hold everything up while the system asks the person.
    'isAsyncEncryptionAvailable' in safeStorage &&
    (await safeStorage.isAsyncEncryptionAvailable()) &&
    (process.platform !== 'linux' ||
      !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())),
  encrypt: (secret) => safeStorage.encryptStringAsync(secret),
  decrypt: async (bytes) => (await safeStorage.decryptStringAsync(bytes)).result,
};
