import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heartbeats, SilenceWatch, type Pulse } from '../../../../main/signaling/life-signs';
import { ManualClock } from '../../../support/signaling-clock';

it('calls silence exactly one time-out after the last sign of life, once', () => {
  const clock = new ManualClock();
  const silences: number[] = [];
  const watch = new SilenceWatch(clock, 500, () => silences.push(clock.now()));
  clock.advance(400);
  watch.heard();
  clock.advance(499);
  expect(silences).toEqual([]);
  clock.advance(1);
  expect(silences).toEqual([900]);
  clock.advance(10_000);
  expect(silences).toEqual([900]);
});

it('says nothing once it was stopped', () => {
  const clock = new ManualClock();
  const watch = new SilenceWatch(clock, 500, () => {
    throw new Error('silence');
  });
  watch.stop();
  clock.advance(1000);
  expect(clock.pending).toBe(0);
});

describe('heartbeats', () => {
  const HEARTBEAT_MS = 800;
  const TIMEOUT_MS = 2000;
  const ROUND_MS = HEARTBEAT_MS / 8;

  /** A pulse that notes when it is pinged and when it falls silent. */
  function start(clock: ManualClock): {
    heartbeats: Heartbeats;
    add: () => Pulse & Record<'pings' | 'silences', number[]>;
  } {
    const heartbeats = new Heartbeats(clock, { heartbeatMs: HEARTBEAT_MS, timeoutMs: TIMEOUT_MS });
    const add = () => {
      const [pings, silences]: [number[], number[]] = [[], []];
      const pulse = {
        heardAt: 0,
        pings,
        silences,
        ping: () => void pings.push(clock.now()),
        fellSilent: () => void silences.push(clock.now()),
      };
      heartbeats.add(pulse);
      return pulse;
    };
    return { heartbeats, add };
  }

  it('asks whoever answers once in every heartbeat, and never gives it up', () => {
    const clock = new ManualClock();
    const { heartbeats, add } = start(clock);
    const pulse = add();
    for (let beat = 1; beat <= 10; beat += 1) {
      clock.advance(HEARTBEAT_MS);
      expect(pulse.pings).toHaveLength(beat);
      // The answer comes a little after the round that asked.
      clock.advance(beat === 1 ? 1 : 0);
      heartbeats.heard(pulse);
    }
    expect(pulse.silences).toEqual([]);
  });

  it('does not ask who is heard anyway', () => {
    const clock = new ManualClock();
    const { heartbeats, add } = start(clock);
    const pulse = add();
    for (let n = 0; n < 50; n += 1) {
      clock.advance(HEARTBEAT_MS / 2);
      heartbeats.heard(pulse);
    }
    expect(pulse.pings).toEqual([]);
  });

  it('gives up whoever falls silent, once, within the time-out and at most a round before it is over', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 0, max: 1500 }),
        (offset, lastHeard) => {
          const clock = new ManualClock();
          const { heartbeats, add } = start(clock);
          add();
          clock.advance(offset);
          const pulse = add();
          clock.advance(lastHeard);
          heartbeats.heard(pulse);
          const heardAt = clock.now();
          clock.advance(10 * TIMEOUT_MS);
          expect(pulse.silences).toHaveLength(1);
          const silentMs = (pulse.silences[0] ?? NaN) - heardAt;
          expect(silentMs).toBeGreaterThan(TIMEOUT_MS - ROUND_MS);
          expect(silentMs).toBeLessThanOrEqual(TIMEOUT_MS);
        },
      ),
    );
  });

  it('gives up nobody for a silence in which it was held up itself, unless they are silent for one more round', () => {
    const clock = new ManualClock();
    const { heartbeats, add } = start(clock);
    const [there, gone] = [add(), add()];
    clock.holdUp(3 * TIMEOUT_MS);
    expect([there.silences, gone.silences]).toEqual([[], []]);
    expect([there.pings, gone.pings]).toEqual([[clock.now()], [clock.now()]]);
    heartbeats.heard(there);
    clock.advance(ROUND_MS);
    expect([there.silences, gone.silences]).toEqual([[], [clock.now()]]);
  });

  it('gives up who is silent though it is held up again and again', () => {
    const clock = new ManualClock();
    const { add } = start(clock);
    const gone = add();
    for (let time = 0; time < 2; time += 1) clock.holdUp(3 * TIMEOUT_MS);
    expect(gone.silences).toEqual([clock.now()]);
  });

  it('leaves alone who was removed, and runs no timer for nobody', () => {
    const clock = new ManualClock();
    const { heartbeats, add } = start(clock);
    const [one, other] = [add(), add()];
    heartbeats.remove(one);
    clock.advance(HEARTBEAT_MS);
    expect(one.pings).toEqual([]);
    expect(other.pings).toHaveLength(1);
    heartbeats.remove(other);
    expect(clock.pending).toBe(0);
    add();
    expect(clock.pending).toBe(1);
  });
});
