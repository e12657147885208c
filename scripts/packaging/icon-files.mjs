/** @typedef {{size: number, png: Buffer}} Picture a square picture, its size in pixels */

// What macOS calls the PNG of a size; where two names share a size, one is for screens of double density.
const ICNS_TYPES = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

/**
 * Makes a Windows icon: a directory of pictures, each a whole PNG.
 * @param {readonly Picture[]} pictures up to 256 pixels
 * @returns {Buffer}
 */
export function makeIco(pictures) {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length + 16 * pictures.length;
  const entries = pictures.map(({ size, png }) => {
    const entry = Buffer.alloc(16);
    // One byte a side, so 256 is written as 0.
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...pictures.map(({ png }) => png)]);
}

/**
 * Makes a macOS icon: chunks of a four-letter type, a big-endian length that counts itself, and a PNG.
 * @param {readonly Picture[]} pictures
 * @returns {Buffer}
 */
export function makeIcns(pictures) {
  const chunks = ICNS_TYPES.flatMap(([type, size]) => {
    const png = pictures.find((picture) => picture.size === size)?.png;
    return png ? [chunk(String(type), png)] : [];
  });
  return chunk('icns', Buffer.concat(chunks));
}

/**
 * @param {string} type
 * @param {Buffer} content
 */
function chunk(type, content) {
  const header = Buffer.alloc(8);
  header.write(type, 0, 'latin1');
  header.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([header, content]);
}
