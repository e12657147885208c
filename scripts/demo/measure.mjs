/// <reference lib="dom" />
// Functions that run in the page of a Parley: each stands alone, for only its own text gets there.

/**
 * @typedef {object} Figures what one side gets of the other
 * @property {number} width pixels
 * @property {number} height pixels
 * @property {number} framesPerSecond
 * @property {number} frames decoded while measuring
 * @property {number} audioPackets received while measuring
 * @property {number | null} roundTripMs
 */

/** @typedef {Window & {demoConnections?: Set<RTCPeerConnection>, demoFirstFrameMs?: Promise<number>}} DemoWindow */

/** Remembers every peer connection from now on. */
export function keepPeerConnections() {
  /** @type {Set<RTCPeerConnection>} */
  const connections = new Set();
  /** @type {DemoWindow} */ (window).demoConnections = connections;
  // The page has taken the constructor already, but a method is looked up at each call, and every
  // connection makes its data channel first.
  const { prototype } = RTCPeerConnection;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the right `this` below
  const original = prototype.createDataChannel;
  /**
   * @this {RTCPeerConnection}
   * @param {string} label
   * @param {RTCDataChannelInit} [options]
   */
  prototype.createDataChannel = function (label, options) {
    connections.add(this);
    return original.call(this, label, options);
  };
}

/** Begins to measure from the last click to the first frame of the other's picture. */
export function watchFirstFrame() {
  let clickedAt = 0;
  addEventListener('click', () => (clickedAt = performance.now()), true);
  /** @type {DemoWindow} */ (window).demoFirstFrameMs = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      const video = document.querySelector('[data-testid="remote-video"]');
      if (!(video instanceof HTMLVideoElement)) return;
      observer.disconnect();
      video.requestVideoFrameCallback((now) => {
        resolve(now - clickedAt);
      });
    }).observe(document.body, { childList: true, subtree: true });
  });
}

/** @returns {Promise<number>} milliseconds; waits for the frame, at most 30 s */
export function clickToFirstFrame() {
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    setTimeout(() => {
      reject(new Error('No picture of the other came within 30 s.'));
    }, 30_000);
  });
  return Promise.race([/** @type {DemoWindow} */ (window).demoFirstFrameMs ?? late, late]);
}

/**
 * Measures what arrives for a while.
 * @param {number} forMs
 * @returns {Promise<Figures>}
 */
export async function measure(forMs) {
  const read = async () => {
    const found = { width: 0, height: 0, frames: 0, audioPackets: 0, at: performance.now() };
    /** @type {number | null} */
    let roundTripMs = null;
    for (const connection of /** @type {DemoWindow} */ (window).demoConnections ?? []) {
      if (connection.connectionState !== 'connected') continue;
      /** @type {Record<string, string | number | boolean | undefined>[]} */
      const reports = [];
      const collect = (/** @type {Record<string, string | number | boolean | undefined>} */ report) => {
        reports.push(report);
      };
      (await connection.getStats()).forEach(collect);
      for (const report of reports) {
        if (report.type === 'inbound-rtp' && report.kind === 'audio')
          found.audioPackets += Number(report.packetsReceived);
        if (report.type === 'inbound-rtp' && report.kind === 'video' && report.framesDecoded) {
          found.frames += Number(report.framesDecoded);
          found.width = Number(report.frameWidth);
          found.height = Number(report.frameHeight);
        }
        if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime !== undefined)
          roundTripMs = Number(report.currentRoundTripTime) * 1000;
      }
    }
    return { ...found, roundTripMs };
  };
  const before = await read();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const { at, width, height, roundTripMs, ...after } = await read();
  const frames = after.frames - before.frames;
  const framesPerSecond = frames / ((at - before.at) / 1000);
  const audioPackets = after.audioPackets - before.audioPackets;
  return { width, height, roundTripMs, frames, framesPerSecond, audioPackets };
}
