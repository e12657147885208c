import { readFile } from 'node:fs/promises';

/** @typedef {{name: string, svg: string}} TrayPicture */

/** At the bottom right: nothing, a bar for "do not disturb", a stroke for "muted". */
const BADGES = { free: null, quiet: 0, muted: 45 };

/**
 * What stands in the tray: the icon of the app in its three states, and for the menu bar of macOS, which colours it
 * itself, its two drops alone.
 * @param {string} folder where the SVG files are
 * @returns {Promise<TrayPicture[]>}
 */
export async function trayPictures(folder) {
  const icon = await readFile(`${folder}/icon.svg`, 'utf8');
  const template = await readFile(`${folder}/tray-template.svg`, 'utf8');
  return Object.entries(BADGES).flatMap(([name, degrees]) => [
    { name, svg: withBadge(icon, degrees, { ground: '#c8372d', mark: '#fff' }) },
    // One colour only: the badge is a hole in the drops, and in it stands the mark.
    { name: `${name}-template`, svg: withBadge(template, degrees, { ground: null, mark: '#000' }) },
  ]);
}

/**
 * @param {string} svg
 * @param {number | null} degrees by which the mark is turned; none without a badge
 * @param {{ground: string | null, mark: string}} colours
 */
function withBadge(svg, degrees, { ground, mark }) {
  if (degrees === null) return svg;
  const circle = '<circle cx="376" cy="376" r="120"';
  const bar = `<rect x="300" y="352" width="152" height="48" rx="24" fill="${mark}" transform="rotate(${degrees} 376 376)"/>`;
  if (ground !== null) return svg.replace('</svg>', `${circle} fill="${ground}"/>${bar}</svg>`);
  const hole = `<mask id="hole"><rect width="512" height="512" fill="#fff"/>${circle} fill="#000"/></mask>`;
  return svg.replace(/^<svg[^>]*>/, `$&${hole}<g mask="url(#hole)">`).replace('</svg>', `</g>${bar}</svg>`);
}
