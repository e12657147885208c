import { app, BrowserWindow } from 'electron';
import { formatJoinLink } from './join-link';
import type { Launches } from './launches';
import type { RoomSession } from './room-session';
import type { Logger } from './signaling/logger';

/**
 * Quitting leaves cleanly first, so that others hear "left" and not silence.
 * @param leave takes a bounded time (see `RoomSession.leave`)
 */
export function leaveBeforeQuit(leave: () => Promise<void>): void {
  let left = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (left) return;
    event.preventDefault();
    // The windows first: camera and microphone go with the page.
    for (const window of BrowserWindow.getAllWindows()) window.close();
    void leave().finally(() => {
      left = true;
      app.quit();
    });
  });
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
    const seat = session.guestOf;
    if (seat) launches.offer({ type: 'return', ...seat, link: formatJoinLink(seat.target) });
    void session.leave();
    // A page that was killed on purpose while quitting has no window to start again in.
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
  });
}
