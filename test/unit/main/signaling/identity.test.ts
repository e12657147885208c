import { createPublicKey, ECDH, generateKeyPairSync, sign } from 'node:crypto';
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
    const signature = identity.sign(helloBytes(claim));
    expect(isHelloSignature(claim, der.toString('base64'), signature)).toBe(false);
    expect(isHelloSignature(claim, `${identity.publicKey}A`, signature)).toBe(false);
    // The same bytes: 91 of them leave four bits of the last character unused.
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = digits[digits.indexOf(identity.publicKey.slice(-1)) + 1] ?? '';
    const loose = identity.publicKey.slice(0, -1) + last;
    expect(Buffer.from(loose, 'base64url').equals(der)).toBe(true);
    expect(isHelloSignature(claim, loose, signature)).toBe(false);
    // The same point, compressed to its x and the sign of its y.
    const prefix = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
    const point = ECDH.convertKey(der.subarray(-65), 'prime256v1', undefined, undefined, 'compressed');
    const compressed = Buffer.concat([prefix, Buffer.from(point)]);
    expect(createPublicKey({ key: compressed, format: 'der', type: 'spki' }).asymmetricKeyType).toBe('ec');
    expect(isHelloSignature(claim, compressed.toString('base64url'), signature)).toBe(false);
  });

  it('refuses a point that is not on the curve', () => {
    const identity = generateIdentity();
    const der = Buffer.from(identity.publicKey, 'base64url');
    der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
    const signature = identity.sign(helloBytes(claim));
    expect(isHelloSignature(claim, der.toString('base64url'), signature)).toBe(false);
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
