import { setTimeout } from 'node:timers/promises';
import { app, BrowserWindow } from 'electron';
import { formatJoinLink } from './join-link';
import type { Launches } from './launches';
import type { RoomSession } from './room-session';
import type { Logger } from './signaling/logger';

/** How long a page may take to go: it has nothing to do but to let go of its devices and to say goodbye. */
const PAGE_MS = 500;

/**
 * Quitting leaves cleanly first, so that others hear a goodbye and not silence.
 * @param leave takes a bounded time (see `RoomSession.leave`)
 */
export function leaveBeforeQuit(leave: () => Promise<void>): void {
  let way: 'in' | 'leaving' | 'out' = 'in';
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (way === 'out') return;
    event.preventDefault();
    if (way === 'leaving') return;
    way = 'leaving';
    // The pages first: camera and microphone go with them, and their last words need the room they are in.
    void closeWindows()
      .then(leave)
      .finally(() => {
        way = 'out';
        app.quit();
      });
  });
}

/** Resolves once every window is closed, at the latest after {@link PAGE_MS}. */
function closeWindows(): Promise<unknown> {
  const closed = BrowserWindow.getAllWindows().map(
    (window) =>
      new Promise<void>((resolve) => {
        window.once('closed', () => resolve());
        window.close();
      }),
  );
  return Promise.race([Promise.all(closed), setTimeout(PAGE_MS, undefined, { ref: false })]);
}

/**
 * A page that crashed took camera and microphone with it. Its seat is given up, and a new page starts that offers the
 * way back to the room.
 */
export function recoverFromCrash(
  window: BrowserWindow,
  session: RoomSession,
  launches: Launches,
  log: Logger,
): void {
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log.error('the page crashed', { reason });
    launches.wait();
    const seat = session.guestOf;
    if (seat) launches.offer({ type: 'return', ...seat, link: formatJoinLink(seat.target) });
    void session.leave();
    // A page that was killed on purpose while quitting has no window to start again in.
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
  });
}
