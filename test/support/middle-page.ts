/**
 * What somebody in the middle does in their browser: two connections with real certificates, one to each side, and
 * whatever comes in by one goes out by the other.
 */
import type { Person } from './people';

/** What the middle's page can be asked for; a side is named by its member id. */
interface Middle {
  /** Of the certificate that both sides are shown. */
  fingerprint: string;
  /** Takes a side's offer. @returns the offer for the other side */
  offer(from: string, to: string, sdp: string): Promise<string>;
  /** Takes a side's answer. @returns the answer for the side that offered */
  answer(from: string, to: string, sdp: string): Promise<string>;
  candidate(from: string, candidate: RTCIceCandidateInit | null): Promise<void>;
  say(to: string, text: string): void;
  /** Of pictures and sound that came from this side. */
  heard(from: string): Promise<{ frames: number; packets: number }>;
}

declare global {
  interface Window {
    parleyTestMiddle?: Middle;
    /** Called with what a side says over its data channel, and `open` when it can be spoken to. */
    parleyTestSaid?: (from: string, text: string | null) => Promise<void>;
  }
}

/** Runs in the page: makes its {@link Middle}. */
async function becomeMiddle(): Promise<string> {
  const certificate = await RTCPeerConnection.generateCertificate({
    name: 'ECDSA',
    namedCurve: 'P-256',
  } as AlgorithmIdentifier);
  const sha256 = certificate.getFingerprints().find(({ algorithm }) => algorithm === 'sha-256');
  const legs = new Map<string, { connection: RTCPeerConnection; channel: RTCDataChannel }>();

  const leg = (side: string): RTCPeerConnection => {
    legs.get(side)?.connection.close();
    const connection = new RTCPeerConnection({ certificates: [certificate], bundlePolicy: 'max-bundle' });
    const channel = connection.createDataChannel('parley', { negotiated: true, id: 0 });
    channel.onopen = () => void window.parleyTestSaid?.(side, null);
    channel.onmessage = ({ data }) => void window.parleyTestSaid?.(side, String(data));
    legs.set(side, { connection, channel });
    return connection;
  };
  const connectionTo = (side: string): RTCPeerConnection => {
    const found = legs.get(side);
    if (!found) throw new Error('nothing was offered');
    return found.connection;
  };
  const complete = async (connection: RTCPeerConnection): Promise<string> => {
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete')
      await new Promise((resolve) =>
        connection.addEventListener('icegatheringstatechange', resolve, { once: true }),
      );
    return connection.localDescription?.sdp ?? '';
  };
  /** What one side sends goes to the other; something has to play it, or it does not flow. */
  const relay = async (from: RTCPeerConnection, to: RTCPeerConnection): Promise<void> => {
    for (const [index, { receiver }] of from.getTransceivers().entries()) {
      await to.getTransceivers()[index]?.sender.replaceTrack(receiver.track);
      const element = document.createElement(receiver.track.kind === 'audio' ? 'audio' : 'video');
      element.muted = true;
      element.srcObject = new MediaStream([receiver.track]);
      void element.play().catch(() => undefined);
    }
  };

  window.parleyTestMiddle = {
    fingerprint: sha256?.value?.toUpperCase() ?? '',
    async offer(from, to, sdp) {
      const [offerer, answerer] = [leg(from), leg(to)];
      await offerer.setRemoteDescription({ type: 'offer', sdp });
      for (const transceiver of offerer.getTransceivers()) transceiver.direction = 'sendrecv';
      for (const { receiver } of offerer.getTransceivers())
        answerer.addTransceiver(receiver.track.kind, { streams: [new MediaStream()] });
      await relay(offerer, answerer);
      await relay(answerer, offerer);
      return complete(answerer);
    },
    async answer(from, to, sdp) {
      await connectionTo(from).setRemoteDescription({ type: 'answer', sdp });
      return complete(connectionTo(to));
    },
    async candidate(from, candidate) {
      await legs
        .get(from)
        ?.connection.addIceCandidate(candidate ?? undefined)
        .catch(() => undefined);
    },
    say(to, text) {
      const channel = legs.get(to)?.channel;
      if (channel?.readyState === 'open') channel.send(text);
    },
    async heard(from) {
      const heard = { frames: 0, packets: 0 };
      for (const stat of (
        (await legs.get(from)?.connection.getStats()) ?? new Map<string, object>()
      ).values()) {
        const {
          type,
          framesDecoded = 0,
          packetsReceived = 0,
        } = stat as {
          type?: string;
          framesDecoded?: number;
          packetsReceived?: number;
        };
        if (type !== 'inbound-rtp') continue;
        heard.frames += framesDecoded;
        heard.packets += packetsReceived;
      }
      return heard;
    },
  };
  return window.parleyTestMiddle.fingerprint;
}

/** A page in the middle, driven from outside. */
export class MiddlePage {
  readonly fingerprint: string;
  readonly #page: Person['page'];

  private constructor(page: Person['page'], fingerprint: string) {
    this.#page = page;
    this.fingerprint = fingerprint;
  }

  /**
   * @param said hears what a side says over its data channel, in order; `null`: that channel is open
   */
  static async open(
    { page }: Person,
    said: (from: string, text: string | null) => void,
  ): Promise<MiddlePage> {
    await page.exposeFunction('parleyTestSaid', said);
    return new MiddlePage(page, await page.evaluate(becomeMiddle));
  }

  offer(...args: [from: string, to: string, sdp: string]): Promise<string> {
    return this.#page.evaluate((each) => window.parleyTestMiddle?.offer(...each) ?? '', args);
  }

  answer(...args: [from: string, to: string, sdp: string]): Promise<string> {
    return this.#page.evaluate((each) => window.parleyTestMiddle?.answer(...each) ?? '', args);
  }

  async candidate(...args: [from: string, candidate: RTCIceCandidateInit | null]): Promise<void> {
    await this.#page.evaluate((each) => window.parleyTestMiddle?.candidate(...each), args);
  }

  /** Nothing happens where the page is gone, at the end of a test. */
  async say(...args: [to: string, text: string]): Promise<void> {
    await this.#page.evaluate((each) => window.parleyTestMiddle?.say(...each), args).catch(() => undefined);
  }

  heard(from: string): Promise<{ frames: number; packets: number }> {
    return this.#page.evaluate(
      async (each) => (await window.parleyTestMiddle?.heard(each)) ?? { frames: 0, packets: 0 },
      from,
    );
  }
}
