/** STUN and TURN servers as a person types them. */
import * as v from 'valibot';
import { iceServerSchema, type IceServer } from '../../main/signaling/protocol';
import type { ErrorCode } from '../../preload/bridge';

export interface IceServerDraft {
  /** Tells the rows of the form apart. */
  key: number;
  address: string;
  userName: string;
  credential: string;
}

export const MOST_ICE_SERVERS = 8;

/** An address may leave out what kind of server it is: who has a user name is a TURN server. */
export function readIceServer(draft: IceServerDraft): IceServer | null {
  const typed = draft.address.trim();
  const userName = draft.userName.trim();
  const url = /^(stuns?|turns?):/i.test(typed)
    ? typed.replace(/^(\w+):\/\//, '$1:')
    : `${userName === '' ? 'stun' : 'turn'}:${typed}`;
  const server = {
    urls: [url],
    ...(userName === '' ? {} : { username: userName }),
    ...(draft.credential === '' ? {} : { credential: draft.credential }),
  };
  return v.is(iceServerSchema, server) && !lacksSecret(draft) ? server : null;
}

/** A browser refuses a TURN server without both. */
function lacksSecret({ address, userName, credential }: IceServerDraft): boolean {
  const isTurn = /^turns?:/i.test(address.trim()) || userName.trim() !== '';
  return isTurn && (userName.trim() === '' || credential === '');
}

/** What is wrong with a row; `null`: nothing. */
export function problemOf(
  draft: IceServerDraft,
): Extract<ErrorCode, 'bad-ice-server' | 'turn-without-secret'> | null {
  if (readIceServer(draft) !== null) return null;
  const isRightBeside = readIceServer({ ...draft, userName: 'x', credential: 'x' }) !== null;
  return isRightBeside && lacksSecret(draft) ? 'turn-without-secret' : 'bad-ice-server';
}

/** What a row was saved as, even where a browser refuses it: that is for the person to mend. */
export const savedAs = ({ address, userName, credential }: IceServerDraft): IceServer => ({
  urls: [address],
  ...(userName === '' ? {} : { username: userName }),
  ...(credential === '' ? {} : { credential }),
});

export const isEmpty = (draft: IceServerDraft): boolean =>
  draft.address.trim() === '' && draft.userName.trim() === '' && draft.credential === '';

/** One row a server; one with several addresses becomes several rows. */
export const draftIceServers = (servers: readonly IceServer[]): IceServerDraft[] =>
  servers
    .flatMap(({ urls, username = '', credential = '' }) =>
      urls.map((address) => ({ address, userName: username, credential })),
    )
    .map((draft, key) => ({ key, ...draft }));
