import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { readTarget } from '../../main/join-link';
import { BLUE, RED } from '../support/known-media';
import { expect, test, type Person } from '../support/people';

/** One that crashes more often than that within ten seconds is given a rest. */
const MOST_CRASHES = 5;
/** Of the three seconds of a rest, so many are surely seen. */
const REST_MS = 2000;

/** Where a room's link leads on this machine. */
function portOf(link: string): number {
  const target = readTarget(link);
  const [server = ''] = target.ok ? target.value.servers : [];
  return Number(new URL(server).port);
}

const listens = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${String(port)}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Whether it has crashed so often that it is given a rest. */
function rests({ profile }: Person): boolean {
  const path = join(profile, 'logs/parley.log');
  const log = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return new RegExp(`the room server crashed .*times: ${String(MOST_CRASHES + 1)}\\b`).test(log);
}

/** Kills the room server each time it is there again. @returns when it was killed last, in ms of `performance` */
async function crashUntilItRests(person: Person): Promise<number> {
  for (;;) {
    const at = performance.now();
    const crashed = await person.crashRoomServer();
    const goesOn = async (): Promise<boolean> =>
      rests(person) || ![null, crashed].includes(await person.roomServerPid());
    await expect.poll(goesOn, { intervals: [50] }).toBe(true);
    if (rests(person)) return at;
  }
}

/** Another program has this port. */
function occupy(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

test('a call survives a crash of the room server, and everyone comes back to it', async ({ meet }) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host({ letIn: true });
  await ben.join(link);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
  const crashed = await ann.crashRoomServer();
  await expect.poll(() => ann.roomServerPid()).not.toBe(crashed);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);

  // Both have their seats again: a third hears that the room is full.
  const cleo = await meet('Cleo');
  await cleo.join(link);
  await expect(cleo.page.getByText('Two people are in this room already.')).toBeVisible();
  await ben.button('Hang up').click();
  await expect(ann.page.getByText('Ben hung up.')).toBeVisible();
});

test('a server that crashes again and again is given a rest, and then the room is there', async ({
  meet,
}) => {
  const [ann, ben] = await Promise.all([meet('Ann', { media: RED }), meet('Ben', { media: BLUE })]);
  const link = await ann.host({ letIn: true });
  const restsSince = await crashUntilItRests(ann);
  await expect.poll(() => listens(portOf(link)), { timeout: 30_000, intervals: [50] }).toBe(true);
  expect(performance.now() - restsSince).toBeGreaterThan(REST_MS);
  await ben.join(link);
  await Promise.all([ann.sees(BLUE), ben.sees(RED)]);
});

test('a room that is opened while the server rests is where that was, and who was there comes back', async ({
  meet,
}) => {
  // Whoever is reachable keeps a server, here not on the first port there is.
  const first = await occupy(9238).catch(() => null);
  const ann = await meet('Ann', { media: RED, settings: { reachable: true } });
  await ann.button('Add by address').click();
  const own = ann.page.getByRole('textbox', { name: 'Your link' });
  await expect(own).toHaveValue(/^parley:/);
  const before = await own.inputValue();
  await ann.page.keyboard.press('Escape');
  await crashUntilItRests(ann);
  if (first) await close(first);

  const port = portOf(await ann.host());
  expect(before).toContain(encodeURIComponent(`:${String(port)}`));
  await ann.button('Leave room').click();
  const ben = await meet('Ben', { media: BLUE, settings: { reachable: true } });
  await ben.button('Add by address').click();
  await ben.page.getByRole('textbox', { name: 'Their link or address' }).fill(before);
  await ben.page.keyboard.press('Enter');
  await expect(ben.button('Call Ann')).toBeVisible();
});

test('a room that cannot be opened while the server rests takes nothing from what was open', async ({
  meet,
}) => {
  const port = 19_311;
  const ann = await meet('Ann', {
    media: RED,
    settings: { reachable: true },
    args: ['--port', String(port)],
  });
  await expect.poll(() => listens(port)).toBe(true);
  await crashUntilItRests(ann);
  const other = await occupy(port);
  await ann.button('Host a room').click();
  await ann.button('Open room').click();
  await expect(ann.page.getByText('Another program uses the port Parley needs.')).toBeVisible();
  // It looks again by and by, without a storm of processes, until the port is free.
  await close(other);
  await expect.poll(() => listens(port), { timeout: 30_000 }).toBe(true);
});

test('who wants to be reachable while the port is taken is so once it is free, and not only for as long as a room is open', async ({
  meet,
}) => {
  const port = 19_312;
  const ann = await meet('Ann', { media: RED, args: ['--port', String(port)] });
  await ann.host();
  await crashUntilItRests(ann);
  const other = await occupy(port);
  const isRefused = ann.page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const stop = window.parley.on((event) => {
          if (event.type !== 'nearby-changed' || event.nearby.state !== 'failed') return;
          stop();
          resolve();
        });
      }),
  );
  await ann.page.keyboard.press('Control+,');
  await ann.page.getByRole('switch', { name: 'Be reachable on this network' }).check();
  await ann.page.keyboard.press('Escape');
  await isRefused;
  await close(other);
  await expect.poll(() => listens(port), { timeout: 30_000 }).toBe(true);
  const pid = await ann.roomServerPid();
  await ann.button('Leave room').click();
  // One that nothing needed would have been ended, and another be started.
  await ann.host();
  expect(await ann.roomServerPid()).toBe(pid);
});
