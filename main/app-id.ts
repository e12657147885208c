/** What the installer gives the app's shortcut (electron-builder.yml): Windows shows notifications of no other. */
const APP_ID = 'org.parley.app';

/** What Windows is to know this app by: one from its sources is none that was installed. */
export const appId = (isPackaged: boolean): string => (isPackaged ? APP_ID : `${APP_ID}.dev`);
