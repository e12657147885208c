import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ensureBuilt } from '../build.mjs';
import { hasDisplay, withVirtualDisplay } from '../display.mjs';
import { findElectron } from '../electron-runtime.mjs';
import { ROOT } from '../runtime/paths.mjs';
import { ensurePackages } from '../system-packages.mjs';
import { hasRealDevices, openPerson, placeSideBySide } from './person.mjs';
import { clickToFirstFrame, keepPeerConnections, measure, watchFirstFrame } from './measure.mjs';
import { writeMovingPicture } from './moving-picture.mjs';
import { pictureOfBoth } from './screenshot.mjs';

/** @typedef {import('./person.mjs').Person} Person */
/** @typedef {import('./measure.mjs').Figures} Figures */

const SCREENSHOT = path.join(ROOT, 'test-results/demo.png');
// A call needs a few seconds to find how much the path carries.
const MEASURE_MS = 6_000;
const SAND = { luma: 150, blue: 90, red: 155 };
const SEA = { luma: 100, blue: 150, red: 95 };

/**
 * Opens two Parleys that call each other over a room hosted by the first, prints what it measured and where
 * it saved a picture. Where somebody can see the windows they stay until one of them is closed.
 * @returns {Promise<number>} exit code: 0 only when sound and picture flowed both ways
 */
export async function demo() {
  const shown = hasDisplay();
  const problem = await ensurePackages(shown ? ['run'] : ['run', 'display']);
  if (problem) console.log(problem);
  const runtime = await findElectron();
  console.log(runtime.sentence);
  await ensureBuilt();
  if (shown) return meet(runtime.executable, process.env, true);
  return withVirtualDisplay((env) => meet(runtime.executable, env, false));
}

/**
 * @param {string} executable
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} shown
 */
async function meet(executable, env, shown) {
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-demo-'));
  /** @type {Person[]} */
  const people = [];
  try {
    const real = await hasRealDevices();
    if (!real) console.log('Ann has a made-up camera and microphone, for this machine has none.');
    // A camera serves one app at a time, and two microphones in a room would howl: Ben's are made up.
    const [sand, sea] = await Promise.all([picture(folder, 'sand', SAND), picture(folder, 'sea', SEA)]);
    const ann = await openPerson('Ann', { executable, env, folder, picture: real ? undefined : sand });
    people.push(ann);
    const ben = await openPerson('Ben', { executable, env, folder, picture: sea });
    people.push(ben);
    await placeSideBySide(people);
    return await callAndTell(ann, ben, shown);
  } finally {
    await Promise.all(people.map(({ app }) => app.close().catch(() => undefined)));
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {{luma: number, blue: number, red: number}} ground
 */
async function picture(folder, name, ground) {
  const file = path.join(folder, `${name}.y4m`);
  await writeMovingPicture(file, ground);
  return file;
}

/**
 * @param {Person} ann
 * @param {Person} ben
 * @param {boolean} shown
 */
async function callAndTell(ann, ben, shown) {
  for (const { page } of [ann, ben]) await page.evaluate(keepPeerConnections);
  await ben.page.evaluate(watchFirstFrame);
  await call(ann, ben);
  const firstFrameMs = await ben.page.evaluate(clickToFirstFrame);
  const figures = await Promise.all([ann, ben].map(({ page }) => page.evaluate(measure, MEASURE_MS)));
  await mkdir(path.dirname(SCREENSHOT), { recursive: true });
  await writeFile(SCREENSHOT, await pictureOfBoth(ann, ben));
  for (const [index, { name }] of [ann, ben].entries()) tell(name, figures[index]);
  console.log(`From Ben's click on Join to Ann's first picture: ${Math.round(firstFrameMs)} ms.`);
  console.log(`Screenshot: ${SCREENSHOT}`);
  const flowed = figures.every(({ frames, audioPackets }) => frames > 0 && audioPackets > 0);
  console.log(flowed ? 'Sound and picture flowed both ways.' : 'Sound or picture did not flow both ways.');
  if (shown) {
    console.log('Close one of the windows to end the demo.');
    await Promise.race([ann, ben].map(({ app }) => app.waitForEvent('close', { timeout: 0 })));
  }
  return flowed ? 0 : 1;
}

/**
 * Ann hosts a room, Ben comes in by its link.
 * @param {Person} ann
 * @param {Person} ben
 */
async function call(ann, ben) {
  await ann.page.getByRole('button', { name: 'Host a room' }).click();
  await ann.page.getByRole('switch', { name: /straight in/ }).check();
  await ann.page.getByRole('button', { name: 'Open room' }).click();
  const link = await ann.page.getByRole('textbox', { name: 'Link to this room' }).inputValue();
  await ben.page.getByRole('button', { name: 'Join', exact: true }).click();
  await ben.page.getByRole('textbox', { name: 'Link or address' }).fill(link);
  await ben.page.getByRole('button', { name: 'Join room' }).click();
}

/**
 * @param {string} name
 * @param {Figures | undefined} figures
 */
function tell(name, figures) {
  if (!figures) return;
  const { width, height, framesPerSecond, roundTripMs } = figures;
  const trip = roundTripMs === null ? 'not known' : `${roundTripMs.toFixed(1)} ms`;
  console.log(
    `${name} sees ${width}x${height} at ${framesPerSecond.toFixed(1)} frames a second; round trip ${trip}.`,
  );
}
