import { beforeEach, expect, it } from 'vitest';
import { IceIssuer } from '../../../../main/signaling/ice-issuer';
import type { IceOptions } from '../../../../main/signaling/turn';
import { ManualClock } from '../../../support/signaling-clock';

const DAY_MS = 24 * 3_600_000;

let clock: ManualClock;
let renewed: { member: string; atMs: number }[];
beforeEach(() => {
  clock = new ManualClock();
  renewed = [];
});

function makeIssuer(
  ttlMs: number,
  stunUrls: string[] = [],
): { issue: (member: string) => void; issuer: IceIssuer } {
  const ice: IceOptions = { stunUrls, turn: { urls: ['turn:a'], secret: 's', ttlMs } };
  const issuer = new IceIssuer({ ice, clock, wallNow: () => clock.now() });
  const issue = (member: string): void => {
    issuer.issue(member, () => {
      renewed.push({ member, atMs: clock.now() });
      issue(member);
    });
  };
  return { issue, issuer };
}

it('renews everyone at three quarters of the life, with one timer', () => {
  const { issue } = makeIssuer(4000);
  issue('a');
  clock.advance(1000);
  issue('b');
  expect(clock.pending).toBe(1);
  clock.advance(6000);
  expect(renewed).toEqual([
    { member: 'a', atMs: 3000 },
    { member: 'b', atMs: 4000 },
    { member: 'a', atMs: 6000 },
    { member: 'b', atMs: 7000 },
  ]);
  expect(clock.pending).toBe(1);
});

it('counts from the newest issue, and not at all for who is released', () => {
  const { issue, issuer } = makeIssuer(4000);
  issue('a');
  issue('b');
  clock.advance(2000);
  issue('a');
  issuer.release('b');
  clock.advance(3000);
  expect(renewed).toEqual([{ member: 'a', atMs: 5000 }]);
});

it('renews a crowd in portions, so that others are heard in between', () => {
  const { issue } = makeIssuer(DAY_MS);
  for (let n = 0; n < 1000; n += 1) issue(String(n));
  clock.advance(DAY_MS);
  expect(renewed).toHaveLength(1000);
  expect(new Set(renewed.map(({ member }) => member)).size).toBe(1000);
  const times = renewed.map(({ atMs }) => atMs);
  // Whoever is renewed 200 places later is so at a later moment.
  expect(times.every((atMs, i) => atMs < (times[i + 200] ?? Infinity))).toBe(true);
  expect(Math.max(...times)).toBeLessThan(DAY_MS * 0.75 + 1000);
});

it('waits for longer than a timer can run', () => {
  const { issue } = makeIssuer(60 * DAY_MS);
  issue('a');
  clock.advance(44 * DAY_MS);
  expect(renewed).toEqual([]);
  clock.advance(DAY_MS);
  expect(renewed).toHaveLength(1);
});

it('has no timer where nobody is waiting, where nothing runs out and once it is stopped', () => {
  const stunOnly = new IceIssuer({ ice: { stunUrls: ['stun:a'], turn: null }, clock, wallNow: () => 0 });
  expect(stunOnly.issue('a', () => undefined)).toEqual({
    iceServers: [{ urls: ['stun:a'] }],
    iceTtlMs: null,
  });
  expect(clock.pending).toBe(0);

  const { issue, issuer } = makeIssuer(4000);
  issue('a');
  issuer.release('a');
  clock.advance(4000);
  expect(clock.pending).toBe(0);
  issue('a');
  issuer.stop();
  expect(clock.pending).toBe(0);
});
