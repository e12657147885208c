import { crc32, inflateRawSync } from 'node:zlib';

/**
 * @typedef {object} ZipEntry
 * @property {string} name path inside the archive; folders end in a slash
 * @property {number} mode Unix permission bits, 0 when the archive carries none
 * @property {() => Buffer} read unpacks the entry; throws on a damaged or unsupported one
 */

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const LONGEST_COMMENT = 0xffff;

/**
 * Lists the entries of a zip archive held in memory, from its central directory (APPNOTE 4.3.12).
 * Zip64 and encryption are refused: what we read needs neither.
 * @param {Buffer} archive
 * @returns {ZipEntry[]}
 */
export function readZip(archive) {
  const end = findEndOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new Error('zip64 archives are not supported');
  const entries = [];
  for (let i = 0; i < count; i++) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('damaged zip directory');
    const nameLength = archive.readUInt16LE(at + 28);
    entries.push(directoryEntry(archive, at, nameLength));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

/** @param {Buffer} archive */
function findEndOfDirectory(archive) {
  const first = Math.max(0, archive.length - 22 - LONGEST_COMMENT);
  for (let at = archive.length - 22; at >= first; at--)
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  throw new Error('not a zip archive, or cut short');
}

/**
 * @param {Buffer} archive
 * @param {number} at
 * @param {number} nameLength
 * @returns {ZipEntry}
 */
function directoryEntry(archive, at, nameLength) {
  const flags = archive.readUInt16LE(at + 8);
  const method = archive.readUInt16LE(at + 10);
  const checksum = archive.readUInt32LE(at + 16);
  const packedSize = archive.readUInt32LE(at + 20);
  const localAt = archive.readUInt32LE(at + 42);
  const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
  return {
    name,
    mode: archive.readUInt16LE(at + 40) & 0o777,
    read() {
      if (flags & 1) throw new Error(`${name} is encrypted`);
      if (archive.readUInt32LE(localAt) !== LOCAL_ENTRY) throw new Error(`${name} is damaged`);
      // The local header's name and extra field may differ in length from the directory's.
      const start = localAt + 30 + archive.readUInt16LE(localAt + 26) + archive.readUInt16LE(localAt + 28);
      const bytes = unpack(name, method, archive.subarray(start, start + packedSize));
      if (crc32(bytes) !== checksum) throw new Error(`${name} is damaged`);
      return bytes;
    },
  };
}

/**
 * @param {string} name
 * @param {number} method
 * @param {Buffer} packed
 */
function unpack(name, method, packed) {
  if (method === 0) return packed;
  if (method === 8) return inflateRawSync(packed);
  throw new Error(`${name} uses zip method ${method}, which is not supported`);
}
