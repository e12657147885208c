/** A key has one conversation with a server: rooms there are over that in which people are seen. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { SignalingServerOptions } from '../../main/signaling/server';
import { App } from '../support/app-on-server';
import { End } from '../support/link-ends';
import { joinAs } from '../support/signaling-clients';
import { ManualClock } from '../support/signaling-clock';
import { startFreezingProxy } from '../support/signaling-proxy';
import { startServer } from '../support/signaling-servers';

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

const appOf = (url: string): App => {
  const app = new App(url);
  closes.push(() => app.close());
  return app;
};

async function startedServer(
  options: Partial<SignalingServerOptions> = {},
  port = 0,
): Promise<Awaited<ReturnType<typeof startServer>>> {
  const server = await startServer(options, { port });
  closes.push(() => server.close());
  return server;
}

/** Somebody comes to the room in which an app is: it hears of them, and others see it as before. */
async function isSeatedAndSeen(app: App, url: string, joinSecret?: string): Promise<void> {
  const { room, namespace } = app.target;
  const visitor = await joinAs(url, room, { namespace, ...(joinSecret !== undefined && { joinSecret }) });
  closes.push(() => visitor.client.close());
  const event = await app.events.next(({ type }) => type === 'member-joined' || type === 'room-closed');
  expect(event).toMatchObject({ type: 'member-joined', member: { id: visitor.id } });
  visitor.client.present('free');
  expect((await visitor.next('people')).people).toMatchObject([{ key: app.identity.publicKey }]);
  expect([app.link.state, app.link.problem]).toEqual(['up', null]);
}

it('a room is over the conversation that is just being begun', async () => {
  const server = await startedServer();
  const ann = appOf(server.url);
  ann.people.follow();
  expect(await ann.session.join(ann.target)).toMatchObject({ ok: true });
  await isSeatedAndSeen(ann, server.url);
});

it('a room is over the conversation that was to be tried again, and is at once', async () => {
  const other = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const ann = appOf(`ws://127.0.0.1:${String(port)}`);
  ann.people.follow();
  await ann.failsWith('not-parley');
  await new Promise((resolve) => other.close(resolve));
  const server = await startedServer({}, port);
  expect(await ann.session.join(ann.target)).toMatchObject({ ok: true });
  await isSeatedAndSeen(ann, server.url);
});

it('a room that is joined while the app still starts waits for the conversation, which a call does not begin', async () => {
  const server = await startedServer();
  const ann = appOf(server.url);
  const joined = ann.session.join(ann.target);
  ann.people.setInCall(true);
  expect(ann.people.link('saved')).toBeNull();
  // Another server is not waited for; and by when somebody else has joined, so would Ann.
  await ann.people.ready({ ...ann.target, servers: ['ws://192.0.2.1'] });
  const other = await joinAs(server.url, 'elsewhere');
  closes.push(() => other.client.close());
  ann.people.follow();
  expect(await joined).toMatchObject({ ok: true });
  await isSeatedAndSeen(ann, server.url);
});

it('a room that is refused leaves a conversation that has just begun as it is', async () => {
  const server = await startedServer();
  const ann = appOf(server.url);
  for (let guests = 0; guests < 2; guests += 1) {
    const { client } = await joinAs(server.url, ann.target.room, { namespace: ann.target.namespace });
    closes.push(() => client.close());
  }
  ann.people.follow();
  expect(await ann.session.join(ann.target)).toEqual({ ok: false, code: 'room-full' });
  const another = { ...ann.target, room: 'coffee' };
  expect(await ann.session.join(another)).toMatchObject({ ok: true });
  expect(ann.events.seen.filter((event) => event.type === 'link-changed' && event.problem !== null)).toEqual(
    [],
  );
});

it('joining fails as the conversation does, and succeeds over the next one', async () => {
  const server = await startedServer({ joinSecret: 'sesame' });
  const ann = appOf(server.url);
  ann.people.follow();
  const refused = { ok: false, code: 'password-required' };
  expect(await ann.session.join(ann.target)).toEqual(refused);
  // It waits to be tried again by now.
  expect(await ann.session.join(ann.target)).toEqual(refused);
  ann.passwords.use(ann.target.servers, 'sesame');
  ann.people.follow();
  expect(await ann.session.join(ann.target)).toMatchObject({ ok: true });
  await isSeatedAndSeen(ann, server.url, 'sesame');
});

describe('a room by another address of the saved server', () => {
  it('takes the place of the conversation, which is begun anew once the room is left', async () => {
    const server = await startedServer();
    const other = await startFreezingProxy(server.port);
    closes.push(() => other.close());
    const ann = appOf(server.url);
    ann.people.follow();
    await ann.events.next((event) => event.type === 'link-changed' && event.state === 'up');
    expect(await ann.session.join({ ...ann.target, servers: [other.url] })).toMatchObject({ ok: true });
    await ann.failsWith('replaced');
    void ann.session.leave();
    ann.people.closeRooms(ann.session.settled());
    await ann.events.next((event) => event.type === 'link-changed' && event.state === 'up');
  });

  it('is not cut off by another try', async () => {
    const server = await startedServer();
    const clock = new ManualClock();
    const ann = new End(server.url, 'Ann', { clock });
    closes.push(() => ann.link.close());
    await ann.next('people');
    const { client } = await joinAs(server.url, 'tea', { namespace: 'family', identity: ann.identity });
    closes.push(() => client.close());
    await ann.events.next((event) => event.type === 'link-changed' && event.problem === 'replaced');
    expect(clock.pending).toBe(0);
  });
});
