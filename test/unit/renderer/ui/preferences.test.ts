import { describe, expect, it } from 'vitest';
import type { Result, Settings, SettingsChange } from '../../../../preload/bridge';
import { Preferences } from '../../../../renderer/ui/preferences.svelte';

const settings: Settings = {
  name: 'Nora',
  welcomed: true,
  language: null,
  preview: false,
  voiceOnly: false,
  camera: null,
  microphone: null,
  door: 'ask',
  audioProcessing: true,
  server: null,
  reachable: null,
  ringSpeaker: null,
  closeToTray: null,
  globalMute: null,
  status: 'free',
  sounds: { ring: true, ringBack: true, knock: true, connected: true, reconnecting: true, ended: true },
  iceServers: [],
  connectAhead: 'known',
  alwaysRelay: false,
};

class SlowBridge {
  readonly asked: { change: SettingsChange; answer: (result: Result<Settings>) => void }[] = [];

  changeSettings(change: SettingsChange): Promise<Result<Settings>> {
    return new Promise((answer) => this.asked.push({ change, answer }));
  }
}

describe('Preferences', () => {
  it('shows a change at once', () => {
    const preferences = new Preferences(new SlowBridge(), settings);
    void preferences.change({ preview: true });
    expect(preferences.current.preview).toBe(true);
  });

  it('never falls back to an older answer', async () => {
    const bridge = new SlowBridge();
    const preferences = new Preferences(bridge, settings);
    const first = preferences.change({ name: 'A' });
    const second = preferences.change({ voiceOnly: true });
    bridge.asked[0]?.answer({ ok: true, value: { ...settings, name: 'A' } });
    await first;
    expect(preferences.current.voiceOnly).toBe(true);
    bridge.asked[1]?.answer({ ok: true, value: { ...settings, name: 'A', voiceOnly: true } });
    await second;
    expect(preferences.current).toEqual({ ...settings, name: 'A', voiceOnly: true });
  });

  it('keeps a change that could not be saved, and says so', async () => {
    const bridge = new SlowBridge();
    const preferences = new Preferences(bridge, settings);
    const change = preferences.change({ name: 'B' });
    bridge.asked[0]?.answer({ ok: false, code: 'settings-not-saved' });
    await expect(change).resolves.toBe(false);
    expect(preferences.current.name).toBe('B');
    expect(preferences.problem).toBe('settings-not-saved');
    preferences.forgetProblem();
    expect(preferences.problem).toBeNull();
  });
});
