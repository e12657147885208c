import { expect, it } from 'vitest';
import { LocalBroker } from '../../../../main/signaling/local-broker';
import { silentLogger } from '../../../../main/signaling/logger';
import { MeteredBroker } from '../../../../main/signaling/metered-broker';
import { Metrics } from '../../../../main/signaling/metrics';
import { ManualClock } from '../../../support/signaling-clock';

it('measures from the moment a frame was read, and not what was kept', () => {
  const metrics = new Metrics();
  const clock = new ManualClock();
  const broker = new MeteredBroker(new LocalBroker(), { metrics, clock, logger: silentLogger });
  const address = { namespace: 'ns', room: 'room' };
  for (const id of ['a', 'b']) {
    broker.register(id, { take: () => true });
    const member = { id, name: '', device: 'web', key: null, plain: true, away: false } as const;
    void broker.join(address, member, { capacity: 2, host: null, app: false });
  }
  clock.advance(250);
  void broker.send(address, 'a', 'b', { kind: 'plain', text: '{}', readAt: 125 });
  void broker.send(address, 'a', 'b', { kind: 'plain', text: '{}' });
  expect(metrics.relaySeconds.lines('relay')).toEqual(
    expect.arrayContaining(['relay_sum 0.125', 'relay_count 1']),
  );
});
