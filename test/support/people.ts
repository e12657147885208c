/** People with a Parley each: real Electron processes with profiles of their own and known cameras. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  _electron,
  expect,
  test as base,
  type ElectronApplication,
  type Locator,
  type Page,
} from '@playwright/test';
import type { BrowserWindow, Menu } from 'electron';
import type { Settings } from '../../preload/bridge';
import { hasWindowManager, mindWindows } from '../../scripts/display.mjs';
import { leadPlaywrightTo } from '../../scripts/launch.mjs';
import { mediaFiles, type KnownMedia } from './known-media';
import type { LanHost } from './lan';
import { keepTimeline, timelineOf } from './timeline';

/** The repository's root, where `dist/` is. */
export const ROOT = join(import.meta.dirname, '../..');

/** Whether somebody minds windows: on Linux a window manager of the test's own, where one is installed. */
export const isManaged = process.platform !== 'linux' || hasWindowManager();

/** Holds the app's start back until Playwright is attached; given an executable, Playwright does not load it by itself. */
const PLAYWRIGHT_LOADER = join(ROOT, 'node_modules/playwright-core/lib/server/electron/loader.js');

/** Every way out releases all devices within this; see the note on patience in playwright.config.ts. */
export const RELEASE_MS = 500 * (process.env['CI'] ? 4 : 1);

/** Every ring can be seen within this. */
const POPUP_MS = 1000 * (process.env['CI'] ? 4 : 1);

leadPlaywrightTo(electronExecutable());

/** How a person's app starts. */
interface PersonOptions {
  /** `null`: a machine without camera and microphone. */
  media?: KnownMedia | null;
  /** Command line of the app. */
  args?: string[];
  /** What is on disk before; `name` and `welcomed` are set unless given. */
  settings?: Partial<Settings>;
  /** What else is in the profile before, as text by file name. */
  files?: Record<string, string>;
  /** Another profile folder than a fresh one: a second launch, a restart. */
  profile?: string;
  /** Fake cameras beside the fake microphone. */
  cameras?: number;
  /** Chromium writes every network event to `net.json` in the profile. */
  netLog?: boolean;
  /** Beside the environment of the tests. */
  env?: Record<string, string>;
  /** The computer they are at, where that is another than this one; see lan.ts. */
  at?: LanHost;
  /** No settings file at all, as on the first start. */
  firstStart?: boolean;
  /** Another home folder than this process has: what the system keeps for a person, such as whom they trust. */
  home?: string;
}

/** Switches every test app gets: fake devices, candidates also where there is only a loopback network. */
function chromiumSwitches(media: KnownMedia | null, cameras = 1): string[] {
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const always = [...root, '--disable-gpu', '--allow-loopback-in-peer-connection'];
  if (!media) return always;
  const { video, audio } = mediaFiles(media);
  return [
    ...always,
    `--use-fake-device-for-media-stream=device-count=${String(cameras)}`,
    ...(cameras > 0 ? [`--use-file-for-fake-video-capture=${video}`] : []),
    `--use-file-for-fake-audio-capture=${audio}`,
  ];
}

/** The Electron that `npm test` found; see scripts/electron-runtime.mjs. */
function electronExecutable(): string {
  const executable = process.env['PARLEY_ELECTRON'];
  if (executable === undefined)
    throw new Error('run through npm test or npm run test:e2e, which find Electron');
  return executable;
}

/** A person at their app. */
export class Person {
  readonly name: string;
  readonly profile: string;
  readonly app: ElectronApplication;
  readonly page: Page;

  constructor(name: string, profile: string, app: ElectronApplication, page: Page) {
    this.name = name;
    this.profile = profile;
    this.app = app;
    this.page = page;
  }

  /** Of the app's main process. */
  get pid(): number {
    return this.app.process().pid ?? 0;
  }

  /** The main process itself, also of an app at another computer, which is started by one that stands in for it. */
  async kill(): Promise<void> {
    process.kill(await this.app.evaluate(() => process.pid), 'SIGKILL');
  }

  get remoteVideo(): Locator {
    return this.page.getByTestId('remote-video');
  }

  /** Plays the other's sound: the video is muted. */
  get remoteAudio(): Locator {
    return this.page.getByTestId('remote-audio');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** Hosts a room by clicks. @returns the link to pass on. */
  async host(options: { letIn?: boolean } = {}): Promise<string> {
    await this.button('Host a room').click();
    if (options.letIn) await this.page.getByRole('switch', { name: /straight in/ }).check();
    await this.button('Open room').click();
    return this.roomLink();
  }

  /** The link on the waiting screen. */
  async roomLink(): Promise<string> {
    const link = this.page.getByRole('textbox', { name: /^(Link to this room|房间链接)$/ });
    await expect(link).toHaveValue(/^parley:\/\/join\?/);
    return link.inputValue();
  }

  /** Joins by pasting a link. */
  async join(link: string): Promise<void> {
    await this.button('Join').click();
    await this.page.getByRole('textbox', { name: 'Link or address' }).fill(link);
    await this.page.getByRole('button', { name: 'Join room' }).click();
  }

  /** Joins a room on a server of this machine. */
  async joinByAddress(port: number, room: string): Promise<void> {
    await this.button('Join').click();
    await this.page.getByRole('textbox', { name: 'Link or address' }).fill(`127.0.0.1:${String(port)}`);
    await this.page.getByRole('textbox', { name: 'Room name' }).fill(room);
    await this.button('Join room').click();
  }

  /** As the OS or the person would: from now on these are refused. */
  refuse(...kinds: ('video' | 'audio')[]): Promise<void> {
    return this.app.evaluate(({ session }, refused) => {
      session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer, details) => {
        const asked = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
        answer(!asked.some((kind) => refused.includes(kind)));
      });
    }, kinds);
  }

  /** Opens a link as the OS does: a second launch, which hands over to this app. @returns its exit code */
  launchWith(...args: string[]): Promise<number | null> {
    const switches = [...chromiumSwitches(null), `--user-data-dir=${this.profile}`];
    const child = spawn(electronExecutable(), [ROOT, ...switches, ...args], { cwd: ROOT, stdio: 'ignore' });
    return new Promise((resolve) => child.once('exit', resolve));
  }

  /** Takes the window out of sight, as the person or their desktop does. */
  async putAway(way: 'hide' | 'minimize'): Promise<void> {
    const window = await this.app.browserWindow(this.page);
    await window.evaluate(
      (own: BrowserWindow, how) =>
        new Promise<void>((resolve) => {
          if (how === 'hide') {
            own.once('hide', () => resolve());
            own.hide();
          } else {
            own.once('minimize', () => resolve());
            own.minimize();
          }
        }),
      way,
    );
  }

  /** Brings the window to the front. */
  async comeBack(): Promise<void> {
    const window = await this.app.browserWindow(this.page);
    await window.evaluate((own: BrowserWindow) => {
      if (own.isMinimized()) own.restore();
      own.show();
      own.focus();
    });
    await expect.poll(() => window.evaluate((own: BrowserWindow) => own.isFocused())).toBe(true);
  }

  /** Presses the button that closes the window. */
  async closeWindow(): Promise<void> {
    const window = await this.app.browserWindow(this.page);
    await window.evaluate((own: BrowserWindow) => {
      own.close();
    });
  }

  /** Waits until the window is up: it comes with its first frame, which may be later than its page answers. */
  async hasComeUp(): Promise<void> {
    const window = await this.app.browserWindow(this.page);
    await window.evaluate(
      (own: BrowserWindow) =>
        new Promise<void>((resolve) => {
          if (own.isVisible()) resolve();
          else own.once('show', () => resolve());
        }),
    );
  }

  /** Whether the window can be seen. */
  async isShown(): Promise<boolean> {
    const window = await this.app.browserWindow(this.page);
    return window.evaluate((own: BrowserWindow) => own.isVisible() && !own.isMinimized());
  }

  /** Crashes the page, which the app then starts anew. */
  async crashPage(): Promise<void> {
    const crashed = this.page.waitForEvent('crash');
    const window = await this.app.browserWindow(this.page);
    await window.evaluate((own: BrowserWindow) => {
      own.webContents.forcefullyCrashRenderer();
    });
    await crashed;
  }

  /** Whether the display may not go to sleep because of this app. */
  keepsDisplayAwake(): Promise<boolean> {
    return this.app.evaluate(({ powerSaveBlocker }) =>
      // They are numbered from 0.
      Array.from({ length: 100 }, (_, id) => id).some((id) => powerSaveBlocker.isStarted(id)),
    );
  }

  /** Chooses from the native menu, where the item can be chosen. @returns whether it could */
  chooseFromMenu(label: string): Promise<boolean> {
    return this.app.evaluate(({ Menu }, wanted) => {
      const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []) ?? [];
      const item = items.find((each) => each.label === wanted);
      if (item?.enabled) Reflect.apply(item.click, item, []);
      return item?.enabled ?? false;
    }, label);
  }

  /** From now on it is noted what the tray shows; where there is no tray, nothing else can tell. */
  async watchTray(): Promise<void> {
    await this.app.evaluate(({ Tray }) => {
      type Show<T> = (this: Electron.Tray, shown: T) => void;
      const setToolTip = Reflect.get(Tray.prototype, 'setToolTip') as Show<string>;
      const setContextMenu = Reflect.get(Tray.prototype, 'setContextMenu') as Show<Menu | null>;
      Tray.prototype.setToolTip = function (tip) {
        globalThis.parleyTestTray = { tip, menu: globalThis.parleyTestTray?.menu ?? null };
        setToolTip.call(this, tip);
      };
      Tray.prototype.setContextMenu = function (menu) {
        globalThis.parleyTestTray = { tip: globalThis.parleyTestTray?.tip ?? '', menu };
        setContextMenu.call(this, menu);
      };
    });
  }

  /** What the tray says when one points at it. */
  trayTip(): Promise<string | null> {
    return this.app.evaluate(() => globalThis.parleyTestTray?.tip ?? null);
  }

  chooseFromTray(label: string): Promise<void> {
    return this.app.evaluate((_electron, wanted) => {
      const item = globalThis.parleyTestTray?.menu?.items.find((each) => each.label === wanted);
      if (!item) throw new Error(`the tray has no ${wanted}`);
      Reflect.apply(item.click, item, []);
    }, label);
  }

  /** Waits for the small window that shows a ring: within a second of being rung it can be seen. */
  async popup(): Promise<Page> {
    const isPopup = (page: Page): boolean => page.url().endsWith('/popup.html');
    const startedAt = performance.now();
    // Not by the event of a new window: that may be told before the window has an address.
    const find = () => this.app.windows().find(isPopup);
    await expect.poll(() => find() !== undefined).toBe(true);
    const popup = find();
    if (!popup) throw new Error('the small window has gone');
    const window = await this.app.browserWindow(popup);
    await expect
      .poll(() => window.evaluate((own: BrowserWindow) => own.isVisible()), { timeout: POPUP_MS })
      .toBe(true);
    test.info().annotations.push({
      type: 'ring shown',
      description: `${this.name}: ${(performance.now() - startedAt).toFixed(0)} ms after it was looked for`,
    });
    return popup;
  }

  /** Presses a button of the small window, which is gone then. */
  async answerPopup(name: string): Promise<void> {
    const popup = await this.popup();
    const closed = popup.waitForEvent('close');
    // It may be gone before the click is told to be done.
    await Promise.race([closed, popup.getByRole('button', { name, exact: true }).click()]);
    await closed;
  }

  /** Lets in whoever knocks. */
  async letIn(name: string): Promise<void> {
    await expect(this.page.getByText(name).first()).toBeVisible();
    await this.button('Let in').click();
  }

  /** Waits for the other's picture: the colour at the centre, and that it moves. */
  sees(media: KnownMedia): Promise<void> {
    return sees(this.remoteVideo, media, this.name);
  }

  /** Waits for the other's tone, and that the window really sounds. */
  async hears(media: KnownMedia): Promise<void> {
    await hears(this.remoteAudio, media, this.name);
    const audible = () =>
      this.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().some(({ webContents }) => webContents.isCurrentlyAudible()),
      );
    await expect.poll(audible, { message: `${this.name}'s window sounds` }).toBe(true);
  }

  /** Waits until nothing is heard of the other. */
  async silence(): Promise<void> {
    await isLoud(this.remoteAudio);
    await expect
      .poll(() => this.remoteAudio.evaluate(loudestHz), { message: `${this.name} hears nothing` })
      .toBe(0);
  }

  /**
   * Waits until this page holds no camera and no microphone, as promised half a second after the click.
   * @param clicker whose click it was
   * @returns how long it took from that click, in milliseconds; 0 where nothing was open
   */
  async letsGo(clicker: Person = this): Promise<number> {
    await expect
      .poll(() => this.liveTracks(), { timeout: RELEASE_MS, message: `${this.name} lets go of every device` })
      .toEqual([]);
    const released = await this.page.evaluate(() => window.parleyTestMoments?.released ?? 0);
    const clicked = await clicker.page.evaluate(() => window.parleyTestMoments?.clicked ?? 0);
    const tookMs = Math.max(0, released - clicked);
    test.info().annotations.push({
      type: 'devices released',
      description: `${this.name}: ${tookMs.toFixed(1)} ms after ${clicker.name}'s click`,
    });
    return tookMs;
  }

  /** Kinds of the tracks this page ever captured that are still live, sorted. */
  liveTracks(): Promise<string[]> {
    return this.page.evaluate(() =>
      (window.parleyTestTracks ?? [])
        .filter((track) => track.readyState === 'live')
        .map((track) => track.kind)
        .sort(),
    );
  }

  /** The embedded server's process, while there is one. */
  roomServerPid(): Promise<number | null> {
    return this.app.evaluate(
      ({ app }) => app.getAppMetrics().find(({ name }) => name === 'Parley room server')?.pid ?? null,
    );
  }

  /** Kills the embedded server. @returns the pid it had */
  async crashRoomServer(): Promise<number> {
    const pid = await this.roomServerPid();
    if (pid === null) throw new Error('no room server runs');
    process.kill(pid, 'SIGKILL');
    return pid;
  }
}

/** Waits until a video element shows this picture, moving. */
export async function sees(video: Locator, { rgb }: KnownMedia, who = 'the page'): Promise<void> {
  const near = rgb.map((value) => Math.round(value / 64));
  await expect
    .poll(() => video.evaluate(centrePixel), { message: `${who} sees the other's colour` })
    .toEqual(near);
  const frames = () =>
    video.evaluate((element: HTMLVideoElement) => element.getVideoPlaybackQuality().totalVideoFrames);
  const [before, bar] = [await frames(), await video.evaluate(barPosition)];
  await expect.poll(frames, { message: `frames rise for ${who}` }).toBeGreaterThan(before);
  await expect
    .poll(() => video.evaluate(barPosition), { message: `the picture moves for ${who}` })
    .not.toBe(bar);
}

/** Waits for a media element that would let its sound out: what its stream carries is heard only then. */
async function isLoud(element: Locator): Promise<void> {
  await expect(element).toHaveJSProperty('paused', false);
  await expect(element).toHaveJSProperty('muted', false);
  await expect(element).toHaveJSProperty('volume', 1);
}

/** Waits until a media element sounds with this tone. */
export async function hears(element: Locator, { toneHz }: KnownMedia, who = 'the page'): Promise<void> {
  await isLoud(element);
  await expect
    .poll(async () => Math.round((await element.evaluate(loudestHz)) / 30), {
      message: `${who} hears the other's tone`,
    })
    .toBe(Math.round(toneHz / 30));
}

declare global {
  /** In the app: what its tray shows. */
  var parleyTestTray: { tip: string; menu: Menu | null } | undefined;
  /** In the app, from hold-start.cjs. */
  var parleyTestStart: () => void;

  interface Window {
    /** Every local track the page ever captured, kept by the test. */
    parleyTestTracks?: MediaStreamTrack[];
    /** When something was last clicked and a local track last ended, in epoch milliseconds. */
    parleyTestMoments?: { clicked: number; released: number };
  }
}

/** Rounded to four levels a channel, since codecs shift colours a little. */
function centrePixel(video: HTMLVideoElement): number[] {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context || video.videoWidth === 0) return [];
  context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => Math.round(value / 64));
}

/** Where the white bar is, in sixteenths of the width; -1 where there is none. */
function barPosition(video: HTMLVideoElement): number {
  const canvas = document.createElement('canvas');
  canvas.width = 16;
  canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context || video.videoWidth === 0) return -1;
  context.drawImage(video, 0, video.videoHeight * 0.1, video.videoWidth, 1, 0, 0, 16, 1);
  const row = context.getImageData(0, 0, 16, 1).data;
  const greens = Array.from({ length: 16 }, (_, index) => row[index * 4 + 1] ?? 0);
  return greens.indexOf(Math.max(...greens));
}

/** The loudest frequency of the element's sound, in Hz; 0 for silence, -1 where nothing could sound. */
async function loudestHz(element: HTMLMediaElement): Promise<number> {
  const stream = element.srcObject;
  if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return -1;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 16_384;
  context.createMediaStreamSource(stream).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  try {
    // The analyser needs one window of sound (0.34 s) before its figures mean anything: wait for one that is not silent.
    for (let read = 0; read < 60; read += 1) {
      await new Promise(requestAnimationFrame);
      analyser.getFloatFrequencyData(bins);
    }
    const loudest = bins.indexOf(Math.max(...bins));
    return (bins[loudest] ?? -Infinity) > -60 ? (loudest * context.sampleRate) / analyser.fftSize : 0;
  } finally {
    await context.close();
  }
}

/** Starts a person's app and ends it with the test. */
export type Meet = (name: string, options?: PersonOptions) => Promise<Person>;

/** Playwright's test with people in it. */
export const test = base.extend<{ desktop: undefined; meet: Meet }>({
  // One for each test: a window that is killed while a busy machine shows it may leave a manager behind that takes the
  // next window of the same number for that one, for good.
  desktop: [
    async ({}, use) => {
      const leave = process.platform === 'linux' && isManaged ? await mindWindows(process.env) : null;
      await use(undefined);
      await leave?.();
    },
    { auto: true },
  ],
  meet: async ({}, use, testInfo) => {
    const people: Person[] = [];
    const folders: string[] = [];
    await use(async (name, options = {}) => {
      const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'parley-test-'));
      if (options.profile === undefined) folders.push(profile);
      const person = await launch(name, profile, options);
      people.push(person);
      return person;
    });
    const hasFailed = testInfo.status !== testInfo.expectedStatus;
    for (const { page, name } of hasFailed ? people : [])
      await page.screenshot({ path: testInfo.outputPath(`${name}.png`) }).catch(() => undefined);
    const timeline = hasFailed ? await timelineOf(...people) : '';
    await Promise.all(people.map(({ app }) => app.close().catch(() => undefined)));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    // The only way to a place next to why it failed, in what a CI keeps of its output.
    if (timeline !== '') throw new Error(`what the pages heard and did to connect:\n${timeline}`);
  },
});

export { expect };

async function launch(name: string, profile: string, options: PersonOptions): Promise<Person> {
  const {
    media = null,
    cameras = 1,
    netLog = false,
    args = [],
    settings = {},
    firstStart = false,
    home,
    env = {},
  } = options;
  if (!firstStart && options.profile === undefined) {
    mkdirSync(profile, { recursive: true });
    // Pure tones would be taken for noise.
    const known = { name, welcomed: true, language: 'en', audioProcessing: false, ...settings };
    writeFileSync(join(profile, 'settings.json'), JSON.stringify(known));
    for (const [file, text] of Object.entries(options.files ?? {})) writeFileSync(join(profile, file), text);
  }
  const { at } = options;
  const app = await _electron.launch({
    cwd: ROOT,
    ...(at && { executablePath: join(import.meta.dirname, 'electron-in-namespace.mjs') }),
    args: [
      ...(at ? ['-r', PLAYWRIGHT_LOADER] : []),
      '-r',
      join(import.meta.dirname, 'hold-start.cjs'),
      ROOT,
      ...chromiumSwitches(media, cameras),
      `--user-data-dir=${profile}`,
      ...(netLog ? [`--log-net-log=${join(profile, 'net.json')}`] : []),
      ...args,
    ],
    env: {
      ...environment(),
      ELECTRON_DISABLE_SECURITY_WARNINGS: 'true',
      ...(home === undefined ? {} : { HOME: home }),
      ...env,
      ...(at && { PARLEY_NAMESPACE: at.namespace }),
    },
  });
  // Before the page's own code: a preview that was left on opens at once. After a reload too.
  for (const script of [keepTracks, keepTimeline]) await app.context().addInitScript(script);
  await app.evaluate(() => globalThis.parleyTestStart());
  const page = await app.firstWindow();
  const person = new Person(name, profile, app, page);
  if (!args.includes('--hidden')) await person.hasComeUp();
  return person;
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** Runs in the page: remembers each captured track, so that a test can ask which are still live, and since when. */
function keepTracks(): void {
  if (window.parleyTestTracks) return;
  const tracks: MediaStreamTrack[] = [];
  const moments = { clicked: 0, released: 0 };
  window.parleyTestTracks = tracks;
  window.parleyTestMoments = moments;
  // One clock for all pages.
  const now = (): number => performance.timeOrigin + performance.now();
  window.addEventListener('click', () => (moments.clicked = now()), { capture: true });
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    for (const track of stream.getTracks()) {
      tracks.push(track);
      const stop = track.stop.bind(track);
      track.stop = () => {
        if (track.readyState === 'live') moments.released = now();
        stop();
      };
      // Fired for an unplugged device, not by `stop()`.
      track.addEventListener('ended', () => (moments.released = now()));
    }
    return stream;
  };
}
