import { expect, test } from 'vitest';
import type { CallState } from '../../../../renderer/call/call-state';
import type { Ring } from '../../../../renderer/call/ring';
import { en } from '../../../../renderer/ui/messages-en';
import { outsideOf, titleOf } from '../../../../renderer/ui/outside';
import { fakeMember, fakeSeat, fakeTarget } from '../../../support/fake-bridge';

const parts = {
  muted: true,
  cameraOn: false,
  answersItself: false,
  someone: 'Someone',
  known: (key: string) => (key === 'known' ? { givenName: 'Annie', verified: true } : null),
  namesake: (name: string, key: string | null) => (name === 'Mum' && key !== 'mum' ? 'Mum' : null),
};

const ring = (change: Partial<Ring['peer']> = {}, fingerprint: string | null = 'AA:BB'): CallState => ({
  phase: 'ringing',
  ring: {
    call: 'c'.repeat(22),
    link: 'saved',
    peer: { id: 'p'.repeat(22), name: 'Ann', device: 'desktop', key: 'known', status: 'free', ...change },
    media: 'video',
    fingerprint,
    direction: 'in',
    room: null,
    ahead: false,
  },
  target: fakeTarget,
  silenced: false,
  ahead: null,
});

const shown = {
  call: 'c'.repeat(22),
  name: 'Annie',
  media: 'video',
  signed: true,
  verified: true,
  namesake: null,
  answersItself: false,
};

test('a ring shows who it is from, and what it proves', () => {
  expect(outsideOf(ring(), parts)).toEqual({ state: 'ringing', ring: shown });
  expect(outsideOf(ring({ key: 'other' }), parts)).toEqual({
    state: 'ringing',
    ring: { ...shown, name: 'Ann', verified: false },
  });
});

test('a ring that proves nothing is nobody’s who is known, whatever key it names', () => {
  expect(outsideOf(ring({}, null), parts)).toEqual({
    state: 'ringing',
    ring: { ...shown, name: 'Ann', signed: false, verified: false },
  });
});

test('a ring says that the app is about to answer it', () => {
  const outside = outsideOf(ring(), { ...parts, answersItself: true });
  expect(outside).toEqual({ state: 'ringing', ring: { ...shown, answersItself: true } });
});

test('a ring says whose name it has, and whose it is not', () => {
  const namesake = { name: 'Mum', key: 'other' };
  expect(outsideOf(ring(namesake), parts)).toMatchObject({ ring: { signed: true, namesake: 'Mum' } });
  expect(outsideOf(ring({ name: 'Mum', key: 'mum' }), parts)).toMatchObject({ ring: { namesake: null } });
  // A key that is only named is none.
  expect(outsideOf(ring({ name: 'Mum', key: 'mum' }, null), parts)).toMatchObject({
    ring: { namesake: 'Mum' },
  });
});

test('nobody is nameless', () => {
  expect(outsideOf(ring({ key: 'other', name: '' }), parts)).toMatchObject({ ring: { name: 'Someone' } });
});

test('a call shows with whom it is, and what the own side sends', () => {
  const peer = fakeMember('p', { name: 'Ann' });
  const inCall = { seat: fakeSeat('s', [peer]), target: null, peer, call: '', knocks: [] };
  const talking = { state: 'talking', name: 'Ann', muted: true, cameraOn: false };
  expect(outsideOf({ phase: 'connecting', ...inCall }, parts)).toEqual(talking);
  expect(outsideOf({ phase: 'connected', ...inCall, sinceMs: 0 }, parts)).toEqual(talking);
  expect(outsideOf({ phase: 'reconnecting', ...inCall, sinceMs: 0, silentSinceMs: 1 }, parts)).toEqual(
    talking,
  );
});

test('a call that a ring proved is with whom one knows', () => {
  const peer = fakeMember('p', { name: 'Ann' });
  const state = ring();
  if (state.phase !== 'ringing') throw new Error('nobody rings');
  const inCall = { seat: fakeSeat('s', [peer]), target: null, peer, call: '', knocks: [], ring: state.ring };
  expect(outsideOf({ phase: 'connected', ...inCall, sinceMs: 0 }, parts)).toMatchObject({ name: 'Annie' });
});

test('without a call there is nothing to show', () => {
  expect(outsideOf({ phase: 'idle', problem: null }, parts)).toEqual({ state: 'none' });
  expect(outsideOf({ phase: 'joining', target: null, knockingAt: null }, parts)).toEqual({ state: 'none' });
});

test('the title of the window says what goes on, and that one is muted', () => {
  const title = (outside: Parameters<typeof titleOf>[0]) => titleOf(outside, en.windowTitle);
  expect(title({ state: 'none' })).toBe('Parley');
  expect(title(outsideOf(ring(), parts))).toBe('Annie is calling – Parley');
  const talking = { state: 'talking', name: 'Ann', muted: false, cameraOn: true } as const;
  expect(title(talking)).toBe('Ann – Parley');
  expect(title({ ...talking, muted: true })).toBe('Ann (you are muted) – Parley');
});
