import { createHash } from 'node:crypto';
import {
  generateIdentity,
  isHelloSignature,
  joinSecretProof,
  memberIdOf,
  type HelloClaim,
} from '../../main/signaling/identity';
import { helloSchema, parseFrame } from '../../main/signaling/protocol';
import { Chance } from './chance';
import { complain, fromAllSides, type FuzzRun } from './fuzz-run';
import { HandwrittenSocket } from './handwritten-socket';
import { HostileMember } from './hostile-member';
import { mutate } from './hostile-messages';
import { helloFor } from './signaling-clients';

/** What a refusal says, whatever it was that was wrong. */
const REFUSAL = '{"type":"error","code":"unauthorized"}';

type MakeProof = (secret: string, claim: HelloClaim, chance: Chance) => string | undefined;

/** Proofs of somebody who does not know the secret, or has heard a proof of somebody who does. */
const FALSE_PROOFS: Record<string, MakeProof> = {
  none: () => undefined,
  'the secret itself': (secret) => Buffer.from(secret).toString('base64url'),
  'a hash of the secret': (secret) => createHash('sha256').update(secret).digest('base64url'),
  'a hash of what is to be proved': (_secret, claim) =>
    createHash('sha256').update(JSON.stringify(claim)).digest('base64url'),
  'a proof of no secret': (_secret, claim) => joinSecretProof('', claim),
  'a proof of a longer secret': (secret, claim, chance) =>
    joinSecretProof(secret + chance.one(['\n', ' ', '\0', 'x']), claim),
  'a proof of a shorter secret': (secret, claim, chance) =>
    joinSecretProof(secret.slice(0, chance.below(secret.length)), claim),
  'a proof of a secret spelled otherwise': (secret, claim) => joinSecretProof(secret.toUpperCase(), claim),
  'a proof over another nonce': (secret, claim, chance) =>
    joinSecretProof(secret, { ...claim, nonce: chance.bytes(24).toString('base64url') }),
  'a proof for another namespace': (secret, claim) =>
    joinSecretProof(secret, { ...claim, namespace: 'elsewhere' }),
  'a proof for another server': (secret, claim) => joinSecretProof(secret, { ...claim, host: '127.0.0.2' }),
  'a bit of it turned': (secret, claim, chance) => {
    const bytes = Buffer.from(joinSecretProof(secret, claim), 'base64url');
    const at = chance.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    return bytes.toString('base64url');
  },
  'the beginning of it': (secret, claim, chance) =>
    joinSecretProof(secret, claim).slice(0, chance.between(1, 42)),
  'more than it': (secret, claim, chance) =>
    joinSecretProof(secret, claim) + chance.one(['A', 'AAAA', joinSecretProof(secret, claim)]),
  'hexadecimal digits of it': (secret, claim) =>
    Buffer.from(joinSecretProof(secret, claim), 'base64url').toString('hex'),
  'as many zeros': () => 'A'.repeat(43),
  'as much of anything': (_secret, _claim, chance) => chance.bytes(32).toString('base64url'),
};

/**
 * Throws hellos at a server with a join secret: good ones that were changed, and good ones with every kind of false
 * proof. @throws if anybody comes in who has not proved to know it, if anybody who has does not, or if a refusal says
 * more than that it is one.
 */
export async function throwProofs(run: FuzzRun, secret: string): Promise<void> {
  const wrong: string[] = [];
  await fromAllSides(run.count, async (cases) => {
    for (const index of cases) {
      const chance = Chance.ofCase(run.seed, index);
      try {
        if (chance.is(0.05)) await throwPlainOne(run);
        else await throwOne(run, secret, chance);
      } catch (error) {
        wrong.push(`case ${index}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  });
  complain(wrong, run);
}

async function throwOne(run: FuzzRun, secret: string, chance: Chance): Promise<void> {
  const member = new HostileMember(run.port, secret);
  await member.connect();
  const { text, how } = helloOf(member, secret, chance);
  const isGood = isProved(Buffer.from(text).toString(), secret, member.claim);
  member.say(text);
  const heard = await member.heard();
  const { ending } = member.socket;
  const isIn = heard.some(({ type }) => type === 'welcome');
  member.socket.destroy();
  if (isIn !== isGood) throw new Error(`${how}: ${isIn ? 'came in' : 'was refused'}: ${text.slice(0, 400)}`);
  const isRefused = ending === 4401 && JSON.stringify(heard) === `[${REFUSAL}]`;
  // What is no hello is told so, and may try again.
  const isMisread = ending === 1009 || (ending === null && heard.every(({ type }) => type === 'error'));
  if (!isIn && !isRefused && !isMisread)
    throw new Error(`${how}: ended with ${String(ending)} after ${JSON.stringify(heard)}`);
}

function helloOf(member: HostileMember, secret: string, chance: Chance): { text: string; how: string } {
  if (chance.is(0.5)) return mutate(member.hello(), chance);
  const [how, make] = chance.one(Object.entries(FALSE_PROOFS));
  // Somebody whose key nobody knows is as good as anybody else.
  const hello = chance.is(0.5) ? member.hello() : helloFor(generateIdentity(), member.claim);
  return { text: JSON.stringify({ ...hello, proof: make(secret, member.claim, chance) }), how };
}

/** Whether a frame is a hello that proves all it has to. */
function isProved(text: string, secret: string, claim: HelloClaim): boolean {
  const hello = parseFrame(helloSchema, text);
  if (hello === null || Buffer.byteLength(text) > 64 * 1024) return false;
  const [given, expected] = [hello.proof ?? '', joinSecretProof(secret, claim)].map((proof) =>
    Buffer.from(proof, 'base64url').toString('hex'),
  );
  const isOwnSeat =
    hello.resume === undefined || hello.resume.member === memberIdOf(claim.namespace, hello.publicKey);
  return given === expected && isOwnSeat && isHelloSignature(claim, hello.publicKey, hello.signature);
}

/** A plain member has no way to prove anything. */
async function throwPlainOne({ port }: FuzzRun): Promise<void> {
  const socket = await HandwrittenSocket.open(port, '/default/room?app');
  const ending = await socket.ended();
  const texts = socket.texts();
  socket.destroy();
  if (ending !== 4401 || texts.join() !== REFUSAL)
    throw new Error(`a plain member: ended with ${ending} after ${texts.join()}`);
}
