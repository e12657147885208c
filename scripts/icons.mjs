// node scripts/icons.mjs: renders the SVG files in scripts/packaging to what the packages and the tray need, with
// librsvg (Debian: librsvg2-bin). To be run by hand after an SVG has changed; the rendered files are kept.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { makeIcns, makeIco } from './packaging/icon-files.mjs';
import { trayPictures } from './packaging/tray-icons.mjs';

const FOLDER = path.join(import.meta.dirname, 'packaging');
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Trays are 16 pixels high, on screens of double or triple density 32 or 48; Linux has all sizes up to these. */
const TRAY_SIZES = [16, 32, 48];

/**
 * @param {string} svg
 * @param {number} size pixels
 */
async function render(svg, size) {
  const args = ['-w', String(size), '-h', String(size)];
  const rendered = promisify(execFile)('rsvg-convert', args, { encoding: 'buffer' });
  rendered.child.stdin?.end(svg);
  return { size, png: (await rendered).stdout };
}

const icon = await readFile(path.join(FOLDER, 'icon.svg'), 'utf8');
const pictures = await Promise.all(SIZES.map((size) => render(icon, size)));
await mkdir(path.join(FOLDER, 'icons'), { recursive: true });
for (const { size, png } of pictures) await writeFile(path.join(FOLDER, `icons/${size}x${size}.png`), png);
await writeFile(path.join(FOLDER, 'icon.ico'), makeIco(pictures.filter(({ size }) => size <= 256)));
await writeFile(path.join(FOLDER, 'icon.icns'), makeIcns(pictures));
await mkdir(path.join(FOLDER, 'tray'), { recursive: true });
for (const { name, svg } of await trayPictures(FOLDER)) {
  for (const size of TRAY_SIZES) {
    const { png } = await render(svg, size);
    await writeFile(path.join(FOLDER, `tray/${name}-${size}.png`), png);
  }
}
console.log(`Rendered ${SIZES.length} sizes of the icon.`);
