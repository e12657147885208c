import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JoinTarget, Result } from '../../../../preload/bridge';
import { TargetReader, isLink } from '../../../../renderer/ui/target-reader.svelte';

const target = (room: string): Result<JoinTarget> => ({
  ok: true,
  value: { servers: ['ws://a:1'], namespace: 'default', room },
});

/** A bridge that answers when told to. */
class SlowBridge {
  readonly asked: { text: string; answer: (result: Result<JoinTarget>) => void }[] = [];

  readTarget(text: string): Promise<Result<JoinTarget>> {
    return new Promise((answer) => this.asked.push({ text, answer }));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('TargetReader', () => {
  it('asks once for many keys', () => {
    const bridge = new SlowBridge();
    const reader = new TargetReader(bridge);
    for (const text of ['1', '19', '192']) reader.type(text, '');
    vi.runAllTimers();
    expect(bridge.asked.map(({ text }) => text)).toEqual(['192']);
  });

  it('lets the last answer win', async () => {
    const bridge = new SlowBridge();
    const reader = new TargetReader(bridge);
    const first = reader.read('a', '');
    const second = reader.read('b', '');
    bridge.asked[1]?.answer(target('b'));
    await second;
    bridge.asked[0]?.answer(target('a'));
    await first;
    expect(reader.result).toEqual(target('b'));
  });

  it('forgets when the field is empty, also what is still on its way', async () => {
    const bridge = new SlowBridge();
    const reader = new TargetReader(bridge);
    const reading = reader.read('a', '');
    reader.type('', '');
    bridge.asked[0]?.answer(target('a'));
    await reading;
    expect(reader.result).toBeNull();
  });

  it('does not carry a megabyte to the app', async () => {
    const bridge = new SlowBridge();
    const reader = new TargetReader(bridge);
    await expect(reader.read('x'.repeat(1024 * 1024), '')).resolves.toEqual({ ok: false, code: 'too-long' });
    expect(bridge.asked).toEqual([]);
  });
});

describe('isLink', () => {
  it('knows a link from an address', () => {
    expect(isLink(' Parley://join?room=x')).toBe(true);
    expect(isLink('192.168.1.5')).toBe(false);
    expect(isLink('ws://parley:9238')).toBe(false);
  });
});
