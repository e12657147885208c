// The text Electron puts in front of its fuses so that tools can find them in the executable.
const SENTINEL = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');

/** Positions of the fuses (Electron's fuse wire, version 1). */
export const FUSE = Object.freeze({
  runAsNode: 0,
  cookieEncryption: 1,
  nodeOptions: 2,
  nodeCliInspect: 3,
  asarIntegrity: 4,
  onlyLoadAppFromAsar: 5,
  browserSnapshot: 6,
  fileProtocolPrivileges: 7,
});

/**
 * Sets fuses in an Electron executable held in memory. The wire is one byte of version, one of
 * length, then a character a fuse: '0' off, '1' on, 'r' removed.
 * @param {Buffer} executable changed in place
 * @param {Record<number, boolean>} wanted fuse position to state
 */
export function setFuses(executable, wanted) {
  const wire = findWire(executable);
  for (const [position, on] of Object.entries(wanted)) {
    if (Number(position) >= wire.length) throw new Error(`this Electron has no fuse ${position}`);
    wire[Number(position)] = (on ? '1' : '0').charCodeAt(0);
  }
}

/**
 * Reads the fuses of an Electron executable held in memory.
 * @param {Buffer} executable
 * @returns {string} one character a fuse, in order
 */
export function readFuses(executable) {
  return findWire(executable).toString('latin1');
}

/** @param {Buffer} executable */
function findWire(executable) {
  const at = executable.indexOf(SENTINEL);
  if (at < 0) throw new Error('no fuses found: not an Electron executable');
  const start = at + SENTINEL.length;
  const length = executable[start + 1] ?? 0;
  if (executable[start] !== 1) throw new Error('unknown version of the fuse wire');
  return executable.subarray(start + 2, start + 2 + length);
}
