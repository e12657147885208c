import { join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { net, protocol } from 'electron';

const SCHEME = 'app';

/** The page's origin. */
export const PAGE_ORIGIN = `${SCHEME}://parley`;

/** Where the page lives. */
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`;

/**
 * Electron security guide, item 7. Nothing but our own files; strings become markup only through Svelte's own
 * Trusted Types policy.
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

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/**
 * Serves the built page from `folder` (Electron security guide, item 18: no `file://`).
 * Anything else, also above the folder, is 404.
 */
export function serveApp(folder: string): void {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    const file = normalize(join(folder, decodeURIComponent(url.pathname)));
    if (url.origin !== PAGE_ORIGIN && url.host !== 'parley') return new Response(null, { status: 404 });
    if (!file.startsWith(folder + sep)) return new Response(null, { status: 404 });
    try {
      const found = await net.fetch(pathToFileURL(file).href);
      const headers = new Headers(found.headers);
      headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
      headers.set('X-Content-Type-Options', 'nosniff');
      headers.set('Cross-Origin-Opener-Policy', 'same-origin');
      return new Response(found.body, { status: found.status, headers });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}
