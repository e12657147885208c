import { createECDH, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  generateIdentity,
  generatePrivateKey,
  helloBytes,
  identityFromPrivateKey,
  isHelloSignature,
  isJoinSecretProof,
  joinSecretProof,
  memberIdOf,
} from '../../../../main/signaling/identity';

const claim = { nonce: 'n', namespace: 'default', host: 'localhost:9238' };

describe('an identity', () => {
  it('is the same after its key was kept and read again', () => {
    const kept = generatePrivateKey();
    const first = identityFromPrivateKey(kept);
    const second = identityFromPrivateKey(kept);
    expect(second.publicKey).toBe(first.publicKey);
    expect(isHelloSignature(claim, first.publicKey, second.sign(helloBytes(claim)))).toBe(true);
  });

  it('proves a claim, and no other claim', () => {
    const identity = generateIdentity();
    const signature = identity.sign(helloBytes(claim));
    expect(isHelloSignature(claim, identity.publicKey, signature)).toBe(true);
    for (const other of [{ nonce: 'm' }, { namespace: 'other' }, { host: 'localhost:9239' }]) {
      expect(isHelloSignature({ ...claim, ...other }, identity.publicKey, signature)).toBe(false);
    }
    expect(isHelloSignature(claim, generateIdentity().publicKey, signature)).toBe(false);
  });

  it('refuses other kinds of key', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const kept = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url');
    expect(() => identityFromPrivateKey(kept)).toThrow(TypeError);
    expect(() => identityFromPrivateKey('nonsense')).toThrow();
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const publicKey = other.publicKey.export({ format: 'der', type: 'spki' }).toString('base64url');
    const signature = sign('sha256', helloBytes(claim), { key: other.privateKey, dsaEncoding: 'ieee-p1363' });
    expect(isHelloSignature(claim, publicKey, signature.toString('base64url'))).toBe(false);
  });

  it('has one name: the same key in another encoding is refused', () => {
    const identity = generateIdentity();
    const der = Buffer.from(identity.publicKey, 'base64url');
    const point = createECDH('prime256v1');
    point.generateKeys();
    const signature = identity.sign(helloBytes(claim));
    expect(isHelloSignature(claim, der.toString('base64'), signature)).toBe(false);
    expect(isHelloSignature(claim, `${identity.publicKey}A`, signature)).toBe(false);
  });
});

it('gives a key one member id in each namespace', () => {
  const { publicKey } = generateIdentity();
  expect(memberIdOf('a', publicKey)).toMatch(/^[\w-]{22}$/);
  expect(memberIdOf('a', publicKey)).toBe(memberIdOf('a', publicKey));
  expect(memberIdOf('a', publicKey)).not.toBe(memberIdOf('b', publicKey));
});

it('takes exactly the proof of the secret for this claim', () => {
  const proof = joinSecretProof('sesame', claim);
  expect(isJoinSecretProof('sesame', claim, proof)).toBe(true);
  expect(isJoinSecretProof('simsim', claim, proof)).toBe(false);
  expect(isJoinSecretProof('sesame', { ...claim, nonce: 'm' }, proof)).toBe(false);
  expect(isJoinSecretProof('sesame', claim, undefined)).toBe(false);
  expect(isJoinSecretProof('sesame', claim, proof.slice(0, 10))).toBe(false);
});
