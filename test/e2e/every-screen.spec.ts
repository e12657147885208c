import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { WebSocketServer } from 'ws';
import { LIMITS, SUBPROTOCOL } from '../../main/signaling/protocol';
import { safetyPictures } from '../../renderer/ui/safety-pictures';
import { inFamily } from '../support/family';
import { BLUE, RED } from '../support/known-media';
import { expect, ROOT, test, type Person } from '../support/people';
import { signalTree } from '../support/process-tree';
import { openSafetyCode } from '../support/read-safety-code';
import { remembered } from '../support/remembered';
import { look, lookAtWindow, speak, WORDS } from '../support/screens';
import { startHeadless } from '../support/signaling-servers';

// Every story is a walk past several screens, each looked at several times.
test.slow();

const { en } = WORDS;
const LONG_NAME = 'Bénédicte 🎈 von der Überlangenstraße';
const ROOM = 'tea & cake';
/** Of nobody: a point of P-256 as keys are written. */
const KNOWN_KEY = `B${'A'.repeat(86)}`;
const FINGERPRINT = Array(32).fill('AB').join(':');
const FAR_LINK =
  'parley://join?server=192.168.1.5&server=tea.example.org:9238&server=wss://rooms.example.org&room=tea%20%26%20cake';

const PERSON_LINK = `parley://person?server=192.168.1.5&server=tea.example.org&key=MFkw${'A'.repeat(118)}`;

/** Welcomes everybody, and says nothing of any room. */
async function silentServer(): Promise<{ server: WebSocketServer; port: number }> {
  const server = new WebSocketServer({ port: 0, host: '0.0.0.0', handleProtocols: () => SUBPROTOCOL });
  const heartbeat = { heartbeatMs: 60_000, timeoutMs: 600_000 };
  const limits = {
    frameBytes: LIMITS.frameBytes,
    graceMs: LIMITS.graceMs,
    roomCapacity: LIMITS.roomCapacity,
  };
  server.on('connection', (socket) => {
    const say = (frame: object): void => socket.send(JSON.stringify(frame));
    say({ type: 'challenge', nonce: 'nonce', secretRequired: false, ...heartbeat });
    socket.once('message', () =>
      say({ type: 'welcome', self: 'x'.repeat(22), resumed: false, lastSeq: 0, iceServers: [], limits }),
    );
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

test('the first start, and settings that could not be read', async ({ meet }) => {
  for (const language of ['zh', 'en'] as const) {
    const ann = await meet('Ann', { firstStart: true, args: ['--lang', language] });
    await expect(ann.button(WORDS[language].firstStart.continue)).toBeVisible();
    await look(ann, 'first-start', { languages: [language] });
  }
  const profile = mkdtempSync(join(tmpdir(), 'parley-test-'));
  try {
    writeFileSync(join(profile, 'settings.json'), '{"name": "An');
    writeFileSync(join(profile, 'settings.json.bak'), JSON.stringify({ name: 'Ann', welcomed: true }));
    const ann = await meet('Ann', { profile });
    await expect(ann.button(en.dismiss)).toBeVisible();
    await look(ann, 'toast');
    await ann.app.close();
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
});

test('before a call: the preview, the side, hosting', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  await expect(ann.button(en.idle.host)).toBeVisible();
  await look(ann, 'idle');
  await look(ann, 'side', {
    sizes: ['small', 'zoomed'],
    open: ({ side }) => ann.button(side.open).click(),
  });
  await ann.button(en.idle.previewTurnOn).click();
  await expect(ann.page.getByTestId('preview-video')).toBeVisible();
  await look(ann, 'idle-preview');

  const open = ({ idle }: { idle: { host: string } }): Promise<void> => ann.button(idle.host).click();
  await look(ann, 'host', { open });
  await ann.button(en.idle.host).click();
  await ann.page.getByRole('textbox', { name: en.host.room }).fill('x'.repeat(65));
  await ann.page.keyboard.press('Escape');
  await look(ann, 'host-bad-room-name', { open });
});

test('before a call: joining, and the settings', async ({ meet }) => {
  const ann = await meet('Ann', {
    settings: {
      iceServers: [{ urls: ['turn:turn.example.org:3478'], username: 'ann', credential: 'secret' }],
    },
  });
  const { page } = ann;
  const target = page.getByRole('textbox', { name: /^(Link or address|链接或地址)$/ });
  const openJoin = ({ idle }: { idle: { join: string } }): Promise<void> => ann.button(idle.join).click();
  await expect(ann.button(en.idle.join)).toBeVisible();
  await look(ann, 'join', { open: openJoin });
  await look(ann, 'join-bad-address', {
    open: async (words) => {
      await openJoin(words);
      await target.fill('two words');
      await expect(target).toHaveAttribute('aria-invalid', 'true');
    },
  });
  await look(ann, 'join-advanced', {
    open: async (words) => {
      await openJoin(words);
      await target.fill(FAR_LINK);
      await page.getByText(words.join.advanced, { exact: true }).click();
      const addresses = page.getByRole('textbox', { name: words.iceServers.address, exact: true });
      await expect(addresses.first()).toBeVisible();
      // It is there still when the form is opened again.
      if ((await addresses.count()) === 1) {
        await ann.button(words.iceServers.add).click();
        await addresses.last().fill('http://example.org');
        await target.focus();
      }
      await expect(page.locator('[data-code="bad-ice-server"]')).toBeVisible();
    },
  });
  await openJoin(en);
  await target.fill('127.0.0.1:9');
  await page.getByRole('textbox', { name: en.join.room }).fill(ROOM);
  await ann.button(en.join.join).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.keyboard.press('Escape');
  await look(ann, 'join-unreachable', { open: openJoin });

  const openSettings = (): Promise<void> => page.keyboard.press('Control+,');
  await look(ann, 'settings', { open: openSettings });
  await look(ann, 'settings-ringing', {
    sizes: ['wide', 'small'],
    open: async ({ devices }) => {
      await openSettings();
      await page.getByLabel(devices.ringSpeaker).scrollIntoViewIfNeeded();
    },
  });
  await look(ann, 'settings-end', { open: openSettings, atEnd: true });
  await look(ann, 'settings-calls', {
    open: async (words) => {
      await openSettings();
      await ann.page
        .getByRole('switch', { name: words.settings.connectAhead })
        .evaluate((element) => element.scrollIntoView({ block: 'center' }));
    },
  });
});

test('people: nobody yet, one with a long name, ringing, being rung', async ({ meet }) => {
  const server = await startHeadless(ROOT);
  const settings = inFamily(server);
  const ann = await meet('Ann', { media: RED, settings });
  await expect(ann.page.getByText(en.side.nobody).first()).toBeVisible();
  await look(ann, 'people-nobody');
  const openServer = ({ side }: { side: { changeServer: string } }): Promise<void> =>
    ann.button(side.changeServer).click();
  await look(ann, 'server', { open: openServer, sizes: ['wide'] });
  const ben = await meet(LONG_NAME, { media: BLUE, settings });
  await expect(ann.page.getByRole('listitem')).toContainText(LONG_NAME);
  await look(ann, 'people-one');
  await ben.button('Video call with Ann').click();
  await expect(ann.button(en.ring.acceptVideo)).toBeVisible();
  await expect(ben.page.getByText('Ringing')).toBeVisible();
  await look(ann, 'ringing', { sizes: ['small'] });
  await ann.button(en.ring.decline).click();
  await look(ben, 'ended-declined', { sizes: ['wide'] });
  await ben.button(en.ended.callAgain).click();
  await expect(ben.page.getByText('Ringing')).toBeVisible();
  await look(ben, 'calling', { sizes: ['small'] });
  await server.stop();
});

test('people nearby: asked, nobody, one with a long name, by address', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  const openSide = {
    sizes: ['small', 'zoomed'],
    open: ({ side }: { side: { open: string } }) => ann.button(side.open).click(),
  } as const;
  await expect(ann.button(en.nearby.yes)).toBeVisible();
  await look(ann, 'nearby-asked', { sizes: ['wide'] });
  await look(ann, 'nearby-asked', openSide);
  await ann.button(en.nearby.no).click();
  await look(ann, 'nearby-off', { sizes: ['wide'] });
  await ann.button(en.nearby.yes).click();
  await expect(ann.button(en.nearby.lookAgain)).toBeVisible();
  await look(ann, 'nearby-nobody', { sizes: ['wide'] });
  const openPanel = ({ nearby }: { nearby: { add: string } }): Promise<void> =>
    ann.button(nearby.add).click();
  await look(ann, 'nearby-add', {
    open: async (words) => {
      await openPanel(words);
      await ann.page.getByRole('textbox', { name: words.nearby.target }).fill('two words');
      await ann.page.keyboard.press('Enter');
      await expect(ann.page.locator('[data-code="bad-address"]')).toBeVisible();
    },
  });
  await meet(LONG_NAME, { media: BLUE, settings: { reachable: true } });
  await expect(ann.page.getByRole('listitem').filter({ hasText: LONG_NAME })).toBeVisible();
  await look(ann, 'nearby-one', { sizes: ['wide'] });
  await look(ann, 'nearby-one', openSide);
});

/** What main tells the page, as far as the page can tell. */
async function isTold(person: Person, ...events: object[]): Promise<void> {
  const window = await person.app.browserWindow(person.page);
  await window.evaluate((own: BrowserWindow, told) => {
    for (const event of told) own.webContents.send('parley:event', event);
  }, events);
}

/** A ring as main tells it to the page, by whom and with what the test wants. */
function isRung(person: Person, change: { name: string; media: 'voice' | 'video'; signed: boolean }) {
  const { name, media, signed } = change;
  const target = { servers: ['ws://127.0.0.1:9'], namespace: 'family', room: 'tea' };
  const from = { id: 'p'.repeat(22), name, device: 'desktop', key: KNOWN_KEY, status: 'free' };
  const event = { type: 'ring', link: 'saved', from, call: 'c'.repeat(22), media, signed, target };
  return isTold(person, { ...event, fingerprint: FINGERPRINT, ahead: false });
}

test('fifty people in the list', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, settings: { reachable: true } });
  const statuses = ['free', 'free', 'in-call', 'do-not-disturb'];
  const names = [LONG_NAME, 'عبد الرحمن بن محمد بن عبد العزيز الطويل', '李雷', 'Zoë'];
  const people = Array.from({ length: 50 }, (_, n) => ({
    id: String(n).padStart(22, 'p'),
    name: names[n] ?? `Person ${String(n)}`,
    device: 'desktop',
    key: `key-${String(n)}`,
    status: statuses[n % statuses.length],
  }));
  await expect(ann.button(en.nearby.lookAgain)).toBeVisible();
  const link = { type: 'link-changed', link: 'near', kind: 'nearby', server: 'ws://192.168.1.5:9238' };
  await isTold(ann, { ...link, state: 'up', problem: null }, { type: 'people', link: 'near', people });
  await expect(ann.page.getByRole('listitem')).toHaveCount(50);
  await look(ann, 'people-fifty', { sizes: ['wide'] });
  await look(ann, 'people-fifty', {
    sizes: ['small', 'zoomed'],
    open: ({ side }) => ann.button(side.open).click(),
  });
});

test('rings of which there is something to know', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED });
  const ends = async (): Promise<void> => {
    await ann.button(en.ring.decline).click();
    await ann.button(en.ended.done).click();
  };
  const other = `B${'C'.repeat(86)}`;
  const knows = (key: string, change: object): Promise<unknown> =>
    ann.page.evaluate(([of, what]) => window.parley.changeKnown(of, what), [key, change] as const);
  await knows(other, { name: LONG_NAME, favourite: true, verified: true });

  // A favourite's name, and another key.
  await isRung(ann, { name: LONG_NAME, media: 'video', signed: true });
  await expect(ann.page.getByRole('alert')).toContainText(/you know/);
  await look(ann, 'ringing-namesake');
  await ends();
  await isRung(ann, { name: LONG_NAME, media: 'video', signed: false });
  await expect(ann.page.getByRole('alert')).toHaveCount(2);
  await look(ann, 'ringing-namesake-unsigned');
  await ends();

  await knows(KNOWN_KEY, { name: 'Ben', favourite: true, verified: true, autoAnswer: true });
  // The seconds stand still to be looked at.
  await ann.page.evaluate(() => {
    const setTimer = window.setTimeout.bind(window);
    Object.assign(window, {
      setTimeout: (run: () => void, ms: number) => (ms === 1000 ? 0 : setTimer(run, ms)),
    });
  });
  await isRung(ann, { name: LONG_NAME, media: 'video', signed: true });
  await expect(ann.page.getByRole('timer')).toBeVisible();
  await look(ann, 'ringing-count-down');
});

test('the way back into a call that was rung', async ({ meet }) => {
  const peer = { id: 'p'.repeat(22), name: LONG_NAME, device: 'desktop', key: KNOWN_KEY, status: 'free' };
  const rung = { call: 'c'.repeat(22), link: 'saved', peer, media: 'video' };
  const target = { servers: ['ws://127.0.0.1:9'], namespace: 'family', room: 'tea' };
  const ann = await meet('Ann', { files: { 'seat.json': JSON.stringify({ target, rung }) } });
  await expect(ann.button(en.confirm.goBack)).toBeVisible();
  await look(ann, 'go-back-to-call');
});

test('a safety code that was compared', async ({ meet }) => {
  const server = await startHeadless(ROOT);
  const settings = inFamily(server);
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet(LONG_NAME, { media: BLUE, settings }),
  ]);
  await ben.button('Video call with Ann').click();
  await ann.button(en.ring.acceptVideo).click();
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  const code = ann.page.getByTestId('safety-code');
  const open = async (words: (typeof WORDS)['en' | 'zh']): Promise<void> => {
    await openSafetyCode(ann, words);
    await expect(code).toBeVisible();
  };
  await look(ann, 'call-safety-code-to-compare', { open });
  await open(en);
  await ann.button(en.safetyCode.matches).click();
  await ann.page.keyboard.press('Escape');
  await look(ann, 'call-safety-code-compared', { open });
  await look(ann, 'call-verified', { sizes: ['wide', 'small'] });
  await server.stop();
});

test('the small window that shows a ring', async ({ meet }) => {
  for (const language of ['zh', 'en'] as const) {
    const ann = await meet('Ann', { args: ['--lang', language] });
    const knows = (key: string, change: object): Promise<unknown> =>
      ann.page.evaluate(([of, what]) => window.parley.changeKnown(of, what), [key, change] as const);
    await knows(KNOWN_KEY, { verified: true });
    const longest = LONG_NAME.repeat(2).slice(0, 64);
    await knows(`B${'D'.repeat(86)}`, { name: longest, favourite: true });
    await ann.putAway('hide');
    for (const [screen, ring] of [
      ['verified-video', { name: 'Ben', media: 'video', signed: true }],
      ['verified-voice', { name: longest, media: 'voice', signed: true }],
      ['unsigned-video', { name: 'عبد الرحمن 🎈', media: 'video', signed: false }],
      ['namesake-video', { name: longest, media: 'video', signed: false }],
    ] as const) {
      await isRung(ann, ring);
      const popup = await ann.popup();
      await expect(popup.getByRole('heading')).toContainText(ring.name.slice(0, 3));
      if (screen === 'namesake-video')
        await expect(popup.getByRole('alert')).toHaveText(WORDS[language].ring.namesake(longest));
      await lookAtWindow(popup, `popup-${screen}-${language}`);
      await ann.answerPopup(WORDS[language].ring.decline);
      await ann.page.getByRole('button', { name: WORDS[language].ended.done }).click();
    }
  }
});

test('the window is closed for the first time', async ({ meet }) => {
  const server = { servers: ['ws://127.0.0.1:9'], namespace: 'family' };
  const ann = await meet('Ann', { settings: { server } });
  await look(ann, 'closing', {
    open: async ({ closing }) => {
      await ann.closeWindow();
      await expect(ann.button(closing.keep)).toBeVisible();
    },
  });
});

test('people one knows and recent calls: none, fifty, long names, a search, who is blocked', async ({
  meet,
}) => {
  const recent = (person: Person) => person.page.getByRole('tab').last();
  const empty = await meet('Ann');
  await recent(empty).click();
  await expect(empty.page.getByText(en.recent.nothingYet)).toBeVisible();
  await look(empty, 'recent-nothing-yet', { sizes: ['wide'] });
  await empty.app.close();

  const ann = await meet('Ann', { files: remembered(LONG_NAME, 'عبد الرحمن بن محمد بن عبد العزيز الطويل') });
  const { page } = ann;
  const first = () => page.getByRole('listitem').first().getByRole('button').first();
  await expect(page.getByText(en.side.favourites)).toBeVisible();
  await look(ann, 'favourites', { sizes: ['wide'] });
  await look(ann, 'person', { open: () => first().click() });
  await look(ann, 'side-favourites', {
    sizes: ['small', 'zoomed'],
    open: ({ side }) => ann.button(new RegExp(side.open)).click(),
  });
  await recent(ann).click();
  await expect(page.getByText(en.recent.missed).first()).toBeVisible();
  await look(ann, 'recent', { sizes: ['wide'] });
  await look(ann, 'call-details', { open: () => first().click() });
  await page.getByRole('searchbox').fill('person 1');
  await look(ann, 'search', { sizes: ['wide'] });
  await page.getByRole('searchbox').fill('nobody');
  await look(ann, 'search-nothing', { sizes: ['wide'] });
  await page.getByRole('searchbox').fill('');
  await look(ann, 'settings-blocked', { open: () => page.keyboard.press('Control+,'), atEnd: true });
});

test('on the way into a room: a link, a server, the door', async ({ meet }) => {
  const { server, port } = await silentServer();
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings: { preview: true } }),
    meet(LONG_NAME, { media: BLUE, args: [FAR_LINK] }),
  ]);
  await expect(ben.button(en.confirm.join)).toBeVisible();
  await look(ben, 'confirm');
  await ben.button(en.cancel).click();
  await ben.joinByAddress(port, ROOM);
  await expect(ben.page.getByText(/^Connecting to/)).toBeVisible();
  await look(ben, 'joining');
  await ben.button(en.cancel).click();
  server.close();

  const openPersonLink = async (): Promise<void> => {
    await ben.launchWith(PERSON_LINK);
    await expect(ben.page.getByRole('dialog')).toBeVisible();
  };
  await look(ben, 'meet', { open: openPersonLink });

  const link = await ann.host();
  await look(ann, 'waiting');
  await ben.launchWith('--join', link);
  await expect(ann.page.getByTestId('knock')).toBeVisible();
  await look(ben, 'knocking');
  await look(ann, 'knock');
});

test('a call: its controls, what the other does, and its end', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet(LONG_NAME, { media: BLUE })]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  await look(ann, 'call');
  await look(ann, 'call-more', { open: ({ call }) => ann.button(call.more).click() });
  const pictures = ann.page.getByTestId('safety-code').getByRole('listitem');
  await look(ann, 'call-safety-code', {
    open: async (words, language) => {
      await openSafetyCode(ann, words);
      // Every call has another code: the one that needs most room.
      await expect(pictures).toHaveCount(5);
      const longest = safetyPictures
        .map(({ names }) => names[language])
        .sort((one, other) => other.length - one.length);
      await pictures.evaluateAll((shown, words) => {
        for (const [nth, { lastChild }] of shown.entries())
          if (lastChild) lastChild.textContent = words[nth] ?? '';
      }, longest);
    },
  });

  await ben.button(en.call.mute).click();
  await ben.button(en.call.cameraOff).click();
  await ann.button(en.call.mute).click();
  await expect(ann.page.getByText(/camera is off$/)).toBeVisible();
  await look(ann, 'call-peer-off');

  await ben.button(en.call.hangUp).click();
  await expect(ann.button(en.ended.callAgain)).toBeVisible();
  await look(ann, 'ended');
});

test('a call whose other side froze, and the way back for who crashed', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet(LONG_NAME, { media: BLUE })]);
  await ben.join(await ann.host({ letIn: true }));
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  signalTree(ben.pid, 'SIGKILL');
  await expect(ann.page.getByText(/connection is gone/)).toBeVisible();
  await look(ann, 'reconnecting');

  const again = await meet(LONG_NAME, { media: BLUE, profile: ben.profile });
  await expect(again.button(en.confirm.join)).toBeVisible();
  await look(again, 'go-back');
});

test('a room on a headless server: alone, without the server, without a path', async ({ meet }) => {
  const server = await startHeadless(ROOT);
  try {
    const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet(LONG_NAME, { media: BLUE })]);
    for (const { app } of [ann, ben]) {
      // Without any candidate it is as between two networks that do not reach each other.
      await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().forEach(({ webContents }) => {
          webContents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
        }),
      );
    }
    await ann.joinByAddress(server.port, ROOM);
    await expect(ann.page.getByText(en.waiting.waiting)).toBeVisible();
    await look(ann, 'waiting-on-server');
    await ben.joinByAddress(server.port, ROOM);
    await expect(ann.page.getByText(en.call.connecting)).toBeVisible();
    await look(ann, 'connecting');
    await expect(ann.button(en.ended.callAgain)).toBeVisible({ timeout: 60_000 });
    await look(ann, 'ended-without-a-path');
    await ben.button(en.ended.done).click({ timeout: 60_000 });

    await ann.button(en.ended.callAgain).click();
    await expect(ann.page.getByText(en.waiting.waiting)).toBeVisible();
    await server.stop();
    await expect(ann.page.getByText(en.waiting.connectionGone)).toBeVisible();
    await look(ann, 'waiting-without-server');
  } finally {
    await server.stop();
  }
});

test('what is missing of camera and microphone', async ({ meet }) => {
  const [ann, ben, cleo] = await Promise.all([
    meet('Ann', { media: null, settings: { preview: true } }),
    meet('Ben', { media: BLUE, cameras: 0, settings: { preview: true } }),
    meet('Cleo', { media: RED }),
  ]);
  await expect(ann.page.locator('[data-code="no-microphone"]')).toBeVisible();
  await look(ann, 'no-device');
  await expect(ben.page.locator('[data-code="no-camera"]')).toBeVisible();
  await look(ben, 'no-camera');
  await cleo.refuse('video');
  await cleo.button(en.idle.previewTurnOn).click();
  await expect(cleo.page.locator('[data-code="camera-denied"]')).toBeVisible();
  await look(cleo, 'camera-refused');

  const link = await ann.host({ letIn: true });
  await look(ann, 'no-device-waiting');
  await cleo.join(link);
  await expect(ann.button(en.call.hangUp)).toBeVisible();
  await expect(ann.page.getByText(en.call.connecting)).toHaveCount(0);
  await look(ann, 'no-device-call');
});

test('a page that broke', async ({ meet }) => {
  const ann = await meet('Ann', { media: RED, settings: { preview: true } });
  for (const language of ['zh', 'en'] as const) {
    const words = WORDS[language];
    await speak(ann, language);
    // A component that throws.
    await ann.page.evaluate(() => {
      HTMLDialogElement.prototype.showModal = () => {
        throw new Error('broken on purpose');
      };
    });
    await expect.poll(() => ann.liveTracks()).toEqual(['audio', 'video']);
    await ann.button(words.idle.host).click();
    const reload = ann.page.getByRole('alert').getByRole('button');
    await expect(reload).toBeVisible();
    // Whatever the window does, nobody could turn a camera off.
    await ann.putAway('minimize');
    await ann.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.restore());
    expect(await ann.launchWith('--host')).toBe(0);
    expect(await ann.liveTracks()).toEqual([]);
    expect(await ann.roomServerPid()).toBeNull();
    await look(ann, 'crashed', { languages: [language] });
    await reload.click();
    await expect(ann.button(words.idle.host)).toBeVisible();
  }
});
