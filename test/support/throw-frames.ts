import { Chance } from './chance';
import { complain, fromAllSides, type FuzzRun } from './fuzz-run';
import { HandwrittenSocket, type Ending } from './handwritten-socket';
import { hostileFrame, type FrameCase } from './hostile-frames';

/** Unreadable messages that are answered; the next one closes the socket. */
const JUNK_REPLIES = 3;
const BAD_MESSAGE = '{"type":"error","code":"bad-message"}';
/** What may come of bytes that nobody can foretell. */
const ANY_ENDING: readonly Ending[] = [1000, 1002, 1005, 1006, 1007, 1008, 1009, 4400];

/** Throws raw frames at plain rooms. @throws if the server makes anything else of one than RFC 6455 says. */
export async function throwFrames(run: FuzzRun): Promise<void> {
  const wrong: string[] = [];
  const starving: HandwrittenSocket[] = [];
  let rooms = 0;
  await fromAllSides(run.count, async (cases) => {
    let socket: HandwrittenSocket | null = null;
    let junk = 0;
    for (const index of cases) {
      const chance = Chance.ofCase(run.seed, index);
      const frame = hostileFrame(chance);
      if (socket === null) {
        rooms += 1;
        socket = await HandwrittenSocket.open(run.port, `/frames/${rooms}`);
        junk = 0;
      }
      if (frame.outcome === 'junk') junk += 1;
      const problem = await throwOne(socket, frame, junk);
      if (problem !== null) wrong.push(`case ${index}, ${frame.name}: ${problem}; ${hexOf(frame.bytes)}`);
      if (frame.outcome === 'starves' && chance.is(0.8)) {
        // Most say nothing from here on, which is for the server to notice; the others break off.
        starving.push(socket);
        socket = null;
      } else if (socket.ending !== null || frame.outcome === 'starves') {
        socket.destroy();
        socket = null;
      }
    }
    socket?.destroy();
  });
  for (const socket of starving) await socket.gone();
  complain(wrong, run);
}

/** @returns what is wrong with the server's answer, or null. */
async function throwOne(socket: HandwrittenSocket, frame: FrameCase, junk: number): Promise<string | null> {
  const { outcome, pong, bytes } = frame;
  socket.write(bytes);
  if (outcome === 'starves') return null;
  if (outcome === 'any') {
    const ending = await socket.finish();
    return ANY_ENDING.includes(ending) ? null : `ended with ${ending}`;
  }
  const ending = await socket.settled();
  const texts = JSON.stringify(socket.texts());
  const isOneTooMany = outcome === 'junk' && junk > JUNK_REPLIES;
  const expected = typeof outcome === 'number' ? outcome : isOneTooMany ? 4400 : null;
  if (ending !== expected) return `ended with ${String(ending)} instead of ${String(expected)}`;
  if (pong && !socket.wasAnswered(pong)) return 'the ping was not answered';
  const replies = JSON.stringify(outcome === 'junk' && !isOneTooMany ? [BAD_MESSAGE] : []);
  return texts === replies ? null : `answered ${texts}`;
}

function hexOf(bytes: Buffer): string {
  return bytes.subarray(0, 64).toString('hex');
}
