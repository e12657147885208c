import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { protocol } from 'electron';

const SCHEME = 'app';

/** The page's origin. */
export const PAGE_ORIGIN = `${SCHEME}://parley`;

/** Where the page lives. */
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`;

/** Where the page of the small window lives that shows a ring. */
export const POPUP_URL = `${PAGE_ORIGIN}/popup/popup.html`;

/**
 * Electron security guide, item 7. Nothing but our own files; strings become markup only through Svelte's own
 * Trusted Types policy. No `Cross-Origin-Opener-Policy` beside it: this page opens none and none opens it, and Chromium
 * would start a second process for it before its first frame.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

/** All that a build of the page consists of. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** The first answer makes Node load its fetch and its web streams, which takes longer than all the answers. */
function loadAnswers(): void {
  const { body } = new Response('');
  if (body) Readable.fromWeb(body).resume();
}

/**
 * Serves the built pages (Electron security guide, item 18: no `file://`): the page from one folder, that of the small
 * window from another, under `/popup/`. Anything else, also above the folders, is 404.
 */
export function serveApp(pageFolder: string, popupFolder: string): void {
  // After the window was asked for: while its process starts there is nothing else to do here.
  setImmediate(loadAnswers);
  protocol.handle(SCHEME, async (request) => {
    const nothing = new Response(null, { status: 404 });
    const url = new URL(request.url);
    if (url.host !== 'parley') return nothing;
    try {
      const [, popup] = url.pathname.split(/^\/popup(?=\/)/);
      const folder = popup === undefined ? pageFolder : popupFolder;
      const file = normalize(join(folder, decodeURIComponent(popup ?? url.pathname)));
      if (!file.startsWith(folder + sep)) return nothing;
      // Read here and not through `net.fetch`, which takes ten times as long, four times before the window is there.
      return new Response(await readFile(file), {
        headers: {
          'Content-Type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
          'Content-Security-Policy': CONTENT_SECURITY_POLICY,
          'X-Content-Type-Options': 'nosniff',
        },
      });
    } catch {
      // No such file, or a path that cannot be decoded.
      return nothing;
    }
  });
}
