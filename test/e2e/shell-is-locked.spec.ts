import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/people';

test('the page has no Node, one frozen bridge, and a strict policy', async ({ meet }) => {
  const { page } = await meet('Ann');
  const found = await page.evaluate(async () => {
    // What a debugger evaluates may do more than the page; a later task is the page's own.
    await new Promise((resolve) => setTimeout(resolve));
    const violated = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        if (effectiveDirective === 'connect-src') resolve(effectiveDirective);
      });
    });
    const succeeds = (run: () => unknown) => {
      try {
        run();
        return true;
      } catch {
        return false;
      }
    };
    const trusted = succeeds(() => (document.createElement('p').innerHTML = '<b>x</b>'));
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- that it is refused is the point
    const evaluated = succeeds(() => new Function('return 1')());
    const fetched = await fetch('https://example.com/').then(
      () => true,
      () => false,
    );
    return {
      node: typeof Reflect.get(globalThis, 'process') + typeof Reflect.get(globalThis, 'require'),
      frozen: Object.isFrozen(window.parley),
      trusted,
      evaluated,
      fetched,
      violated: await violated,
    };
  });
  expect(found).toEqual({
    node: 'undefinedundefined',
    frozen: true,
    trusted: false,
    evaluated: false,
    fetched: false,
    violated: 'connect-src',
  });
});

test('the bridge refuses arguments its schemas do not accept, and strangers altogether', async ({ meet }) => {
  const { page, app } = await meet('Ann');
  const refused = (call: string) =>
    page.evaluate(
      (name) =>
        (Reflect.get(window.parley, name) as (...args: unknown[]) => Promise<unknown>)({ room: 7 }, 'x').then(
          () => false,
          () => true,
        ),
      call,
    );
  for (const method of ['hostRoom', 'joinRoom', 'changeSettings', 'sendSignal', 'setDoor', 'copyText']) {
    expect(await refused(method), method).toBe(true);
  }

  // Another page in the same app, with the same preload.
  const answer = await app.evaluate(async ({ BrowserWindow, app: electronApp }) => {
    const path = `${electronApp.getAppPath()}/dist/preload/index.cjs`;
    const stranger = new BrowserWindow({ show: false, webPreferences: { preload: path, sandbox: true } });
    await stranger.loadURL('data:text/html,<p>stranger');
    const said = (await stranger.webContents.executeJavaScript(
      'window.parley.start().then(() => "answered", () => "refused")',
    )) as string;
    stranger.destroy();
    return said;
  });
  expect(answer).toBe('refused');
});

test('the small window has its own bridge, and no other', async ({ meet }) => {
  const ann = await meet('Ann');
  await expect(ann.button('Host a room')).toBeVisible();
  // The page cannot use it, nor another page with its preload.
  const answers = await ann.app.evaluate(async ({ BrowserWindow, app }) => {
    const ask = async (url: string, script: string): Promise<unknown> => {
      const preload = `${app.getAppPath()}/dist/popup-preload/popup.cjs`;
      const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await window.loadURL(url);
      const said: unknown = await window.webContents.executeJavaScript(script);
      window.destroy();
      return said;
    };
    const call = 'window.parleyPopup.view().then(() => "answered", () => "refused")';
    return [
      await ask('data:text/html,<p>stranger', call),
      await ask('app://parley/popup/popup.html', call),
      await ask('app://parley/popup/popup.html', 'typeof window.parley'),
      await ask('app://parley/popup/popup.html', 'Object.isFrozen(window.parleyPopup)'),
      await ask(
        'app://parley/popup/popup.html',
        'navigator.mediaDevices.getUserMedia({ audio: true }).then(() => "heard", () => "refused")',
      ),
    ];
  });
  expect(answers).toEqual(['refused', 'refused', 'undefined', true, 'refused']);
});

test('the page cannot navigate away, open windows, embed, or ask for more than camera and microphone', async ({
  meet,
}) => {
  const { page, app } = await meet('Ann');
  const before = page.url();
  await page.evaluate(() => {
    location.href = 'https://example.com/';
    window.open('file:///etc/passwd');
  });
  const states = await page.evaluate(async () => {
    const asked = await Promise.all(
      (['geolocation', 'notifications', 'clipboard-read', 'midi'] as PermissionName[]).map((name) =>
        navigator.permissions.query({ name }).then(({ state }) => state),
      ),
    );
    const position = await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('told'),
        () => resolve('refused'),
      ),
    );
    const screen = { mandatory: { chromeMediaSource: 'desktop' } } as MediaTrackConstraints;
    const captured = await navigator.mediaDevices.getUserMedia({ video: screen }).then(
      () => 'told',
      () => 'refused',
    );
    return [...asked, position, captured];
  });
  expect(states).toEqual(['denied', 'denied', 'denied', 'denied', 'refused', 'refused']);
  expect(page.url()).toBe(before);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('nothing above the page’s folder is served', async ({ meet }) => {
  const { page } = await meet('Ann');
  const statuses = await page.evaluate(() =>
    Promise.all(
      [
        '/../main/index.js',
        '/%2e%2e/main/index.js',
        '/..%2f..%2fpackage.json',
        '/%00',
        '/nothing-here.js',
      ].map((path) => fetch(path).then(({ status }) => status)),
    ),
  );
  expect(statuses).toEqual([404, 404, 404, 404, 404]);
});

test('nothing is asked of any third party', async ({ meet }) => {
  const ann = await meet('Ann', { netLog: true });
  await expect(ann.button('Host a room')).toBeVisible();
  await ann.app.close();
  const log = readFileSync(join(ann.profile, 'net.json'), 'utf8');
  const asked = [...log.matchAll(/"(?:https?|wss?):\/\/([^/"]+)/g)].map(([, host]) => host);
  // What Chromium writes last.
  expect(log.includes('"polledData"'), 'the log is whole').toBe(true);
  expect(asked).toEqual([]);
});

test('nothing listens before someone hosts, and nothing a second after they left', async ({ meet }) => {
  const ann = await meet('Ann');
  expect(await ann.roomServerPid()).toBeNull();
  await ann.host();
  expect(await ann.roomServerPid()).not.toBeNull();
  await ann.button('Leave room').click();
  await expect.poll(() => ann.roomServerPid(), { timeout: 1000 }).toBeNull();
});
