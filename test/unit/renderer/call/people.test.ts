import { expect, test } from 'vitest';
import { People } from '../../../../renderer/call/people.svelte';
import { FakeBridge } from '../../../support/fake-bridge';

const bo = { id: 'bo-there', name: 'Bo', device: 'desktop', key: 'KB', status: 'free' } as const;

test('a person is reached by the same way for as long as it leads there, then by another', () => {
  const bridge = new FakeBridge();
  const people = new People(bridge, () => false);
  const up = { type: 'link-changed', server: 'ws://a', state: 'up', problem: null } as const;
  bridge.emit({ ...up, link: 'saved', kind: 'saved' });
  bridge.emit({ ...up, link: 'nearby-1', kind: 'nearby' });
  expect(people.wayTo('KB', 'saved')).toBeNull();
  bridge.emit({ type: 'people', link: 'saved', people: [bo] });
  const near = { ...bo, id: 'bo-here' };
  bridge.emit({ type: 'people', link: 'nearby-1', people: [near] });
  expect(people.wayTo('KB', 'saved')).toEqual({ link: 'saved', person: bo });
  bridge.emit({ type: 'link-closed', link: 'saved' });
  expect(people.wayTo('KB', 'saved')).toMatchObject({ link: 'nearby-1', person: near });
  bridge.emit({ type: 'person-gone', link: 'nearby-1', member: near.id });
  expect(people.wayTo('KB', 'nearby-1')).toBeNull();
});
