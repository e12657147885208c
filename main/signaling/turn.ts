/**
 * Time-limited TURN credentials as coturn checks them with `use-auth-secret` (draft-uberti-behave-turn-rest-00): the
 * user name says until when it is good and for whom, the password follows from it by a secret that only this server
 * and coturn know. So neither has to ask the other, and the secret never leaves them; their clocks must agree.
 */
import { createHmac } from 'node:crypto';
import type { IceServer } from './protocol';

/** A TURN service that shares a secret with this server. */
interface TurnOptions {
  /** `turn:` and `turns:` URLs of one service; at most eight, as `iceServerSchema` has it. */
  urls: readonly string[];
  /** coturn's `static-auth-secret`. */
  secret: string;
  /**
   * How long credentials are good for a new allocation; one that stands is not ended by them. At least
   * {@link leastTurnTtlMs}.
   */
  ttlMs: number;
}

/** Which ICE servers members are told of. */
export interface IceOptions {
  /** `stun:` URLs; at most eight. */
  stunUrls: readonly string[];
  turn: TurnOptions | null;
}

/**
 * The ICE servers of one member.
 * @param wallMs milliseconds since 1970, as coturn counts too.
 */
export function iceServersFor({ stunUrls, turn }: IceOptions, member: string, wallMs: number): IceServer[] {
  const servers: IceServer[] = stunUrls.length > 0 ? [{ urls: [...stunUrls] }] : [];
  if (turn !== null && turn.urls.length > 0) {
    // Whole seconds, upwards: good for at least as long as is said.
    const username = `${Math.ceil((wallMs + turn.ttlMs) / 1000)}:${member}`;
    const credential = createHmac('sha1', turn.secret).update(username).digest('base64');
    servers.push({ urls: [...turn.urls], username, credential });
  }
  return servers;
}

/** Of the life of credentials, how much is over when they are replaced. */
const RENEWED_AFTER = 0.75;

/** When credentials are replaced, from their issue: early enough that a lost socket can come back first. */
export function renewAfterMs(ttlMs: number): number {
  return ttlMs * RENEWED_AFTER;
}

/**
 * The shortest life of credentials beside a grace: what is left of it when they are replaced must outlast the grace,
 * for a member that is away gets new ones only when it is back, and a renewal said again then is as old as that.
 */
export function leastTurnTtlMs(graceMs: number): number {
  return graceMs / (1 - RENEWED_AFTER);
}
