/** The composition root: makes each part, hands it what it needs, starts. */
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { app, powerMonitor, session as electronSession } from 'electron';
import type { BridgeEvent, Language } from '../preload/bridge';
import { appId } from './app-id';
import { PAGE_ORIGIN, POPUP_URL, registerAppScheme, serveApp } from './app-protocol';
import { createBridgeHost } from './bridge-host';
import { Closing } from './closing';
import { answerTerminal, type CommandLine } from './command-line';
import { Desktop } from './desktop';
import { answerBridge, answerPopup, sendEvent } from './ipc';
import { formatJoinLink, LINK_SCHEME } from './join-link';
import { systemKeyStore } from './key-store';
import { LanServer } from './lan-server';
import { LoginItem } from './login-item';
import { Launches } from './launches';
import { openLog } from './log';
import { lockNavigation, refuseNetwork } from './navigation';
import { PeopleBook } from './people-book';
import { Nearby } from './nearby/nearby';
import { guardPermissions } from './permissions';
import { PeopleLinks } from './people-links';
import { openProfile, type Profile } from './profile';
import { RoomSession } from './room-session';
import { ServerPasswords } from './server-passwords';
import { canBeReached } from './settings';
import { systemClock } from './signaling/clock';
import { memberIdOf } from './signaling/identity';
import { NEARBY } from './signaling/protocol';
import { leaveBeforeQuit, recoverFromCrash } from './way-out';
import { isShown, openWindow, raiseWindow, readLastPlace, watchWindow, type LastPlace } from './window';

const commandLine = answerTerminal(process.argv.slice(1), app.getVersion());

// Every profile is an app of its own: settings, key, single instance.
if (commandLine.profile !== null) {
  app.setPath('userData', join(app.getPath('userData'), 'profiles', commandLine.profile));
}
const dataFolder = app.getPath('userData');
const log = openLog(join(dataFolder, 'logs', 'parley.log'));
// Without these, Electron shows a dialog that nobody can answer on a machine without a person.
process.on('uncaughtException', (error) =>
  log.error('uncaught exception', { reason: error.stack ?? String(error) }),
);
process.on('unhandledRejection', (reason) => log.error('unhandled rejection', { reason: String(reason) }));

if (process.platform === 'win32') app.setAppUserModelId(appId(app.isPackaged));
registerAppScheme();

const launches = Launches.claim(commandLine.launch);
if (launches) {
  // Read while Chromium still starts.
  const read = Promise.all([
    openProfile(
      dataFolder,
      {
        ...(commandLine.name !== null && { name: commandLine.name, welcomed: true }),
        ...(commandLine.letIn && { door: 'open' as const }),
      },
      log,
    ),
    readLastPlace(dataFolder),
  ]);
  void app.whenReady().then(async () => start(commandLine, launches, ...(await read)));
} else {
  app.exit(0);
}

function start(
  { language: asked, port, allowOrigins, hidden: asksHidden, profile, launch }: CommandLine,
  launches: Launches,
  { settings, identity, lastSeat, returnTo, notice }: Profile,
  lastPlace: LastPlace,
): void {
  const devServer = app.isPackaged ? null : (process.env['VITE_DEV_SERVER_URL'] ?? null);
  const pageOrigin = devServer === null ? PAGE_ORIGIN : new URL(devServer).origin;
  const isOurs = (url: string): boolean => url === pageOrigin || url.startsWith(`${pageOrigin}/`);

  if (devServer === null)
    serveApp(join(import.meta.dirname, '../renderer'), join(import.meta.dirname, '../popup'));
  guardPermissions(electronSession.defaultSession, (url) => isOurs(url) && url !== POPUP_URL);
  refuseNetwork(electronSession.defaultSession, devServer);
  lockNavigation(isOurs);
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);

  if (returnTo) launches.offer({ type: 'return', ...returnTo, link: formatJoinLink(returnTo.target) });
  const language = (): Language =>
    asked ?? settings.current.language ?? (/^zh/i.test(app.getLocale()) ? 'zh' : 'en');

  const loginItem = new LoginItem({ app, profile, platform: process.platform, env: process.env });
  // It hears of nothing before the parts below are there: they are, before its page asks for anything.
  // Out of sight is only what people can reach, and what was asked to do nothing else.
  const hidden = (asksHidden || loginItem.hasStartedApp) && launch === null && canBeReached(settings.current);
  const window = openWindow(lastPlace, { devServer, hidden });
  let opening = !hidden;
  window.once('show', () => (opening = false));
  const emit = (event: BridgeEvent): void => {
    if (!window.isDestroyed()) sendEvent(window.webContents, event);
  };
  const book = new PeopleBook({ folder: dataFolder, emit, log, now: Date.now });
  const desktop = new Desktop({
    window,
    devServer,
    language,
    settings: () => settings.current,
    known: (key) => book.known(key),
    emit,
    log,
  });
  const closing = new Closing({ window, settings: () => settings.current, emit });
  const passwords = new ServerPasswords({
    path: join(dataFolder, 'server-password.json'),
    keyStore: systemKeyStore,
    log,
  });
  const people = new PeopleLinks({
    identity,
    settings: () => settings.current,
    passwords,
    isBlocked: (key) => book.known(key)?.blocked ?? false,
    emit,
    onAgreed: () => session.keepSeat(),
    log,
  });
  const lanServer = new LanServer({
    entry: join(import.meta.dirname, 'lan-server-process.js'),
    version: app.getVersion(),
    port,
    allowOrigins,
    owner: memberIdOf(NEARBY, identity.publicKey),
    log,
  });
  const nearby = new Nearby({
    key: identity.publicKey,
    settings: () => settings.current,
    lanServer,
    links: people,
    isFavourite: (key) => book.known(key)?.favourite ?? false,
    knownAddresses: () => book.favouriteAddresses,
    noteAddress: (key, server) => book.noteAddress(key, server),
    interfaces: networkInterfaces,
    loadMulticast: async () => (await import('./nearby/multicast')).openMulticast,
    emit,
    clock: systemClock,
    log,
  });
  const session = new RoomSession({
    identity,
    name: () => settings.current.name,
    lanServer,
    lastSeat,
    passwords,
    conversationWith: (target) => people.conversationWith(target),
    callIn: (target) => people.callIn(target),
    isRinging: (target) => people.isRinging(target),
    ready: (target) => people.ready(target),
    emit,
    log,
  });
  powerMonitor.on('resume', () => {
    session.reconnectNow();
    people.reconnectNow();
    nearby.look({ afterSleep: true });
  });

  const pageStarts = () => {
    const takeLaunch = launches.pageStarts();
    return () => ({
      version: app.getVersion(),
      key: identity.publicKey,
      platform:
        process.platform === 'darwin' || process.platform === 'win32' ? process.platform : ('linux' as const),
      language: language(),
      launch: takeLaunch(),
      // It is shown with its first frame, for which it asks here.
      shown: opening || isShown(window),
      notice,
    });
  };
  answerBridge(
    createBridgeHost({
      window,
      desktop,
      closing,
      loginItem,
      session,
      people,
      nearby,
      book,
      passwords,
      settings,
      pageStarts,
      onSettingsChanged: () => {
        desktop.follow();
        void passwords.keepFor(settings.current.server?.servers ?? null);
        people.follow();
        nearby.follow();
      },
      log,
    }),
    (frame) =>
      frame !== null && !window.isDestroyed() && frame === window.webContents.mainFrame && isOurs(frame.url),
    log,
  );
  answerPopup(
    { view: () => desktop.popupView(), answer: (answer) => desktop.answer(answer) },
    (frame) => desktop.isPopup(frame) && isOurs(frame?.url ?? ''),
    log,
  );
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) launches.wait();
  });
  launches.listen((launch) => {
    raiseWindow(window);
    if (launch) emit({ type: 'launch', launch });
  });
  leaveBeforeQuit(async () => {
    await session.leave();
    await nearby.close();
    await Promise.all([settings.settled(), book.settled()]);
  });
  // Nobody rings before it is known who is not to be heard.
  const loaded = new Promise<void>((resolve) => window.webContents.once('did-finish-load', () => resolve()));
  void book.load().then(async () => {
    nearby.follow();
    await passwords.load(loaded);
    people.follow();
  });
  desktop.follow();
  void loginItem
    .refresh()
    .catch((error: unknown) => log.warn('the start at login', { reason: String(error) }));
  watchWindow(window, emit);
  recoverFromCrash(window, session, launches, log);
}
