import type { Person } from './people';

declare global {
  interface Window {
    /** What the page heard and did to connect, a line each, since it was last forgotten. */
    parleyTestTimeline?: string[];
  }
}

/** Starts a page anew that notes what it hears and does to connect, for a test that fails to tell. */
export async function keepTimeline({ page }: Person): Promise<void> {
  await page.addInitScript(noteAll);
  await page.reload();
}

/** Begins the timelines of these people again. */
export async function forgetTimeline(...people: readonly Person[]): Promise<void> {
  await Promise.all(people.map(({ page }) => page.evaluate(() => window.parleyTestTimeline?.splice(0))));
}

/** What these people's pages did, in the order it happened, a line each: milliseconds, who, what. */
export async function timelineOf(...people: readonly Person[]): Promise<string> {
  const noted = await Promise.all(
    people.map(async ({ page, name }) => {
      const lines = await page.evaluate(() => window.parleyTestTimeline ?? []);
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

/** Runs in the page, before anything of ours. */
function noteAll(): void {
  const lines: string[] = [];
  window.parleyTestTimeline = lines;
  const note = (...what: (string | undefined)[]): void => {
    // One clock for all pages.
    lines.push([performance.timeOrigin + performance.now(), ...what].join(' '));
  };
  const described = (description: RTCSessionDescriptionInit | null): string => {
    const { type = 'nothing', sdp = '' } = description ?? {};
    return [type, ...(/a=setup:\S+/.exec(sdp) ?? []), ...(/a=ice-ufrag:\S+/.exec(sdp) ?? [])].join(' ');
  };

  let count = 0;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    readonly #name: string;

    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      count += 1;
      this.#name = `connection ${String(count)}`;
      note(this.#name, 'made');
      this.addEventListener('signalingstatechange', () => note(this.#name, 'signaling', this.signalingState));
      this.addEventListener('connectionstatechange', () => note(this.#name, this.connectionState));
      this.addEventListener('iceconnectionstatechange', () =>
        note(this.#name, 'ice', this.iceConnectionState),
      );
      this.addEventListener('icecandidate', ({ candidate }) =>
        note(this.#name, 'found', candidate?.candidate ?? 'all'),
      );
    }

    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      note(this.#name, 'describes itself');
      await super.setLocalDescription(description);
      note(this.#name, 'is', described(this.localDescription));
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      note(this.#name, 'is told', described(description));
      await super.setRemoteDescription(description);
      note(this.#name, 'has taken it');
    }

    override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      note(this.#name, 'is told', candidate?.candidate ?? 'all');
      await super.addIceCandidate(candidate ?? undefined);
    }

    override close(): void {
      note(this.#name, 'closed');
      super.close();
    }
  };

  window.addEventListener(
    'click',
    ({ target }) => note('click', target instanceof Element ? target.textContent.trim() : ''),
    { capture: true },
  );
  window.addEventListener('DOMContentLoaded', () => {
    window.parley.on((event) => note('hears', event.type, JSON.stringify(event).slice(0, 300)));
  });
}
