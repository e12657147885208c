// node scripts/icons.mjs: renders scripts/packaging/icon.svg to what the packages need, with librsvg
// (Debian: librsvg2-bin). To be run by hand after the SVG has changed; the rendered files are kept.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { makeIcns, makeIco } from './packaging/icon-files.mjs';

const FOLDER = path.join(import.meta.dirname, 'packaging');
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

/** @param {number} size pixels */
async function render(size) {
  const args = ['-w', String(size), '-h', String(size), path.join(FOLDER, 'icon.svg')];
  const { stdout } = await promisify(execFile)('rsvg-convert', args, { encoding: 'buffer' });
  return { size, png: stdout };
}

const pictures = await Promise.all(SIZES.map(render));
await mkdir(path.join(FOLDER, 'icons'), { recursive: true });
for (const { size, png } of pictures) await writeFile(path.join(FOLDER, `icons/${size}x${size}.png`), png);
await writeFile(path.join(FOLDER, 'icon.ico'), makeIco(pictures.filter(({ size }) => size <= 256)));
await writeFile(path.join(FOLDER, 'icon.icns'), makeIcns(pictures));
console.log(`Rendered ${SIZES.length} sizes of the icon.`);
