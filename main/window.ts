import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen, type Rectangle, type WebPreferences } from 'electron';
import * as v from 'valibot';
import type { BridgeEvent } from '../preload/bridge';
import { PAGE_URL } from './app-protocol';
import { JsonFile } from './json-file';

const FIRST_SIZE = { width: 960, height: 640 };
const SMALLEST = { minWidth: 360, minHeight: 480 };

const stateSchema = v.object({
  x: v.pipe(v.number(), v.integer()),
  y: v.pipe(v.number(), v.integer()),
  width: v.pipe(v.number(), v.integer(), v.minValue(SMALLEST.minWidth)),
  height: v.pipe(v.number(), v.integer(), v.minValue(SMALLEST.minHeight)),
  maximized: v.boolean(),
});
type WindowState = v.InferOutput<typeof stateSchema>;

/** Where the window was when it was last closed. */
export interface LastPlace {
  file: JsonFile;
  state: WindowState | null;
}

/** Reads where the window was. Needs no screen yet, so it is begun while Chromium still starts. */
export async function readLastPlace(dataFolder: string): Promise<LastPlace> {
  const file = new JsonFile(join(dataFolder, 'window.json'));
  const read = await file.read((value) => v.is(stateSchema, value));
  return { file, state: read.found === 'nothing' ? null : v.parse(stateSchema, read.value) };
}

/**
 * Opens the app's window where it last was, shown once its first frame is painted.
 * @param options `devServer`: URL of the page in development, `null` for the built one; `hidden`: not shown until somebody
 *   wants it
 */
export function openWindow(
  last: LastPlace,
  { devServer, hidden }: { devServer: string | null; hidden: boolean },
): BrowserWindow {
  const { file } = last;
  const state = last.state && isOnSomeScreen(last.state) ? last.state : null;
  const window = new BrowserWindow({
    ...FIRST_SIZE,
    ...(state && { x: state.x, y: state.y, width: state.width, height: state.height }),
    ...SMALLEST,
    title: 'Parley',
    show: false,
    autoHideMenuBar: true,
    // Elsewhere the executable brings its own.
    ...(process.platform === 'linux' && {
      icon: join(app.getAppPath(), 'scripts/packaging/icons/256x256.png'),
    }),
    backgroundColor: windowColour(),
    webPreferences: {
      ...pagePreferences(join(import.meta.dirname, '../preload/index.cjs')),
      // A call goes on behind other windows, and is heard without a click in the page first.
      backgroundThrottling: false,
      autoplayPolicy: 'no-user-gesture-required',
    },
  });
  // What is maximised is shown by that, so it waits until the window is to be seen.
  let isYetToFill = state?.maximized ?? false;
  const fill = (): void => {
    if (isYetToFill) window.maximize();
    isYetToFill = false;
  };
  if (hidden) window.once('show', fill);
  else {
    window.once('ready-to-show', () => {
      fill();
      window.show();
    });
  }
  window.on('close', () => {
    const bounds = window.getNormalBounds();
    const maximized = isYetToFill || window.isMaximized();
    void file.write({ ...bounds, maximized } satisfies WindowState).catch(() => undefined);
  });
  void window.loadURL(devServer ?? PAGE_URL);
  return window;
}

/** What a window shows until its page is painted. */
export const windowColour = (): string => (nativeTheme.shouldUseDarkColors ? '#1b1a19' : '#faf9f7');

/** What every page of ours may do: Electron security guide, items 2 to 4. */
export const pagePreferences = (preload: string): WebPreferences => ({
  preload,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  spellcheck: false,
});

/** A screen may have been unplugged since: enough of the title bar must be in reach. */
function isOnSomeScreen(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const across =
      Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x);
    return across >= 100 && bounds.y >= workArea.y && bounds.y < workArea.y + workArea.height - 40;
  });
}

/** Tells the page what becomes of its window: whether it fills the screen, whether any of it can be seen. */
export function watchWindow(window: BrowserWindow, emit: (event: BridgeEvent) => void): void {
  window.on('enter-full-screen', () => emit({ type: 'full-screen', on: true }));
  window.on('leave-full-screen', () => emit({ type: 'full-screen', on: false }));
  const tellShown = (): void => emit({ type: 'window-shown', shown: isShown(window) });
  window.on('show', tellShown);
  window.on('hide', tellShown);
  window.on('minimize', tellShown);
  window.on('restore', tellShown);
}

/** Brings the window to the front, also from the dock or taskbar. */
export function raiseWindow(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Whether any of it can be seen. */
export const isShown = (window: BrowserWindow): boolean => window.isVisible() && !window.isMinimized();

/** Whether a person looks at it now. */
export const isInFront = (window: BrowserWindow): boolean =>
  !window.isDestroyed() && isShown(window) && window.isFocused();
