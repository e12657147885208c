const BLOCK = 512;

/**
 * Finds one file in an uncompressed tar archive (POSIX ustar) held in memory.
 * @param {Buffer} archive
 * @param {(name: string) => boolean} wanted
 * @returns {Buffer} a view on the archive, not a copy
 */
export function readTarFile(archive, wanted) {
  for (let at = 0; at + BLOCK <= archive.length;) {
    const name = text(archive, at, 100);
    // An archive ends in empty blocks.
    if (name === '') break;
    const size = Number.parseInt(text(archive, at + 124, 12).trim(), 8);
    if (!Number.isFinite(size)) throw new Error('damaged tar archive');
    const start = at + BLOCK;
    if (wanted(name)) {
      if (start + size > archive.length) throw new Error('tar archive is cut short');
      return archive.subarray(start, start + size);
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error('the wanted file is not in the tar archive');
}

/**
 * @param {Buffer} archive
 * @param {number} at
 * @param {number} length
 */
function text(archive, at, length) {
  const field = archive.toString('latin1', at, at + length);
  const end = field.indexOf('\0');
  return end < 0 ? field : field.slice(0, end);
}
