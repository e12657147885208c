import { expect, it } from 'vitest';
import { Visitors, type Visit } from '../../../../main/signaling/visitors';
import { systemClock } from '../../../../main/signaling/clock';

function start(maxPerAddress: number) {
  let now = 0;
  const visitors = new Visitors({ ...systemClock, now: () => now }, maxPerAddress);
  return {
    visitors,
    turnOn: (ms: number) => {
      now += ms;
    },
    enter: (address: string): Visit => {
      const welcome = visitors.welcome(address);
      if (welcome.kind === 'refused') throw new Error(welcome.reason);
      return welcome.start();
    },
  };
}

it('lets so many sockets of one address in at a time, and counts a /64 as one address', () => {
  const { visitors, enter } = start(2);
  const first = enter('2001:db8::1');
  enter('2001:db8::2');
  expect(visitors.welcome('2001:db8::3')).toMatchObject({ kind: 'refused', reason: 'address-full' });
  expect(visitors.welcome('2001:db8:0:1::3').kind).toBe('visit');
  first.end();
  expect(visitors.welcome('2001:db8::3').kind).toBe('visit');
});

it('refuses an address that failed too often, until it has waited', () => {
  const { visitors, enter, turnOn } = start(8);
  const visit = enter('198.51.100.1');
  for (let tries = 0; tries < 5; tries += 1) visit.failed();
  const refused = visitors.welcome('198.51.100.1');
  expect(refused).toEqual({ kind: 'refused', reason: 'too-many-tries', retryAfterS: 12 });
  expect(visitors.welcome('198.51.100.2').kind).toBe('visit');
  turnOn(12_000);
  expect(visitors.welcome('198.51.100.1').kind).toBe('visit');
});

it('lets nobody keep an address shut for longer than it takes until the next try is due', () => {
  const { visitors, enter, turnOn } = start(64);
  const visits = Array.from({ length: 64 }, () => enter('198.51.100.1'));
  for (const visit of visits) {
    visit.failed();
    visit.end();
  }
  expect(visits[0]?.hasTry).toBe(false);
  expect(visitors.welcome('198.51.100.1')).toMatchObject({ reason: 'too-many-tries', retryAfterS: 8 });
  turnOn(7500);
  expect(visits[0]?.hasTry).toBe(true);
  expect(visitors.welcome('198.51.100.1').kind).toBe('visit');
});

it('makes the neighbours of a flood wait two seconds from its end, and no longer', () => {
  const { enter, turnOn } = start(8);
  const [flooding, honest] = [enter('198.51.100.1'), enter('198.51.100.1')];
  expect(flooding.take(1e9)).toBeGreaterThan(2000);
  expect(honest.take(1)).toBe(2000);
  turnOn(2020);
  expect(honest.take(1)).toBe(0);
});

it('closes sockets of one address that together keep on sending more than it may, and no quiet one of it', () => {
  const { enter, turnOn } = start(64);
  const [quiet, ...busy] = Array.from({ length: 64 }, () => enter('198.51.100.1'));
  const open = new Set(busy);
  let sent = 0;
  // Each at the full speed of a socket, for a minute.
  for (let second = 0; second < 60; second += 1) {
    for (const visit of open) {
      for (let frames = 0; frames < 100; frames += 1) {
        sent += 1;
        if (visit.take(100) <= 2000) continue;
        open.delete(visit);
        break;
      }
    }
    // Two of them set up a call every ten seconds.
    if (second % 10 === 0)
      for (let frames = 0; frames < 30; frames += 1) expect(quiet?.take(100)).toBeLessThanOrEqual(2000);
    turnOn(1000);
  }
  // 8 × 100 a second, and 8 × 512 at once.
  expect(sent).toBeLessThan(2 * (60 * 800 + 4096));
  expect(open.size).toBeLessThanOrEqual(8);
});

it('refuses an address that keeps connecting', () => {
  const { visitors, enter, turnOn } = start(4);
  for (let tries = 0; tries < 8; tries += 1) enter('198.51.100.1').end();
  expect(visitors.welcome('198.51.100.1')).toMatchObject({ reason: 'too-many-tries', retryAfterS: 1 });
  turnOn(1000);
  enter('198.51.100.1').end();
});

it('lets an address connect twice as often at once as it may have sockets, and once for each of these a second', () => {
  const { visitors, turnOn } = start(4);
  const connected = (tries: number): number =>
    Array.from({ length: tries }, () => visitors.mayConnect('198.51.100.1')).filter(Boolean).length;
  expect(connected(20)).toBe(8);
  expect(visitors.mayConnect('198.51.100.2')).toBe(true);
  turnOn(1000);
  expect(connected(20)).toBe(4);
});

it('bounds the frames of a socket, those of an address, and full frames more than small ones', () => {
  const { enter } = start(16);
  const one = enter('198.51.100.1');
  for (let frames = 0; frames < 512; frames += 1) expect(one.take(100)).toBe(0);
  expect(one.take(100)).toBe(10);
  const other = enter('198.51.100.1');
  expect(other.take(512 * 4096)).toBe(10);
  // Two sockets' worth is gone now, which is all that sixteen may have.
  expect(enter('198.51.100.1').take(1)).toBeGreaterThan(0);
  expect(enter('198.51.100.2').take(64 * 1024)).toBe(0);
});

it('forgets who left and owes nothing', () => {
  const { visitors, enter, turnOn } = start(4);
  const staying = enter('198.51.100.1');
  enter('198.51.100.2').end();
  turnOn(60_000);
  enter('198.51.100.3').end();
  expect(visitors.size).toBe(2);
  staying.end();
});

it('remembers only so many addresses, and always those with a socket', () => {
  const { visitors, enter } = start(4);
  const staying = enter('10.0.0.0');
  const addressOf = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  for (let n = 1; n < 70_000; n += 1) visitors.welcome(addressOf(n));
  expect(visitors.size).toBeLessThanOrEqual(65_536);
  for (let n = 70_000; n < 140_000; n += 1) visitors.mayConnect(addressOf(n));
  expect(visitors.size).toBeLessThanOrEqual(65_536);
  for (let more = 0; more < 3; more += 1) enter('10.0.0.0');
  expect(visitors.welcome('10.0.0.0')).toMatchObject({ reason: 'address-full' });
  staying.end();
});
