import type { Person } from './people';

declare global {
  interface Window {
    /** What the page heard and did to connect, a line each, since it was last forgotten. */
    parleyTestTimeline?: string[];
  }
}

/** Begins the timelines of these people again. */
export async function forgetTimeline(...people: readonly Person[]): Promise<void> {
  await Promise.all(people.map(({ page }) => page.evaluate(() => window.parleyTestTimeline?.splice(0))));
}

/** What these people's pages did, in the order it happened, a line each: milliseconds, who, what. */
export async function timelineOf(...people: readonly Person[]): Promise<string> {
  const noted = await Promise.all(
    people.map(async ({ page, name }) => {
      const lines = await page.evaluate(() => window.parleyTestTimeline ?? []).catch(() => []);
      return lines.map((line) => {
        const [at = '', ...what] = line.split(' ');
        return { at: Number(at), text: `${name} ${what.join(' ')}` };
      });
    }),
  );
  const all = noted.flat().sort((one, other) => one.at - other.at);
  const start = all[0]?.at ?? 0;
  return all.map(({ at, text }) => `${(at - start).toFixed(1).padStart(9)} ${text}`).join('\n');
}

/** Runs in the page, as early as may be: notes what it hears and does to connect, for a test that fails to tell. */
export function keepTimeline(): void {
  if (window.parleyTestTimeline || !('parley' in window)) return;
  const lines: string[] = [];
  window.parleyTestTimeline = lines;
  const note = (...what: (string | undefined)[]): void => {
    // One clock for all pages.
    lines.push([performance.timeOrigin + performance.now(), ...what].join(' '));
  };
  const described = (description: RTCSessionDescriptionInit | null): string => {
    const { type = 'nothing', sdp = '' } = description ?? {};
    const parts = sdp.match(/a=(?:setup|ice-ufrag|candidate):.*/g) ?? [];
    return [type, ...new Set(parts)].join(' ');
  };

  const names = new WeakMap<RTCPeerConnection, string>();
  let count = 0;
  /** Known from its first use on. */
  const nameOf = (connection: RTCPeerConnection): string => {
    const known = names.get(connection);
    if (known !== undefined) return known;
    count += 1;
    const name = `connection ${String(count)}`;
    names.set(connection, name);
    const on = (type: string, what: (event: Event) => (string | undefined)[]): void => {
      connection.addEventListener(type, (event) => note(name, ...what(event)));
    };
    on('signalingstatechange', () => ['signaling', connection.signalingState]);
    on('connectionstatechange', () => [connection.connectionState]);
    on('iceconnectionstatechange', () => ['ice', connection.iceConnectionState]);
    on('icegatheringstatechange', () => ['gathering', connection.iceGatheringState]);
    on('icecandidate', (event) => [
      'found',
      (event as RTCPeerConnectionIceEvent).candidate?.candidate ?? 'all',
    ]);
    return name;
  };

  /** Notes each call of a method: what it is given, and once that is done, what came of it. */
  const noteCalls = (
    method: keyof RTCPeerConnection,
    given: (argument: unknown) => string,
    done?: (connection: RTCPeerConnection) => string,
  ): void => {
    const { prototype } = RTCPeerConnection;
    const original = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
    Reflect.set(prototype, method, function (this: RTCPeerConnection, ...args: unknown[]) {
      const name = nameOf(this);
      note(name, given(args[0]));
      const result = Reflect.apply(original, this, args);
      if (done && result instanceof Promise) {
        const noteDone = (): void => note(name, done(this));
        result.then(noteDone, noteDone);
      }
      return result;
    });
  };
  noteCalls(
    'setLocalDescription',
    () => 'describes itself',
    ({ localDescription }) => `is ${described(localDescription)}`,
  );
  noteCalls(
    'setRemoteDescription',
    (description) => `is told ${described(description as RTCSessionDescriptionInit)}`,
    () => 'has taken it',
  );
  noteCalls(
    'addIceCandidate',
    (candidate) => `is told ${(candidate as RTCIceCandidateInit | null)?.candidate ?? 'all'}`,
  );
  noteCalls('close', () => 'closed');

  window.addEventListener(
    'click',
    ({ target }) => note('click', target instanceof Element ? target.textContent.trim() : ''),
    { capture: true },
  );
  const listen = (): void => {
    window.parley.on((event) => note('hears', event.type, JSON.stringify(event).slice(0, 300)));
  };
  if (document.readyState === 'loading') window.addEventListener('DOMContentLoaded', listen);
  else listen();
}
