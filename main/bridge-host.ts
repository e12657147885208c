import { clipboard, shell, type BrowserWindow } from 'electron';
import type { Result, Settings, StartInfo } from '../preload/bridge';
import type { Closing } from './closing';
import type { Desktop } from './desktop';
import type { BridgeHandlers } from './ipc';
import { readTarget } from './join-link';
import type { LoginItem } from './login-item';
import type { Nearby } from './nearby/nearby';
import type { PeopleBook } from './people-book';
import type { PeopleLinks } from './people-links';
import { randomRoomName } from './room-names';
import type { RoomSession } from './room-session';
import type { ServerPasswords } from './server-passwords';
import type { SettingsStore } from './settings';
import type { Logger } from './signaling/logger';

/** Where each system keeps what an app may use; Linux has no such page. */
const PRIVACY_PAGES: Partial<Record<NodeJS.Platform, Record<'camera' | 'microphone', string>>> = {
  darwin: {
    camera: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Camera',
    microphone: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone',
  },
  win32: { camera: 'ms-settings:privacy-webcam', microphone: 'ms-settings:privacy-microphone' },
};

/** What the bridge needs of the app. */
export interface BridgeHostParts {
  window: BrowserWindow;
  desktop: Desktop;
  closing: Closing;
  loginItem: LoginItem;
  session: RoomSession;
  people: PeopleLinks;
  nearby: Nearby;
  book: PeopleBook;
  passwords: ServerPasswords;
  settings: SettingsStore;
  /** A page starts: what it is told once it may, everything but the settings. */
  pageStarts: () => () => Omit<StartInfo, 'settings'>;
  onSettingsChanged: (settings: Settings) => void;
  log: Logger;
}

/** Answers the bridge, one handler a method. Arguments are parsed already (ipc.ts). */
export function createBridgeHost(parts: BridgeHostParts): BridgeHandlers {
  const { window, desktop, closing, loginItem, session, people, nearby, book, passwords, settings } = parts;
  const { pageStarts, onSettingsChanged, log } = parts;
  return {
    start: async () => {
      const startInfo = pageStarts();
      // A page that starts, starts without a call: the one before it was reloaded or crashed.
      await session.leave();
      people.dropRings();
      people.setInCall(false);
      people.closeRooms(session.settled());
      desktop.show({ state: 'none' });
      return { ...startInfo(), settings: settings.current };
    },
    changeSettings: async (change): Promise<Result<Settings>> => {
      try {
        const changed = await settings.change(change);
        onSettingsChanged(changed);
        return { ok: true, value: changed };
      } catch (error) {
        log.error('settings not saved', { reason: String(error) });
        return { ok: false, code: 'settings-not-saved' };
      }
    },
    readTarget,
    suggestRoom: randomRoomName,
    hostRoom: (request) => session.host(request),
    usePassword: (servers, password) => {
      passwords.use(servers, password);
      void passwords.keepFor(settings.current.server?.servers ?? null);
      people.follow();
      return Promise.resolve();
    },
    canKeepPassword: () => passwords.canKeep(),
    joinRoom: (target) => session.join(target),
    leaveRoom: () => session.leave(),
    setDoor: (door) => session.setDoor(door),
    answerKnock: (member, answer) => session.answerKnock(member, answer),
    sendSignal: (to, signal) => session.signal(to, signal),
    freshIceServers: () => session.freshIceServers(),
    meetNearby: (text) => nearby.meet(text),
    lookNearby: () => nearby.look(),
    watchPeople: () => {
      people.tellAll();
      nearby.tellAll();
    },
    ring: (link, to, offer) => people.ring(link, to, offer),
    confirmRinging: (link, call, ahead) => people.link(link)?.rings.confirmRinging(call, ahead),
    answerRing: (link, call, answer) => people.link(link)?.rings.answer(call, answer) ?? false,
    cancelRing: (link, call, reason) => people.link(link)?.rings.cancel(call, reason),
    readBook: () => book.read(),
    changeKnown: (key, change) => book.change(key, change),
    forgetKnown: (key) => book.forget(key),
    addCall: (record) => {
      // A reason that is only put right is no news, least of all to who does not want to be disturbed.
      if (!book.hasNoted(record)) desktop.noteCall(record);
      return book.addCall(record);
    },
    seeCalls: () => book.seeCalls(),
    forgetCalls: (ids) => book.forgetCalls(ids),
    restoreCalls: () => book.restoreCalls(),
    setInCall: (inCall) => {
      people.setInCall(inCall);
      if (!inCall) people.closeRooms(session.settled());
    },
    showOutside: (outside) => desktop.show(outside),
    answerClose: (answer) => closing.answer(answer),
    startsAtLogin: () => loginItem.isOn(),
    setStartAtLogin: async (on): Promise<Result<null>> => {
      try {
        await loginItem.set(on);
        return { ok: true, value: null };
      } catch (error) {
        log.error('start at login not changed', { reason: String(error) });
        return { ok: false, code: 'login-item-failed' };
      }
    },
    canMuteWith: (key) => desktop.canMuteWith(key),
    copyText: (text) => clipboard.writeText(text),
    openPrivacySettings: async (device) => {
      const page = PRIVACY_PAGES[process.platform]?.[device];
      if (page !== undefined) await shell.openExternal(page);
      return page !== undefined;
    },
    setFullScreen: (on) => window.setFullScreen(on),
  };
}
