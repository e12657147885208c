/** The page's composition root: asks the app once who it is for, makes the call and the devices, draws. */
import { mount, unmount } from 'svelte';
import type { Launch } from '../preload/bridge';
import App from './App.svelte';
import { Call } from './call/call.svelte';
import { systemClock } from './call/clock';
import { People } from './call/people.svelte';
import { LocalMedia } from './call/local-media.svelte';
import { Book } from './people/book.svelte';
import { namesakeOf } from './people/names';
import { showCrash } from './ui/crash';
import { firstFrame } from './ui/first-frame';
import { language, systemLanguage } from './ui/language.svelte';
import { Panels } from './ui/panels.svelte';
import { Preferences } from './ui/preferences.svelte';

/** As small as what browsers make by themselves. */
const CERTIFICATE: EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' };

async function open(): Promise<void> {
  const bridge = window.parley;
  // Most people read what their system speaks: its words are fetched while the app answers.
  void language.set(systemLanguage(navigator.languages));
  // What comes while the page is made: the last of it is what a person waits for.
  const arrived: Launch[] = [];
  const stopWaiting = bridge.on((event) => {
    if (event.type === 'launch') arrived.push(event.launch);
  });
  const start = await bridge.start();
  await language.set(start.language);
  const { settings } = start;

  const media = new LocalMedia({
    devices: navigator.mediaDevices,
    newStream: (tracks) => new MediaStream(tracks),
    newAudioContext: () => new AudioContext(),
    clock: systemClock,
    camera: settings.camera,
    microphone: settings.microphone,
    voiceOnly: settings.voiceOnly,
    audioProcessing: settings.audioProcessing,
  });
  const preferences = new Preferences(bridge, settings);
  const book = new Book(bridge);
  const people = new People(bridge, (key) => book.known(key)?.blocked ?? false);
  const call = new Call({
    bridge,
    media,
    connection: RTCPeerConnection,
    loadConnection: async () => (await import('./call/call-connection.svelte')).CallConnection,
    newStream: () => new MediaStream(),
    newCertificate: () => RTCPeerConnection.generateCertificate(CERTIFICATE),
    videoCodecs: () => RTCRtpReceiver.getCapabilities('video')?.codecs ?? [],
    key: start.key,
    mayConnectAhead: ({ key, name, link }) =>
      preferences.current.connectAhead === 'known' &&
      (book.known(key)?.favourite === true ||
        // Whoever takes the name of somebody one relies on learns nothing ahead.
        (people.kindOf(link) === 'nearby' && namesakeOf(name, key, book.people) === null)),
    wayTo: (key, link) => people.wayTo(key, link),
    isQuiet: () => preferences.current.status === 'do-not-disturb',
    clock: systemClock,
    wallClock: Date.now,
    note: (record) => void book.addCall(record),
    iceServers: settings.iceServers,
    alwaysRelay: settings.alwaysRelay,
    page: window,
  });

  // What is being typed is saved as if one had gone on to the next field.
  window.addEventListener('pagehide', () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });

  const target = document.getElementById('app');
  if (target === null) throw new Error('index.html has no #app');
  const launch = arrived.at(-1) ?? start.launch;
  const app = {
    bridge,
    call,
    preferences,
    people,
    book,
    panels: new Panels(start.notice),
    start: { ...start, launch },
  };
  const oncrash = (cause: unknown): void => {
    // Nobody is left who could hang up or turn the camera off.
    call.close();
    showCrash(cause);
    // Nor may what is left of it open them again. Later: it may just be drawing.
    queueMicrotask(() => void unmount(drawn));
  };
  const painted = firstFrame();
  stopWaiting();
  const drawn = mount(App, { target, props: { app, painted, oncrash } });
  await painted;
  void book.load();
  await call.ready();
}

open().catch(showCrash);
