import { Chance } from './chance';
import { complain, fromAllSides, type FuzzRun } from './fuzz-run';
import { HandwrittenSocket } from './handwritten-socket';
import { HostileMember } from './hostile-member';
import { mutate } from './hostile-messages';
import { numbered } from './signaling-clients';
import { closePayload, OPCODES, writeFrame } from './websocket-frames';
import { PlainWitness, TOO_LATE, type Witness } from './witness';

const FRAME_BYTES = 64 * 1024;
/** Of what a server closes with, all that a message can bring about. */
const ENDINGS: readonly (number | null)[] = [null, 1009, 4400, 4401, 4403, 4404, 4409, 4410];

/** How a member gets into the state in which it says what it should not. */
type State = (member: HostileMember, witness: Witness) => Promise<void>;

async function greet(member: HostileMember): Promise<void> {
  await member.connect();
  if (!(await member.isUnderstood())) throw new Error('a good hello was not welcomed');
}

async function arrive(member: HostileMember, { room }: Witness): Promise<void> {
  await greet(member);
  member.request({ type: 'join', room });
  await member.heard();
}

/** States at a server where rooms are there when joined, and where doors stand open. */
export const SEATED_STATES: Record<string, State> = {
  'before the hello': (member) => member.connect(),
  'after the hello': greet,
  'in the room': arrive,
  'back from away': async (member, witness) => {
    await arrive(member, witness);
    member.socket.destroy();
    witness.request({ type: 'signal', room: witness.room, to: member.id, signal: numbered(1) });
    await member.connect();
  },
};

/** States at a server where the host of the room, the witness, is asked. */
export const WAITING_STATES: Record<string, State> = { 'waiting at the door': arrive };

/**
 * Throws mutated messages of members with a key, in every state. @throws if the server answers with anything that is
 * not of the wire, does not understand a good message afterwards, or lets through what it must not.
 * @param sit takes the place of the one who hears what is let through
 */
export async function throwMessages(
  run: FuzzRun,
  states: Record<string, State>,
  sit: (sender: number) => Promise<Witness>,
): Promise<void> {
  const wrong: string[] = [];
  await fromAllSides(run.count, async (cases, sender) => {
    const witness = await sit(sender);
    const member = new HostileMember(run.port);
    let state = '';
    let isOver = true;
    for (const index of cases) {
      const chance = Chance.ofCase(run.seed, index);
      let how = '';
      try {
        if (isOver) {
          const [name, enter] = chance.one(Object.entries(states));
          state = name;
          await enter(member, witness);
        }
        const mutation = mutate(chance.one(member.messages(witness.room, witness.id)), chance);
        how = `${mutation.how}: ${mutation.text.slice(0, 300)}`;
        isOver = await throwOne(member, mutation.text, chance);
        if (isOver || chance.is(0.05)) isOver = await sayTooLate(member, witness, chance);
      } catch (error) {
        wrong.push(
          `case ${index}, ${state}, ${how}: ${error instanceof Error ? error.message : String(error)}`,
        );
        isOver = true;
      }
    }
    member.socket.destroy();
    wrong.push(...(await witness.leave()));
  });
  complain(wrong, run);
}

/** @returns whether the socket is over. */
async function throwOne(member: HostileMember, text: string, chance: Chance): Promise<boolean> {
  member.say(text);
  await member.heard();
  const { ending } = member.socket;
  if (!ENDINGS.includes(ending)) throw new Error(`ended with ${String(ending)}`);
  if (Buffer.byteLength(text) > FRAME_BYTES && ending !== 1009) throw new Error('a frame was too large');
  if (ending !== null) return true;
  if (chance.is(0.3) && !(await member.isUnderstood()))
    throw new Error(`a good message was not understood afterwards (${String(member.socket.ending)})`);
  return false;
}

/** Goes on talking after the end, whoever brought it about. @returns that it is over. */
async function sayTooLate(member: HostileMember, witness: Witness, chance: Chance): Promise<true> {
  const { socket } = member;
  const { room, id } = witness;
  socket.write(writeFrame({ opcode: OPCODES.close, payload: closePayload(1000) }));
  for (const message of member.messages(room, id)) socket.say(mutate(message, chance).text);
  member.request({ type: 'signal', room, to: id, signal: { call: TOO_LATE, n: 0, candidate: null } });
  await socket.finish();
  return true;
}

const PLAIN_MESSAGES = [
  { type: 'offer', sdp: 'v=0' },
  { type: 'answer', sdp: 'v=0' },
  { type: 'candidate', id: '0', mlineindex: 0, candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' },
  { type: 'keepAlive' },
  { type: 'anything', at: ['all', { really: true }] },
];

/**
 * Throws mutated messages of plain members at another one. @throws if any object is not passed on as it was written,
 * or anything else is.
 */
export async function throwPlainMessages(run: FuzzRun): Promise<void> {
  const wrong: string[] = [];
  await fromAllSides(run.count, async (cases, sender) => {
    const path = `/plain/${sender}`;
    const witness = await PlainWitness.sit(run.url, path);
    await throwPlain(run, cases, `${path}?app`, async (index, how, text, ending) => {
      if (ending !== null && ending !== 4400 && ending !== 1009)
        wrong.push(`case ${index}, ${how}: ended ${ending}`);
      if (ending === null && isPassedOn(text) && (await witness.nextText()) !== text)
        wrong.push(`case ${index}, ${how}: not passed on as it is: ${text.slice(0, 300)}`);
    });
    await witness.leave();
  });
  complain(wrong, run);
}

/** Throws mutated messages of plain members at one with a key. @throws if it hears anything that is not of the wire. */
export async function throwPlainMessagesAtMembers(
  run: FuzzRun,
  sit: (sender: number) => Promise<Witness>,
): Promise<void> {
  const wrong: string[] = [];
  await fromAllSides(run.count, async (cases, sender) => {
    const witness = await sit(sender);
    const path = `/default/${encodeURIComponent(witness.room)}?app`;
    await throwPlain(run, cases, path, (index, how, _text, ending) => {
      if (ending !== null && ending !== 4400 && ending !== 1009)
        wrong.push(`case ${index}, ${how}: ended ${ending}`);
      return Promise.resolve();
    });
    wrong.push(...(await witness.leave()));
  });
  complain(wrong, run);
}

async function throwPlain(
  { port, seed }: FuzzRun,
  cases: Iterable<number>,
  path: string,
  check: (index: number, how: string, text: string, ending: number | null) => Promise<void>,
): Promise<void> {
  let socket: HandwrittenSocket | null = null;
  for (const index of cases) {
    const chance = Chance.ofCase(seed, index);
    const { text, how } = mutate(chance.one(PLAIN_MESSAGES), chance);
    socket ??= await HandwrittenSocket.open(port, path);
    socket.say(text);
    const ending = await socket.settled();
    await check(index, how, text, ending);
    if (ending !== null || chance.is(0.02)) {
      socket.destroy();
      socket = null;
    }
  }
  socket?.destroy();
}

/** Any object but a sign of life is for the other. */
function isPassedOn(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
    return !('type' in json && json.type === 'keepAlive');
  } catch {
    return false;
  }
}
