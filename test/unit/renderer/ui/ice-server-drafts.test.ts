import { describe, expect, it } from 'vitest';
import {
  draftIceServers,
  isEmpty,
  problemOf,
  readIceServer,
} from '../../../../renderer/ui/ice-server-drafts';

const draft = (address: string, userName = '', credential = '') => ({
  key: 0,
  address,
  userName,
  credential,
});

describe('readIceServer', () => {
  it('knows by the user name what kind of server it is', () => {
    expect(readIceServer(draft('example.org'))).toEqual({ urls: ['stun:example.org'] });
    expect(readIceServer(draft('example.org:3478', 'nora', 's'))).toEqual({
      urls: ['turn:example.org:3478'],
      username: 'nora',
      credential: 's',
    });
  });

  it('keeps what was typed in full', () => {
    expect(readIceServer(draft('turns:example.org:443?transport=tcp', 'nora', 's'))?.urls).toEqual([
      'turns:example.org:443?transport=tcp',
    ]);
    expect(readIceServer(draft('stun://example.org'))?.urls).toEqual(['stun:example.org']);
  });

  it.each([
    ['nothing', draft('')],
    ['spaces inside', draft('my server')],
    ['a web page', draft('https://example.org')],
    ['a TURN server without a password', draft('turn:example.org', 'nora')],
    ['a TURN server without a user name', draft('turn:example.org')],
  ])('refuses %s', (_what, typed) => expect(readIceServer(typed)).toBeNull());
});

describe('problemOf', () => {
  it.each([
    ['nothing of what is right', draft('turn:example.org', 'nora', 's'), null],
    ['the address', draft('https://example.org', 'nora', 's'), 'bad-ice-server'],
    ['the address first', draft('my server', 'nora'), 'bad-ice-server'],
    ['what is missing', draft('turn:example.org:3478'), 'turn-without-secret'],
    ['a user name without a password', draft('example.org', 'nora'), 'turn-without-secret'],
    ['a password without a user name', draft('turns:example.org', '', 's'), 'turn-without-secret'],
  ])('blames %s', (_what, typed, problem) => expect(problemOf(typed)).toBe(problem));
});

describe('draftIceServers', () => {
  it('makes a row of each address, and back', () => {
    const drafts = draftIceServers([{ urls: ['turn:a', 'turn:b'], username: 'n', credential: 's' }]);
    expect(drafts.map(({ address }) => address)).toEqual(['turn:a', 'turn:b']);
    expect(new Set(drafts.map(({ key }) => key)).size).toBe(2);
    expect(drafts.map(readIceServer)).toEqual([
      { urls: ['turn:a'], username: 'n', credential: 's' },
      { urls: ['turn:b'], username: 'n', credential: 's' },
    ]);
  });

  it('knows an empty row', () => {
    expect(isEmpty(draft(' '))).toBe(true);
    expect(isEmpty(draft('', '', 's'))).toBe(false);
  });
});
