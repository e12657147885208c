import { expect, it } from 'vitest';
import type { Status } from '../../../../main/signaling/protocol';
import type { LinkKind } from '../../../../preload/bridge';
import { oncePerKey, type PersonHere } from '../../../../renderer/call/people-here';

const here = (
  name: string,
  {
    link = 'saved',
    kind = 'saved',
    status = 'free',
  }: { link?: string; kind?: LinkKind; status?: Status } = {},
): PersonHere => ({
  link,
  kind,
  person: { id: `${link} ${name}`, name, device: 'desktop', key: `key of ${name}`, status },
});

it('shows who is reached by several ways once, by the network where that is one of them', () => {
  const near = here('Ben', { link: 'near', kind: 'nearby', status: 'in-call' });
  expect(oncePerKey([here('Ann'), here('Ben'), near])).toEqual([here('Ann'), near]);
  expect(oncePerKey([near, here('Ben')])).toEqual([near]);
});

it('keeps two people of one name apart', () => {
  const other: PersonHere = { ...here('Ben'), person: { ...here('Ben').person, key: 'another' } };
  expect(oncePerKey([here('Ben'), other])).toHaveLength(2);
});
