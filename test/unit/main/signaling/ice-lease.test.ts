import { beforeEach, expect, it } from 'vitest';
import { IceLease } from '../../../../main/signaling/ice-lease';
import { ManualClock } from '../../../support/signaling-clock';

const OLD = [{ urls: ['turn:a'], username: '1:m', credential: 'old' }];
const NEW = [{ urls: ['turn:a'], username: '2:m', credential: 'new' }];

let clock: ManualClock;
let lease: IceLease;
let asked: number;
const ask = (): boolean => {
  asked += 1;
  return true;
};
beforeEach(() => {
  clock = new ManualClock();
  lease = new IceLease(clock);
  asked = 0;
});

it('takes young ones as they are', async () => {
  lease.take({ iceServers: OLD, iceTtlMs: 1000 });
  clock.advance(499);
  expect(await lease.fresh(ask)).toBe(OLD);
  expect(asked).toBe(0);
});

it('never asks for what does not run out', async () => {
  for (const iceTtlMs of [null, undefined]) {
    lease.take({ iceServers: OLD, iceTtlMs });
    clock.advance(1e12);
    expect(await lease.fresh(ask)).toBe(OLD);
  }
  expect(asked).toBe(0);
});

it('asks once for all who want fresh ones, and gives them what came', async () => {
  lease.take({ iceServers: OLD, iceTtlMs: 1000 });
  clock.advance(500);
  const both = [lease.fresh(ask), lease.fresh(ask)];
  lease.take({ iceServers: NEW, iceTtlMs: 1000 });
  expect(await Promise.all(both)).toEqual([NEW, NEW]);
  expect(asked).toBe(1);
  expect(clock.pending).toBe(0);
});

it('goes on with the old ones where nobody can be asked', async () => {
  lease.take({ iceServers: OLD, iceTtlMs: 1000 });
  clock.advance(2000);
  expect(await lease.fresh(() => false)).toBe(OLD);
  expect(clock.pending).toBe(0);
});

it('goes on with the old ones half a second after it asked a server that is as good as dead', async () => {
  lease.take({ iceServers: OLD, iceTtlMs: 1000 });
  clock.advance(500);
  const fresh = lease.fresh(ask);
  clock.advance(500);
  expect(await fresh).toBe(OLD);
  // The next who wants some asks again.
  void lease.fresh(ask);
  expect(asked).toBe(2);
});

it('goes on at once when the socket is lost meanwhile', async () => {
  lease.take({ iceServers: OLD, iceTtlMs: 1000 });
  clock.advance(500);
  const fresh = lease.fresh(ask);
  lease.settle();
  expect(await fresh).toBe(OLD);
  expect(clock.pending).toBe(0);
});
