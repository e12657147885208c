import { describe, expect, test } from 'vitest';
import { moveOver, type FileSystem } from '../../../main/json-file';

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
