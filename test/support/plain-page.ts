/** A page in a real Chromium that speaks the plain dialect, as existing clients of simple room servers do. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { mediaFiles, type KnownMedia } from './known-media';

const HTML = readFileSync(join(import.meta.dirname, 'plain-page.html'));

/** Where `npm test` installs it from Debian's packages; elsewhere a person names theirs. */
const CHROMIUM = process.env['PARLEY_CHROMIUM'] ?? '/usr/bin/chromium';

/** The web site the page comes from, with an origin of its own. */
export class PlainSite {
  readonly origin: string;
  readonly #server: Server;
  readonly #browsers: Browser[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://localhost:${String((server.address() as AddressInfo).port)}`;
  }

  static open(): Promise<PlainSite> {
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end(HTML),
    );
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(new PlainSite(server))));
  }

  /**
   * Visits the page with a camera and microphone of its own.
   * @param server `ws://host:port/namespace/room`
   */
  async visit(server: string, role: 'offers' | 'waits', media: KnownMedia): Promise<Page> {
    const { video, audio } = mediaFiles(media);
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--allow-loopback-in-peer-connection',
        '--autoplay-policy=no-user-gesture-required',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${video}`,
        `--use-file-for-fake-audio-capture=${audio}`,
      ],
    });
    this.#browsers.push(browser);
    const page = await browser.newPage();
    await page.goto(`${this.origin}/?${new URLSearchParams({ server, role }).toString()}`);
    return page;
  }

  async close(): Promise<void> {
    await Promise.all(this.#browsers.map((browser) => browser.close()));
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
