import { join } from 'node:path';
import { BrowserWindow, screen, type Rectangle, type WebFrameMain } from 'electron';
import type { RingOutside } from '../preload/bridge';
import { POPUP_URL } from './app-protocol';
import { pagePreferences, windowColour } from './window';

const WIDTH = 380;
/** A ring that proves nothing is shown with a warning. */
const HEIGHT = { plain: 172, unsigned: 224, namesake: 240 };
/** From the edges of the screen. */
const MARGIN = 16;

/**
 * A small window above all others that shows a ring while the app's own window is not in front. It takes no focus: what
 * is typed elsewhere answers nothing.
 */
export class Popup {
  readonly #devServer: string | null;
  #shown: { window: BrowserWindow; ring: RingOutside } | null = null;

  /** @param devServer URL of the pages in development, `null` for the built ones */
  constructor(devServer: string | null) {
    this.#devServer = devServer;
  }

  /** What it shows; `null` while it is closed. */
  get ring(): RingOutside | null {
    return this.#shown?.ring ?? null;
  }

  isFrame(frame: WebFrameMain | null): boolean {
    return frame !== null && frame === this.#shown?.window.webContents.mainFrame;
  }

  /** Shows this ring and no other; `null` closes the window. */
  show(ring: RingOutside | null): void {
    if (JSON.stringify(ring) === JSON.stringify(this.ring)) return;
    this.#close();
    if (ring) this.#open(ring);
  }

  #open(ring: RingOutside): void {
    const window = new BrowserWindow({
      ...place(HEIGHT[ring.namesake !== null ? 'namesake' : ring.signed ? 'plain' : 'unsigned']),
      title: 'Parley',
      // There only a panel is shown above the full screen of another app.
      ...(process.platform === 'darwin' && { type: 'panel' }),
      show: false,
      frame: false,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      backgroundColor: windowColour(),
      webPreferences: pagePreferences(join(import.meta.dirname, '../popup-preload/popup.cjs')),
    });
    this.#shown = { window, ring };
    // Also above what fills the screen, and on whichever desktop one is.
    window.setAlwaysOnTop(true, 'screen-saver');
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
    window.once('ready-to-show', () => {
      if (this.#shown?.window === window) window.showInactive();
    });
    // Closed by the window manager, or crashed: the ring goes on, and the tray and the window are still there.
    window.once('closed', () => this.#forget(window));
    window.webContents.once('render-process-gone', () => window.destroy());
    void window.loadURL(this.#devServer === null ? POPUP_URL : new URL('popup.html', this.#devServer).href);
  }

  #close(): void {
    const shown = this.#shown;
    this.#shown = null;
    shown?.window.destroy();
  }

  #forget(window: BrowserWindow): void {
    if (this.#shown?.window === window) this.#shown = null;
  }
}

/** The corner where the system itself puts what wants attention, on the screen where the pointer is. */
function place(height: number): Rectangle {
  const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
  const top = workArea.y + MARGIN;
  const bottom = workArea.y + workArea.height - height - MARGIN;
  return {
    x: workArea.x + workArea.width - WIDTH - MARGIN,
    y: process.platform === 'win32' ? bottom : top,
    width: WIDTH,
    height,
  };
}
