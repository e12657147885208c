import { rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Called by electron-builder with each unpacked app: leaves out Electron's default app, which a packaged
 * app never runs.
 * @param {import('electron-builder').AfterPackContext} context
 */
export default async function afterPack({ appOutDir, packager, electronPlatformName }) {
  const inside =
    electronPlatformName === 'darwin'
      ? `${packager.appInfo.productFilename}.app/Contents/Resources`
      : 'resources';
  await rm(path.join(appOutDir, inside, 'default_app.asar'), { force: true });
}
