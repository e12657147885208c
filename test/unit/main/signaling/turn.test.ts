import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { iceServerSchema } from '../../../../main/signaling/protocol';
import { iceServersFor, renewAfterMs } from '../../../../main/signaling/turn';

const MEMBER = 'm'.repeat(22);
const turn = { urls: ['turn:turn.example:3478', 'turns:turn.example:5349?transport=tcp'], secret: 'secret' };

describe('iceServersFor', () => {
  it('names the expiry and the member, and makes the password of both with the secret', () => {
    const ice = { stunUrls: [], turn: { ...turn, ttlMs: 3_600_000 } };
    expect(iceServersFor(ice, MEMBER, 1_800_000_000_000 - 3_600_000)).toEqual([
      {
        urls: turn.urls,
        username: `1800000000:${MEMBER}`,
        // printf 1800000000:mmm… | openssl dgst -sha1 -hmac secret -binary | base64
        credential: '5y03cTSjXVS2FIcJX2qJmxj+jRQ=',
      },
    ]);
  });

  it('is good for at least as long as is said', () => {
    const ice = { stunUrls: [], turn: { ...turn, ttlMs: 1000 } };
    expect(iceServersFor(ice, MEMBER, 1_000_001)[0]?.username).toBe(`1002:${MEMBER}`);
  });

  it('says nothing of the secret, and what the wire takes', () => {
    const servers = iceServersFor({ stunUrls: ['stun:a', 'stun:b'], turn: { ...turn, ttlMs: 1 } }, MEMBER, 0);
    expect(servers[0]).toEqual({ urls: ['stun:a', 'stun:b'] });
    expect(servers.every((server) => v.is(iceServerSchema, server))).toBe(true);
    expect(JSON.stringify(servers)).not.toContain(turn.secret);
  });

  it('is empty where nothing is configured', () => {
    expect(iceServersFor({ stunUrls: [], turn: null }, MEMBER, 0)).toEqual([]);
  });
});

it('renews while a quarter of the life is left', () => {
  expect(renewAfterMs(4000)).toBe(3000);
});
