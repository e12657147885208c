import path from 'node:path';

/** The repository's folder, absolute. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Where the fallback Electron and what we remember about the official one are kept. */
export const RUNTIME_CACHE = path.join(ROOT, 'node_modules/.cache/electron-runtime');
