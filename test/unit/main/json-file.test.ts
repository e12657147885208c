import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JsonFile, moveOver, type FileSystem } from '../../../main/json-file';

describe('a file that cannot be used', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-json-'));
    path = join(folder, 'a.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The file as the next start of the app finds it. */
  async function open(): Promise<JsonFile> {
    const file = new JsonFile(path);
    await file.read(Array.isArray);
    return file;
  }
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

  test('is kept, and so is its backup, when something is written in their place', async () => {
    writeFileSync(path, '[1,');
    writeFileSync(`${path}.bak`, '{}');
    const file = await open();
    expect(readdirSync(folder)).toEqual(['a.json', 'a.json.bak']);
    await file.write([2]);
    expect(readdirSync(folder)).toEqual(['a.json', 'a.json.bak.broken', 'a.json.broken']);
    expect([text('a.json.broken'), text('a.json.bak.broken')]).toEqual(['[1,', '{}']);
    await file.write([3]);
    expect([text('a.json.broken'), text('a.json.bak.broken')]).toEqual(['[1,', '{}']);
  });

  test('takes the place of one from before', async () => {
    for (const broken of ['[1,', '[2,']) {
      writeFileSync(path, broken);
      await (await open()).write([3]);
    }
    expect(text('a.json.broken')).toBe('[2,');
  });

  test('costs no backup that can be used', async () => {
    writeFileSync(path, '{}');
    writeFileSync(`${path}.bak`, '[1]');
    await (await open()).write([2]);
    expect([text('a.json.broken'), text('a.json.bak')]).toEqual(['{}', '[1]']);
  });

  test("is in nobody's way: a folder in its place, or one that has gone meanwhile", async () => {
    mkdirSync(path);
    await (await open()).write([1]);
    expect(readdirSync(folder)).toEqual(['a.json', 'a.json.broken']);
    writeFileSync(path, '');
    const file = await open();
    rmSync(path);
    await file.write([2]);
    expect(JSON.parse(text('a.json'))).toEqual([2]);
  });

  test('is not written over where it cannot be kept', async () => {
    writeFileSync(path, '[1,');
    mkdirSync(`${path}.broken`);
    const file = await open();
    await expect(file.write([2])).rejects.toThrow();
    await expect(file.write([3])).rejects.toThrow();
    expect(text('a.json')).toBe('[1,');
  });
});

describe('moving a file over another', () => {
  /** One where somebody holds the file for so many tries. */
  function held(tries: number, code: string, platform: NodeJS.Platform): FileSystem & { pausedMs: number } {
    let left = tries;
    return {
      platform,
      pausedMs: 0,
      rename: () => {
        left -= 1;
        return left < 0 ? Promise.resolve() : Promise.reject(Object.assign(new Error(code), { code }));
      },
      pause(ms) {
        this.pausedMs += ms;
        return Promise.resolve();
      },
    };
  }

  test.each(['EACCES', 'EBUSY', 'EPERM'])('waits on Windows until nobody holds it (%s)', async (code) => {
    const system = held(3, code, 'win32');
    await moveOver('a', 'b', system);
    expect(system.pausedMs).toBe(150);
  });

  test('gives up after a second', async () => {
    const system = held(Infinity, 'EPERM', 'win32');
    await expect(moveOver('a', 'b', system)).rejects.toThrow('EPERM');
    expect(system.pausedMs).toBe(1000);
  });

  test.each([
    ['EPERM', 'linux'],
    ['EPERM', 'darwin'],
    ['ENOENT', 'win32'],
  ] as const)('fails at once where waiting does not help (%s, %s)', async (code, platform) => {
    const system = held(1, code, platform);
    await expect(moveOver('a', 'b', system)).rejects.toThrow(code);
    expect(system.pausedMs).toBe(0);
  });
});
