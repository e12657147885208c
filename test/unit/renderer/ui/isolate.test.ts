import { describe, expect, it } from 'vitest';
import { isolate, splitIsolates, withoutIsolates } from '../../../../renderer/ui/isolate';

describe('isolate', () => {
  it('is undone by withoutIsolates', () => {
    expect(withoutIsolates(`a ${isolate('b')} c`)).toBe('a b c');
  });

  it('splits a sentence into names and words', () => {
    expect(splitIsolates(`Room ${isolate('oak')} on ${isolate('a:1')}`)).toEqual([
      { text: 'Room ', name: false },
      { text: 'oak', name: true },
      { text: ' on ', name: false },
      { text: 'a:1', name: true },
    ]);
  });

  it('leaves a sentence without names whole', () => {
    expect(splitIsolates('Hang up')).toEqual([{ text: 'Hang up', name: false }]);
    expect(splitIsolates('')).toEqual([]);
  });
});
