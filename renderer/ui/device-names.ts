/** What the lists of cameras and microphones say. */

/** Chromium lists these beside the real ones; our own "System default" stands for them. */
const ALIASES = new Set(['', 'default', 'communications']);

export interface NamedDevice {
  id: string;
  name: string;
}

/** Devices a person can choose, named; a label is empty until the permission was given once. */
export function nameDevices(
  devices: readonly Pick<MediaDeviceInfo, 'deviceId' | 'label'>[],
  numbered: (n: number) => string,
): NamedDevice[] {
  return devices
    .filter((device) => !ALIASES.has(device.deviceId))
    .map((device, i) => ({
      id: device.deviceId,
      // Chromium puts the USB ids behind the name: "C920 (046d:082d)".
      name: device.label.replace(/\s*\([\da-f]{4}:[\da-f]{4}\)$/i, '') || numbered(i + 1),
    }));
}
