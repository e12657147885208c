/**
 * Who a member is: a P-256 key made once per profile. There is no account and no bearer token; a member id follows
 * from the key and the namespace, and every connection proves the key anew over the server's nonce.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';

/** What a client needs of a key: its public half and a signature over bytes it is given. */
export interface Identity {
  /** P-256, SPKI, DER, base64url. */
  publicKey: string;
  /** ECDSA with SHA-256, IEEE P1363 form, base64url. */
  sign(bytes: Uint8Array): string;
}

/** What `hello` proves: a fresh nonce, where the client believes it is, and whom it dialled. */
export interface HelloClaim {
  nonce: string;
  namespace: string;
  /** `host[:port]` as dialled, which is also the `Host` header of the upgrade; the server checks that it is its own. */
  host: string;
}

/** A new key, as the private half to keep: PKCS #8, DER, base64url. */
export function generatePrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url');
}

/**
 * The identity of a kept key.
 * @param privateKey what {@link generatePrivateKey} gave.
 * @throws if it is no P-256 private key.
 */
export function identityFromPrivateKey(privateKey: string): Identity {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' });
  if (!isP256(key)) throw new TypeError('not a P-256 private key');
  return {
    publicKey: exportPublicKey(createPublicKey(key)),
    sign: (bytes) => sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  };
}

/** A fresh identity that nobody keeps; for tests, tools and guests. */
export function generateIdentity(): Identity {
  return identityFromPrivateKey(generatePrivateKey());
}

/** The member id of a key in a namespace: 16 bytes of SHA-256, base64url. The same after every restart. */
export function memberIdOf(namespace: string, publicKey: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['parley.1 member', namespace, publicKey]))
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

/** The bytes that `hello` signs and that the proof of a join secret is made over. */
export function helloBytes({ nonce, namespace, host }: HelloClaim): Uint8Array {
  return Buffer.from(JSON.stringify(['parley.1 hello', nonce, namespace, host]), 'utf8');
}

/** Proof that a client knows the join secret: HMAC-SHA256 over {@link helloBytes}, base64url. */
export function joinSecretProof(secret: string, claim: HelloClaim): string {
  return createHmac('sha256', secret).update(helloBytes(claim)).digest('base64url');
}

/** Whether a proof was made with this secret for this claim; takes the same time for every wrong one. */
export function isJoinSecretProof(secret: string, claim: HelloClaim, proof: string | undefined): boolean {
  const expected = Buffer.from(joinSecretProof(secret, claim), 'base64url');
  const given = Buffer.from(proof ?? '', 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether the claim was signed by the private half of this key. */
export function isHelloSignature(claim: HelloClaim, publicKey: string, signature: string): boolean {
  return isSignature(helloBytes(claim), publicKey, signature);
}

/** Whether the bytes were signed by the private half of this key, given in the one encoding that counts as its name. */
export function isSignature(signed: Uint8Array, publicKey: string, signature: string): boolean {
  try {
    const key = importPublicKey(publicKey);
    if (key === null) return false;
    const bytes = Buffer.from(signature, 'base64url');
    return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes);
  } catch {
    // node:crypto throws on coordinates that are no point of the curve.
    return false;
  }
}

/** Everything in the SPKI of an uncompressed P-256 point but the point: the algorithm, the curve and the lengths. */
const SPKI_PREFIX = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const COORDINATE_BYTES = 32;

/**
 * Reads a public key by its fixed layout: to parse and to write DER costs three times as much as the signature.
 * @returns null for any other key or encoding. A member's id is a hash of the text, so one key must not have two texts
 *   (compressed points, loose base64).
 * @throws where the point is not on the curve.
 */
function importPublicKey(text: string): KeyObject | null {
  const der = Buffer.from(text, 'base64url');
  const [x, end] = [SPKI_PREFIX.length, SPKI_PREFIX.length + 2 * COORDINATE_BYTES];
  if (der.length !== end || !der.subarray(0, x).equals(SPKI_PREFIX)) return null;
  if (der.toString('base64url') !== text) return null;
  const y = x + COORDINATE_BYTES;
  const key = {
    kty: 'EC',
    crv: 'P-256',
    x: der.toString('base64url', x, y),
    y: der.toString('base64url', y, end),
  };
  return createPublicKey({ key, format: 'jwk' });
}

function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

function exportPublicKey(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64url');
}
