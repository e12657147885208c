import { app, shell, type Session } from 'electron';

/** Links our page may open in the person's browser. */
const EXTERNAL_SCHEMES = new Set(['https:', 'http:']);

/**
 * Electron security guide, items 12 to 15: the page never goes elsewhere, opens no windows and embeds nothing;
 * a web link opens in the browser.
 */
export function lockNavigation(isOurs: (url: string) => boolean): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOurs(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOurs(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (URL.canParse(url) && EXTERNAL_SCHEMES.has(new URL(url).protocol)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

/**
 * The page talks to nobody: its own files come from `app://`, media goes by WebRTC, signaling by the main process.
 * Whatever Chromium itself would fetch is refused as well.
 * @param devServer the page's server in development
 */
export function refuseNetwork(session: Session, devServer: string | null): void {
  session.setSpellCheckerLanguages([]);
  const allowed = devServer === null ? null : new URL(devServer).host;
  session.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*'] },
    (details, answer) => answer({ cancel: new URL(details.url).host !== allowed }),
  );
}
