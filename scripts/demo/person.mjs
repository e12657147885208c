import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { _electron } from '@playwright/test';

import { launchArguments, launchEnvironment, leadPlaywrightTo } from '../launch.mjs';
import { ROOT } from '../runtime/paths.mjs';

/**
 * Somebody at their Parley.
 * @typedef {object} Person
 * @property {string} name
 * @property {import('@playwright/test').ElectronApplication} app
 * @property {import('@playwright/test').Page} page
 */

/** Whether this machine has a camera and a microphone, as far as can be told without opening them. */
export async function hasRealDevices() {
  if (process.platform !== 'linux') return true;
  const [cameras, sound] = await Promise.all(
    ['/dev', '/dev/snd'].map((folder) => readdir(folder).catch(() => [])),
  );
  // ALSA's capture devices end in c.
  return Boolean(
    cameras?.some((name) => /^video\d/.test(name)) && sound?.some((name) => /^pcm.*c$/.test(name)),
  );
}

/**
 * Opens a Parley with a profile of its own.
 * @param {string} name
 * @param {object} options
 * @param {string} options.executable
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} options.folder for the profile
 * @param {string | undefined} options.picture a file to use for the camera; then the microphone is made up too
 * @returns {Promise<Person>}
 */
export async function openPerson(name, { executable, env, folder, picture }) {
  const switches = [
    `--user-data-dir=${path.join(folder, name)}`,
    // Two apps on a machine without a network still find a path.
    '--allow-loopback-in-peer-connection',
    ...(picture
      ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${picture}`]
      : []),
  ];
  leadPlaywrightTo(executable);
  const app = await _electron.launch({
    cwd: ROOT,
    args: await launchArguments(executable, [...switches, '--name', name, '--lang', 'en']),
    env: definedOnly(launchEnvironment(env)),
  });
  return { name, app, page: await app.firstWindow() };
}

/** @param {readonly Person[]} people */
export async function placeSideBySide(people) {
  for (const [index, { app }] of people.entries())
    await app.evaluate(({ BrowserWindow, screen }, [place, count]) => {
      const { x, y, width, height } = screen.getPrimaryDisplay().workArea;
      const wide = Math.floor(width / count);
      const bounds = { x: x + place * wide, y, width: wide, height: Math.min(height, wide) };
      BrowserWindow.getAllWindows()[0]?.setBounds(bounds);
    }, /** @type {const} */ ([index, people.length]));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
function definedOnly(env) {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
