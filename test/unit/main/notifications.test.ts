import type { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, test, vi } from 'vitest';
import { Notifications } from '../../../main/notifications';
import { silentLogger } from '../../../main/signaling/logger';

/** What was shown, as far as anybody holds on to it. */
const { shown } = vi.hoisted(() => ({ shown: [] as WeakRef<EventEmitter>[] }));
vi.mock('electron', async () => {
  const events = await import('node:events');
  class FakeNotification extends events.EventEmitter {
    static isSupported(): boolean {
      return true;
    }
    show(): void {
      shown.push(new WeakRef(this));
    }
  }
  return { Notification: FakeNotification };
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Has everything go that nobody holds on to. */
async function tidy(): Promise<void> {
  // What was made or looked at in one turn of the event loop stays until its end.
  await new Promise(setImmediate);
  collectGarbage();
}

const left = (): EventEmitter[] => shown.flatMap((notification) => notification.deref() ?? []);
/** What the system tells of each. */
const tell = (event: string): void => {
  for (const notification of left()) notification.emit(event);
};

let opened: number;
let notifications: Notifications;
beforeEach(() => {
  shown.length = 0;
  opened = 0;
  notifications = new Notifications({ language: () => 'en', open: () => (opened += 1), log: silentLogger });
});

test('a missed call can be clicked for as long as it is shown', async () => {
  notifications.missed('Ann', null);
  notifications.missed('Ben', null);
  await tidy();
  tell('click');
  expect(opened).toBe(2);
});

test.each(['click', 'close', 'failed'])('a missed call is let go of after %s', async (event) => {
  notifications.missed('Ann', null);
  tell(event);
  await tidy();
  expect(left()).toEqual([]);
});
