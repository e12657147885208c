import { beforeEach, describe, expect, test } from 'vitest';
import type { IceServer, Signal } from '../../../../main/signaling/protocol';
import { Peer, type PeerStart } from '../../../../renderer/call/peer';
import { EXCHANGE_MS, type SafetyCodeState } from '../../../../renderer/call/safety-code';
import { FakeClock } from '../../../support/fake-clock';
import { FakeTrack, newFakeStream } from '../../../support/fake-media-devices';
import { FakeNetwork, type FakePeerConnection } from '../../../support/fake-peer-connection';
import { hashed, watchHashing } from '../../../support/hashing';

watchHashing();

const VP8: RTCRtpCodec = { mimeType: 'video/VP8', clockRate: 90_000 };

let clock: FakeClock;
let network: FakeNetwork;

beforeEach(() => {
  clock = new FakeClock();
  network = new FakeNetwork(clock);
});

/** One end, with everything it has said. */
class End {
  readonly sent: Signal[] = [];
  readonly said: string[] = [];
  readonly handedOver: Signal[] = [];
  other: End | null = null;
  /** Signals it sends get lost. */
  cutOff = false;
  /** How long they take. */
  postMs = 1;
  alive = false;
  safety: SafetyCodeState = { state: 'none' };
  readonly peer: Peer;
  readonly relayOnly: boolean;
  /** How the app answers when it is asked for fresh ICE servers. */
  fresh: () => Promise<IceServer[]> = () => Promise.resolve([]);

  constructor(start: Partial<PeerStart> | null, { relayOnly = false, offersSoon = false } = {}) {
    this.relayOnly = relayOnly;
    this.peer = new Peer({
      connection: network.Connection,
      newStream: () => newFakeStream(),
      clock,
      wallClock: () => clock.now(),
      iceServers: [],
      offersSoon,
      videoCodecs: [VP8],
      relayOnly: this.relayOnly,
      freshIceServers: () => this.fresh(),
      events: {
        send: (signal) => {
          this.sent.push(signal);
          if (!this.cutOff) clock.after(this.postMs, () => this.other?.peer.receive(signal));
        },
        callSettled: () => this.said.push('settled'),
        exchanged: () => this.said.push('exchanged'),
        pathChanged: (alive) => {
          this.alive = alive;
          this.said.push(alive ? 'alive' : 'dead');
        },
        mediaStated: ({ muted, cameraOff }) => this.said.push(`muted ${muted}, camera off ${cameraOff}`),
        safetyCodeChanged: (state) => (this.safety = state),
        relayRefused: () => this.said.push('relay refused'),
        bye: (reason) => this.said.push(reason ? `bye: ${reason}` : 'bye'),
        restarted: (signals) => {
          this.said.push('restarted');
          this.handedOver.push(...signals);
        },
        impostor: () => this.said.push('impostor'),
        badMessage: () => this.said.push('bad message'),
      },
    });
    if (start) this.begin(start);
  }

  begin(start: Partial<PeerStart>): void {
    this.peer.begin({
      polite: false,
      plain: false,
      offers: false,
      iceServers: [],
      fingerprint: null,
      ...start,
    });
  }

  get fake(): FakePeerConnection {
    return this.peer.connection as unknown as FakePeerConnection;
  }

  get descriptions(): string[] {
    return this.sent.flatMap((signal) => ('description' in signal ? signal.description.type : []));
  }

  count(event: string): number {
    return this.said.filter((each) => each === event).length;
  }
}

function pair(a: Partial<PeerStart>, b: Partial<PeerStart>): [End, End] {
  const [first, second] = [new End(null), new End(null)];
  first.other = second;
  second.other = first;
  first.begin(a);
  second.begin(b);
  return [first, second];
}

async function connected(): Promise<[End, End]> {
  const [host, guest] = pair({ polite: true }, { offers: true });
  await clock.until(() => host.alive && guest.alive);
  // Past the last candidate.
  await clock.advance(1000);
  return [host, guest];
}

const RENEWED: IceServer[] = [{ urls: ['turn:turn.example'], username: '2:m', credential: 'new' }];

const offerOf = (signal: Signal | undefined): string =>
  signal && 'description' in signal ? signal.description.sdp : '';

describe('between two Parleys', () => {
  test('one offer and one answer agree on audio, video, screen and a channel', async () => {
    const [host, guest] = await connected();
    expect([guest.descriptions, host.descriptions]).toEqual([['offer'], ['answer']]);
    for (const { fake, peer } of [host, guest]) {
      const transceivers = fake.getTransceivers();
      expect(transceivers.map(({ kind }) => kind)).toEqual(['audio', 'video', 'video']);
      expect(transceivers.every(({ currentDirection }) => currentDirection === 'sendrecv')).toBe(true);
      const [audio, video, screen] = transceivers.map(({ sender }) =>
        sender.streams.map(({ id }) => id).join(),
      );
      expect(audio).toBe(video);
      expect(screen).not.toBe(audio);
      expect(peer.remoteSound.getTracks().map(({ kind }) => kind)).toEqual(['audio']);
      expect(peer.remotePicture.getTracks().map(({ kind }) => kind)).toEqual(['video']);
    }
    expect(guest.fake.getTransceivers().map(({ codecs }) => codecs)).toEqual([[], [VP8], [VP8]]);
    expect(host.peer.call).toBe(guest.peer.call);
    expect(guest.sent.map(({ n }) => n)).toEqual([...guest.sent.keys()]);
  });

  test('tracks come, change and go without another offer', async () => {
    const [host, guest] = await connected();
    const track = new FakeTrack('video');
    for (const value of [track, new FakeTrack('video'), null])
      guest.peer.setTrack('video', value as unknown as MediaStreamTrack | null);
    guest.peer.setTrack('screen', track as unknown as MediaStreamTrack);
    await clock.advance(1000);
    const sent = guest.fake.getTransceivers().map(({ sender }) => sender.track);
    expect(sent).toEqual([null, null, track]);
    expect([guest.descriptions, host.descriptions]).toEqual([['offer'], ['answer']]);
  });

  test('each knows what the other shows, also what was said before the channel was open', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    guest.peer.stateMedia({ muted: true, cameraOff: false });
    await clock.until(() => host.said.includes('muted true, camera off false'));
    guest.peer.stateMedia({ muted: false, cameraOff: true });
    await clock.until(() => host.said.includes('muted false, camera off true'));
  });

  test('the sent video is bounded', async () => {
    const [host] = await connected();
    expect(host.fake.getTransceivers()[1]?.sender.parameters).toMatchObject({
      encodings: [{ maxBitrate: 2_500_000 }],
      degradationPreference: 'maintain-framerate',
    });
  });

  test('the received description is tuned', async () => {
    const [host, guest] = await connected();
    expect(host.fake.remoteDescription?.sdp).toContain('x-google-start-bitrate');
    expect(guest.fake.remoteDescription?.sdp).toContain('usedtx=1');
  });

  test('servers that are known late are used', () => {
    const end = new End(null);
    end.begin({ iceServers: [{ urls: ['stun:stun.example:3478'] }] });
    expect(end.fake.configuration.iceServers).toEqual([{ urls: ['stun:stun.example:3478'] }]);
    end.peer.close();
  });

  test('nothing is gathered that an answer would throw away', () => {
    const ends = [new End(null), new End({ offers: true })];
    for (const { fake, peer } of ends) {
      expect(fake.configuration.iceCandidatePoolSize ?? 0).toBe(0);
      peer.close();
    }
  });

  test('a server that is refused does not take the others with it', () => {
    const end = new End({ iceServers: [{ urls: ['turn:turn.example'] }, { urls: ['stun:stun.example'] }] });
    expect(end.fake.configuration.iceServers).toEqual([{ urls: ['stun:stun.example'] }]);
    end.peer.close();
    expect(network.open).toEqual([]);
  });

  test('media goes any way there is, or through relays only', () => {
    const ends = [new End({}), new End({}, { relayOnly: true })];
    expect(ends.map(({ fake }) => fake.configuration.iceTransportPolicy)).toEqual(['all', 'relay']);
    for (const { peer } of ends) peer.close();
  });

  test('a relay that refuses is told from one that is not there', () => {
    const end = new End({});
    const fails = (errorCode: number) =>
      end.fake.dispatchEvent(Object.assign(new Event('icecandidateerror'), { errorCode }));
    fails(701);
    expect(end.said).not.toContain('relay refused');
    fails(401);
    expect(end.said).toContain('relay refused');
    end.peer.close();
  });

  test('renewed servers change nothing else, and one that is refused is left out', async () => {
    const [host] = await connected();
    const before = host.fake.configuration;
    host.peer.useIceServers([...RENEWED, { urls: ['turn:no-password.example'] }]);
    expect(host.fake.configuration).toEqual({ ...before, iceServers: RENEWED });
    expect(host.descriptions).toEqual(['answer']);
  });

  test('who waits in vain for an offer makes one', async () => {
    const [host] = pair({ polite: true }, {});
    await clock.advance(3999);
    expect(host.sent).toEqual([]);
    await clock.until(() => host.alive);
  });
});

describe('an offer made ahead', () => {
  const ahead = async (): Promise<[End, End]> => {
    const [host, guest] = [new End({ polite: true }), new End(null, { offersSoon: true })];
    host.other = guest;
    guest.other = host;
    await clock.advance(1000);
    return [host, guest];
  };

  test('is kept until it is known to whom, then goes out at once with its candidates in it', async () => {
    const [host, guest] = await ahead();
    expect([guest.sent, guest.said]).toEqual([[], []]);
    guest.begin({ offers: true });
    expect(offerOf(guest.sent[0])).toContain('a=candidate:2 1 udp');
    expect(guest.sent.slice(1)).toMatchObject([{ candidate: null }]);
    await clock.until(() => host.alive && guest.alive);
    expect([guest.count('settled'), guest.descriptions, host.descriptions]).toEqual([
      1,
      ['offer'],
      ['answer'],
    ]);
    expect(host.fake.getTransceivers()).toHaveLength(3);
  });

  test('that is not ready yet goes out as soon as it is', async () => {
    const host = new End({ polite: true });
    const guest = new End({ offers: true }, { offersSoon: true });
    host.other = guest;
    guest.other = host;
    expect(guest.sent).toEqual([]);
    await clock.until(() => host.alive && guest.alive);
    expect(guest.descriptions).toEqual(['offer']);
  });

  test('gives way when the other one is to offer after all', async () => {
    const [host, guest] = await ahead();
    guest.begin({ polite: true });
    await clock.until(() => host.alive && guest.alive);
    expect([guest.descriptions, host.descriptions]).toEqual([['answer'], ['offer']]);
    expect(network.open).toHaveLength(2);
  });

  test('is made anew for a plain member', async () => {
    const guest = new End(null, { offersSoon: true });
    await clock.advance(1000);
    guest.begin({ plain: true, offers: true });
    await clock.until(() => guest.descriptions.includes('offer'));
    expect(offerOf(guest.sent[0]).match(/^m=\w+/gm)).toEqual(['m=audio', 'm=video']);
    guest.peer.close();
  });

  test('is made anew with servers that are known late', async () => {
    const [host, guest] = await ahead();
    guest.begin({ offers: true, iceServers: [{ urls: ['stun:stun.example:3478'] }] });
    expect(guest.sent).toEqual([]);
    await clock.until(() => host.alive && guest.alive);
    expect(guest.fake.configuration.iceServers).toHaveLength(1);
    expect(network.open).toHaveLength(2);
  });
});

describe('signals', () => {
  test('of which the first comes last are applied all the same', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    guest.cutOff = true;
    await clock.until(() => guest.sent.length === 4);
    for (const signal of guest.sent.toReversed()) host.peer.receive(signal);
    await clock.until(() => host.alive && guest.alive);
  });

  test('that got lost are said again, and the answer too', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    host.cutOff = true;
    await clock.until(() => host.sent.length === 4);
    host.cutOff = false;
    await clock.until(() => host.alive && guest.alive, 6000);
    expect(host.descriptions).toEqual(['answer', 'answer']);
    await clock.advance(60_000);
    expect(host.descriptions).toHaveLength(2);
  });

  test('that make no sense are reported once, and the next good offer still counts', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    guest.cutOff = true;
    await clock.until(() => guest.sent.length === 4);
    const call = 'bad';
    const bad = { type: 'offer', sdp: 'v=0\r\n' } as const;
    for (const n of [0, 1, 2]) host.peer.receive({ call, n, description: bad });
    host.peer.receive({
      call,
      n: 3,
      candidate: { candidate: 'nonsense', sdpMid: null, sdpMLineIndex: null },
    });
    host.peer.receive({ call, n: 4, description: { type: 'offer', sdp: offerOf(guest.sent[0]) } });
    await clock.until(() => host.descriptions.includes('answer'));
    expect(host.count('bad message')).toBe(1);
  });

  test('of an answer nobody waits for change nothing', async () => {
    const [host, guest] = await connected();
    const [answer] = host.sent;
    const again = {
      call: guest.peer.call,
      n: host.sent.length,
      description: { type: 'answer', sdp: offerOf(answer) },
    };
    guest.peer.receive(again as Signal);
    await clock.advance(1000);
    expect([guest.alive, guest.count('bad message'), guest.fake.signalingState]).toEqual([true, 0, 'stable']);
  });
});

describe('two calls at once', () => {
  const foreign = (from: End): Signal[] => from.sent.map((signal) => ({ ...signal, call: 'other' }));

  test('become one when both offer first', async () => {
    const [host, guest] = pair({ polite: true, offers: true }, { offers: true });
    const call = guest.peer.call;
    await clock.until(() => host.alive && guest.alive);
    expect([host.peer.call, guest.peer.call]).toEqual([call, call]);
    expect(host.fake.getTransceivers()).toHaveLength(3);
    expect(network.open).toHaveLength(2);
  });

  test('become one also where an offer came too late and the path later still', async () => {
    const evaluate = network.evaluate.bind(network);
    network.evaluate = () => void clock.after(7000, evaluate);
    const [host, guest] = pair({ polite: true }, { offers: true });
    // By then the host offers too.
    host.postMs = guest.postMs = 4100;
    await clock.until(() => host.alive && guest.alive);
    expect(host.peer.call).toBe(guest.peer.call);
    await clock.advance(60_000);
    expect([host, guest].map((end) => [end.count('restarted'), end.alive])).toEqual([
      [0, true],
      [0, true],
    ]);
  });

  test('of which nobody knows the older make the impolite side take the newer', async () => {
    const [impolite, newer] = [new End({ offers: true }), new End({ polite: true, offers: true })];
    newer.other = impolite;
    await clock.advance(2900);
    expect(impolite.descriptions).toEqual(['offer']);
    impolite.other = newer;
    await clock.until(() => impolite.alive && newer.alive, 5000);
    expect(impolite.peer.call).toBe(newer.peer.call);
  });

  test('are a restarted app when the path of the older is dead', async () => {
    const [host, guest] = await connected();
    network.cut(host.fake, guest.fake);
    await clock.until(() => !host.alive);
    for (const signal of foreign(guest)) host.peer.receive(signal);
    expect(host.count('restarted')).toBe(1);
    expect(host.handedOver[0]).toEqual(foreign(guest)[0]);
  });

  test('are a restarted app also when the older falls silent only afterwards', async () => {
    const [host, guest] = await connected();
    network.cut(host.fake, guest.fake);
    for (const signal of foreign(guest)) host.peer.receive(signal);
    expect(host.count('restarted')).toBe(0);
    await clock.until(() => host.count('restarted') === 1, 3000);
    expect(host.handedOver).toHaveLength(4);
  });

  test('are a restarted app also when the older has not found a path yet, once it offers a second time', async () => {
    network.evaluate = () => {};
    const [host, guest] = pair({ polite: true }, { offers: true });
    await clock.until(() => host.said.includes('exchanged'));
    for (const signal of foreign(guest)) host.peer.receive(signal);
    await clock.advance(5000);
    expect(host.count('restarted')).toBe(0);
    for (const signal of foreign(guest)) host.peer.receive(signal);
    await clock.until(() => host.count('restarted') === 1, 3001);
  });

  test('are a leftover while the older is alive', async () => {
    const [host, guest] = await connected();
    for (const signal of foreign(guest)) host.peer.receive(signal);
    await clock.advance(60_000);
    expect([host.count('restarted'), host.alive]).toEqual([0, true]);
  });
});

describe('the safety code', () => {
  /** The commits and the reveals each take a moment of the clock, and hashes in between. */
  async function exchanged(): Promise<void> {
    for (let step = 0; step < 4; step += 1) {
      await hashed();
      await clock.advance(2);
    }
  }

  async function compared(): Promise<[End, End]> {
    const ends = await connected();
    await exchanged();
    return ends;
  }

  test('is the same on both sides, and stays over an ICE restart', async () => {
    const [host, guest] = await compared();
    expect(host.safety.state).toBe('ready');
    expect(host.safety).toEqual(guest.safety);
    const before = host.safety;
    host.peer.connection.restartIce();
    await clock.advance(2 * EXCHANGE_MS);
    expect(host.descriptions).toEqual(['answer', 'offer']);
    expect([host.safety, guest.safety]).toEqual([before, before]);
  });

  test('is the same also where both offered first', async () => {
    const [host, guest] = pair({ polite: true, offers: true }, { offers: true });
    await clock.until(() => host.alive && guest.alive);
    await clock.advance(10);
    await exchanged();
    expect(host.safety.state).toBe('ready');
    expect(host.safety).toEqual(guest.safety);
  });

  test('is there also where the channel opens before the answer is said to be applied', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    const { fake } = guest;
    const apply = fake.setRemoteDescription.bind(fake);
    fake.setRemoteDescription = async (description) => {
      Object.defineProperty(fake, 'remoteDescription', { value: null, configurable: true });
      await apply(description);
      await new Promise<void>((resolve) => void clock.after(500, resolve));
      Reflect.deleteProperty(fake, 'remoteDescription');
    };
    await clock.until(() => host.alive && guest.alive);
    await exchanged();
    expect([host.safety.state, guest.safety.state]).toEqual(['exchanging', 'none']);
    await clock.advance(500);
    await exchanged();
    expect(host.safety.state).toBe('ready');
    expect(guest.safety).toEqual(host.safety);
  });

  test('is taken back when another certificate takes over the connection', async () => {
    const [host, guest] = await compared();
    host.peer.connection.restartIce();
    await clock.until(() => host.descriptions.includes('offer'));
    const offer = host.sent.at(-1);
    const sdp = offerOf(offer).replaceAll(/^(a=fingerprint:sha-256 )../gm, '$1FF');
    guest.peer.receive({ ...offer, description: { type: 'offer', sdp } } as Signal);
    await clock.until(() => guest.descriptions.includes('answer'));
    await clock.advance(10);
    expect(guest.safety).toEqual({ state: 'failed' });
  });

  test('does not exist where the other takes no part', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    // As an older Parley, which drops what it does not know.
    guest.fake.hear = () => undefined;
    host.fake.hear = () => undefined;
    await clock.until(() => host.alive && guest.alive);
    await clock.advance(10);
    expect(host.safety).toEqual({ state: 'exchanging' });
    await clock.advance(EXCHANGE_MS);
    expect([host.safety, guest.safety]).toEqual([{ state: 'none' }, { state: 'none' }]);
  });

  test('does not exist where a description has more than one fingerprint', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    guest.cutOff = true;
    await clock.until(() => guest.sent.length === 4);
    for (const signal of guest.sent) {
      const sdp = offerOf(signal).replace(/(a=fingerprint:sha-256 )../, '$1FF');
      host.peer.receive(
        'description' in signal ? { ...signal, description: { type: 'offer', sdp } } : signal,
      );
    }
    await clock.until(() => host.alive && guest.alive);
    await clock.advance(10);
    expect(host.safety).toEqual({ state: 'none' });
  });

  test('goes with its connection', async () => {
    const [host] = await compared();
    host.peer.close();
    expect(host.safety).toEqual({ state: 'none' });
  });
});

describe('the path', () => {
  test('that falls silent is dead within two and a half seconds, long before ICE says so', async () => {
    const [host, guest] = await connected();
    network.cut(host.fake);
    await clock.until(() => !host.alive && !guest.alive, 2501);
    expect(host.fake.connectionState).toBe('connected');
  });

  test('is mended by one ICE restart when it is there again, from one side', async () => {
    const [host, guest] = await connected();
    network.cut(host.fake);
    await clock.until(
      () => host.fake.connectionState === 'failed' && guest.fake.connectionState === 'failed',
    );
    network.heal();
    await clock.until(() => host.alive && guest.alive, 10_000);
    expect(host.fake.getTransceivers()).toHaveLength(3);
  });

  test('is looked for again with fresh servers', async () => {
    const [host, guest] = await connected();
    guest.fresh = () => Promise.resolve(RENEWED);
    network.cut(host.fake);
    await clock.until(() => guest.descriptions.length === 2);
    expect(guest.fake.configuration.iceServers).toEqual(RENEWED);
  });

  test('is looked for again without them where the app does not answer', async () => {
    const [host, guest] = await connected();
    guest.fresh = () => Promise.reject(new Error('no app'));
    network.cut(host.fake);
    await clock.until(() => guest.descriptions.length === 2, 4000);
  });

  test('is not looked for twice when the other side was quicker', async () => {
    const [host, guest] = await connected();
    guest.fresh = () => new Promise((resolve) => void clock.after(3000, () => resolve(RENEWED)));
    // Long enough ago that the first answer counts as no restart any more.
    await clock.advance(10_000);
    network.cut(host.fake);
    await clock.until(() => guest.descriptions.length === 2);
    await clock.advance(2500);
    expect([host.descriptions, guest.descriptions]).toEqual([
      ['answer', 'offer'],
      ['offer', 'answer'],
    ]);
    expect(guest.fake.configuration.iceServers).toEqual(RENEWED);
  });

  test('that ICE has found again is alive before anything is said on it', async () => {
    const [host, guest] = await connected();
    network.cut(guest.fake);
    await clock.until(() => host.fake.connectionState === 'disconnected' && !host.alive);
    // The ways of the channel are still closed.
    host.fake.comeBack();
    await clock.advance(0);
    expect(host.alive).toBe(true);
  });

  test('that ICE only believes to have found stays dead, and another app of the peer begins anew', async () => {
    const [host, guest] = await connected();
    network.cut(guest.fake);
    await clock.until(() => host.fake.connectionState === 'disconnected' && !host.alive);
    host.fake.become('connected');
    await clock.advance(0);
    expect(host.alive).toBe(false);
    host.peer.receive({ call: 'newer', n: 0, description: { type: 'offer', sdp: offerOf(guest.sent[0]) } });
    expect(host.count('restarted')).toBe(1);
  });

  test('that was only a hint is nobody’s business', async () => {
    const [host] = await connected();
    host.fake.become('disconnected');
    await clock.advance(1000);
    host.fake.become('connected');
    expect(host.said.filter((each) => each === 'alive' || each === 'dead')).toEqual(['alive']);
  });

  test('that was never found is tried a second time and no more', async () => {
    network.evaluate = () => {};
    const [host, guest] = pair({ polite: true }, { offers: true });
    await clock.advance(120_000);
    // Both sides have their one restart.
    expect(
      [...guest.descriptions, ...host.descriptions].filter((type) => type === 'offer').length,
    ).toBeLessThanOrEqual(3);
    expect(guest.descriptions.filter((type) => type === 'offer').length).toBeGreaterThanOrEqual(2);
  });
});

describe('toward a plain member', () => {
  const plain = { plain: true };

  test('the offer has audio and video with a stream, no screen, no channel, no last candidate', async () => {
    const end = new End({ ...plain, offers: true });
    await clock.advance(1000);
    const sections = offerOf(end.sent[0]).match(/^m=\w+/gm);
    expect(sections).toEqual(['m=audio', 'm=video']);
    expect(end.fake.getTransceivers().every(({ sender }) => sender.streams.length === 1)).toBe(true);
    // It may have nothing but H.264.
    expect(end.fake.getTransceivers().every(({ codecs }) => codecs.length === 0)).toBe(true);
    expect(end.sent.slice(1).every((signal) => 'candidate' in signal && signal.candidate !== null)).toBe(
      true,
    );
    expect(end.sent).toHaveLength(3);
    end.peer.close();
  });

  test('an offer is made when none has come within a second', async () => {
    const end = new End(plain);
    await clock.advance(999);
    expect(end.sent).toEqual([]);
    await clock.advance(20);
    expect(end.descriptions).toEqual(['offer']);
    end.peer.close();
  });

  test('its offer is answered as it came, and takes the place of ours', async () => {
    const [parley, page] = pair({ ...plain, offers: true }, { ...plain, offers: true });
    // This one does not yield: it offers once and waits for an answer.
    page.other = parley;
    parley.other = null;
    await clock.until(() => parley.descriptions.includes('answer'));
    expect(parley.fake.getTransceivers().map(({ currentDirection }) => currentDirection)).toEqual([
      'sendrecv',
      'sendrecv',
    ]);
    expect(parley.fake.remoteDescription?.sdp).toBe(offerOf(page.sent[0]));
  });

  test('a page that gives its offer up for ours is left to it', async () => {
    const parley = new End(plain);
    const page = new network.Connection();
    let n = 0;
    const say = (body: { description: RTCSessionDescription } | { candidate: RTCIceCandidate }) => {
      const signal = { call: 'page', n: n++, ...body } as Signal;
      clock.after(1, () => parley.peer.receive(signal));
    };
    page.addEventListener('icecandidate', ({ candidate }) => candidate && say({ candidate }));
    const describe = async () => {
      await page.setLocalDescription();
      if (page.localDescription) say({ description: page.localDescription });
    };
    // It takes what is said to it in turn, once it has offered.
    let last = new Promise<void>((resolve) => {
      clock.after(1500, () => {
        page.addTransceiver('audio');
        page.addTransceiver('video');
        resolve(describe());
      });
    });
    const failed: unknown[] = [];
    const hear = async (signal: Signal) => {
      if ('candidate' in signal && signal.candidate) {
        const { usernameFragment = null, ...rest } = signal.candidate;
        await page.addIceCandidate({ ...rest, usernameFragment });
      }
      if (!('description' in signal)) return;
      await page.setRemoteDescription(signal.description);
      if (signal.description.type === 'offer') await describe();
    };
    const receive = (signal: Signal) => {
      last = last.then(() => hear(signal)).catch((cause: unknown) => void failed.push(cause));
    };
    parley.other = { peer: { receive } } as unknown as End;
    await clock.until(() => parley.alive, 5000);
    await clock.advance(5000);
    expect([parley.descriptions, failed, page.connectionState]).toEqual([['offer'], [], 'connected']);
    parley.peer.close();
    page.close();
  });

  test('an offer with sound only is answered with sound, and a second one that adds video with both', async () => {
    const parley = new End(plain);
    const camera = new FakeTrack('video');
    parley.peer.setTrack('video', camera as unknown as MediaStreamTrack);
    const section = (kind: string, mid: number) =>
      [`m=${kind} 9 UDP/TLS/RTP/SAVPF 111`, 'a=ice-ufrag:u', `a=mid:${mid}`, 'a=sendrecv'].join('\r\n');
    const offer = (n: number, ...sections: string[]) => {
      const sdp = ['v=0', `o=- 77 ${n} IN IP4 127.0.0.1`, ...sections].join('\r\n');
      parley.peer.receive({ call: 'page', n, description: { type: 'offer', sdp } });
    };
    offer(0, section('audio', 0));
    await clock.until(() => parley.descriptions.length === 1);
    const [sound] = parley.peer.remoteSound.getTracks();
    expect(sound?.kind).toBe('audio');
    expect(parley.peer.remotePicture.getTracks()).toEqual([]);

    offer(1, section('audio', 0), section('video', 1));
    await clock.until(() => parley.descriptions.length === 2);
    expect(parley.descriptions).toEqual(['answer', 'answer']);
    const [audio, video] = parley.fake.getTransceivers();
    expect([audio?.currentDirection, video?.currentDirection]).toEqual(['sendrecv', 'sendrecv']);
    expect(parley.peer.remoteSound.getTracks()).toEqual([sound]);
    expect(parley.peer.remotePicture.getTracks()).toEqual([video?.receiver.track]);
    expect(video?.sender.track).toBe(camera);
    expect(video?.sender.parameters).toMatchObject({ encodings: [{ maxBitrate: 2_500_000 }] });
    parley.peer.close();
  });

  test('a page that begins anew is answered on a new connection', async () => {
    const [parley, page] = pair(plain, { ...plain, offers: true });
    await clock.until(() => parley.alive);
    const before = parley.peer.connection;
    page.peer.close();
    const again = new End(null);
    again.other = parley;
    parley.other = again;
    again.begin({ ...plain, offers: true });
    await clock.until(() => again.alive && parley.alive);
    expect(parley.peer.connection).not.toBe(before);
    expect(before.signalingState).toBe('closed');
  });

  test('nothing is repeated and no goodbye is said', async () => {
    const end = new End({ ...plain, offers: true });
    await clock.advance(30_000);
    end.peer.resend();
    await clock.run(end.peer.end());
    expect(end.descriptions).toEqual(['offer']);
    expect(end.sent.some((signal) => 'bye' in signal)).toBe(false);
  });
});

describe('the end', () => {
  test.each([
    ['over the channel', 50],
    ['by signal', 0],
  ])(
    'is heard once, though it comes both ways, first %s, and both let go of everything',
    async (_way, ms) => {
      const [host, guest] = await connected();
      guest.postMs = ms;
      const before = clock.now();
      const end = guest.peer.end();
      await clock.until(() => host.said.includes('bye'));
      expect(clock.now() - before).toBe(ms === 0 ? 0 : 1);
      host.peer.close();
      await clock.run(end);
      expect(clock.now() - before).toBeLessThan(100);
      expect(guest.sent.filter((signal) => 'bye' in signal)).toHaveLength(1);
      await clock.advance(10_000);
      expect([network.open, clock.pending, host.count('bye')]).toEqual([[], 0, 1]);
      for (const { remoteSound, remotePicture } of [host.peer, guest.peer])
        expect([...remoteSound.getTracks(), ...remotePicture.getTracks()]).toEqual([]);
    },
  );

  test('is said by signal before there is a channel, and heard by who has agreed on nothing', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    await clock.run(host.peer.end());
    await clock.until(() => guest.said.includes('bye'));
    guest.peer.close();
  });

  test('says why, where nobody hangs up', async () => {
    network.evaluate = () => {};
    const [host, guest] = pair({ polite: true }, { offers: true });
    await clock.until(() => guest.said.includes('exchanged'));
    await clock.run(guest.peer.end('peer-unreachable'));
    await clock.until(() => host.said.includes('bye: peer-unreachable'));
    host.peer.close();
  });

  test('is heard also where the channel loses it', async () => {
    const [host, guest] = await connected();
    network.cut(host.fake, guest.fake);
    const end = guest.peer.end();
    await clock.until(() => host.said.includes('bye'));
    await clock.run(end);
    host.peer.close();
  });

  test('takes 200 ms at most', async () => {
    const [host, guest] = await connected();
    network.cut(host.fake, guest.fake);
    const before = clock.now();
    await clock.run(guest.peer.end());
    expect(clock.now() - before).toBe(200);
    host.peer.close();
  });

  test('may come at any time and twice', async () => {
    const [host, guest] = pair({ polite: true }, { offers: true });
    await clock.advance(3);
    host.peer.close();
    host.peer.close();
    await clock.run(Promise.all([guest.peer.end(), guest.peer.end()]));
    for (const signal of guest.sent) host.peer.receive(signal);
    host.peer.begin({ polite: true, plain: false, offers: true, iceServers: [], fingerprint: null });
    host.peer.setTrack('audio', new FakeTrack('audio') as unknown as MediaStreamTrack);
    await clock.advance(60_000);
    expect([network.open, clock.pending]).toEqual([[], 0]);
  });
});
