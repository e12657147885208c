/**
 * Makes an asar archive, the one-file folder Electron loads an app from: a pickled header
 * (four little-endian 32-bit sizes, then JSON, padded to four bytes) and the files one after another.
 * @param {Record<string, Buffer>} files flat, without folders
 * @returns {Buffer}
 */
export function makeAsar(files) {
  /** @type {Record<string, {size: number, offset: string}>} */
  const index = {};
  let offset = 0;
  for (const [name, bytes] of Object.entries(files)) {
    index[name] = { size: bytes.length, offset: String(offset) };
    offset += bytes.length;
  }
  const json = Buffer.from(JSON.stringify({ files: index }));
  const padding = (4 - (json.length % 4)) % 4;
  const sizes = Buffer.alloc(16);
  sizes.writeUInt32LE(4, 0);
  sizes.writeUInt32LE(json.length + padding + 8, 4);
  sizes.writeUInt32LE(json.length + padding + 4, 8);
  sizes.writeUInt32LE(json.length, 12);
  return Buffer.concat([sizes, json, Buffer.alloc(padding), ...Object.values(files)]);
}
