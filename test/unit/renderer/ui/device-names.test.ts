import { describe, expect, it } from 'vitest';
import { nameDevices } from '../../../../renderer/ui/device-names';

const numbered = (n: number): string => `Camera ${n}`;

describe('nameDevices', () => {
  it('leaves out the system’s aliases', () => {
    const devices = ['default', 'communications', '', 'a'].map((deviceId) => ({ deviceId, label: 'Mic' }));
    expect(nameDevices(devices, numbered)).toEqual([{ id: 'a', name: 'Mic' }]);
  });

  it('hides USB ids and numbers devices without a label', () => {
    const devices = [
      { deviceId: 'a', label: 'C920 (046d:082D)' },
      { deviceId: 'b', label: '' },
    ];
    expect(nameDevices(devices, numbered).map(({ name }) => name)).toEqual(['C920', 'Camera 2']);
  });
});
