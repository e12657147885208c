import type { Person } from './people';

declare global {
  interface Window {
    /** Every connection the page ever made, kept by the test. */
    parleyTestConnections?: RTCPeerConnection[];
    /** Descriptions of the other side that the page applied. */
    parleyTestApplied?: number;
  }
}

/** What a page has done to connect. */
export interface Connections {
  /** Of each connection it ever made. */
  states: RTCPeerConnectionState[];
  /** Descriptions of the other side that were applied. */
  applied: number;
  /** Of tracks it sends at present, over all connections. */
  tracks: number;
  /** Of sound and picture, in both directions. */
  packets: number;
}

/** Starts a page anew that counts what it does to connect. */
export async function watchConnections({ page }: Person): Promise<void> {
  await page.addInitScript(keepConnections);
  await page.reload();
}

export function connectionsOf({ page }: Person): Promise<Connections> {
  return page.evaluate(async () => {
    const connections = window.parleyTestConnections ?? [];
    const senders = connections.flatMap((connection) =>
      connection.signalingState === 'closed' ? [] : connection.getSenders(),
    );
    let packets = 0;
    for (const connection of connections) {
      for (const stat of (await connection.getStats()).values()) {
        const {
          type,
          packetsSent = 0,
          packetsReceived = 0,
        } = stat as Record<string, unknown> & {
          packetsSent?: number;
          packetsReceived?: number;
        };
        if (type === 'outbound-rtp') packets += packetsSent;
        if (type === 'inbound-rtp') packets += packetsReceived;
      }
    }
    return {
      states: connections.map(({ connectionState }) => connectionState),
      applied: window.parleyTestApplied ?? 0,
      tracks: senders.filter(({ track }) => track !== null).length,
      packets,
    };
  });
}

/** Runs in the page, before anything of ours. */
function keepConnections(): void {
  const kept: RTCPeerConnection[] = [];
  window.parleyTestConnections = kept;
  window.parleyTestApplied = 0;
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.push(this);
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      window.parleyTestApplied = (window.parleyTestApplied ?? 0) + 1;
      await super.setRemoteDescription(description);
    }
  };
}
