import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Chance } from './chance';
import { complain, fromAllSides, type FuzzRun } from './fuzz-run';
import { acceptOf, connectFromAnywhere } from './handwritten-socket';
import { hostileUpgrade, type UpgradeCase } from './hostile-upgrades';

/** Between two bytes of a request that dribbles. */
const DRIBBLE_MS = 50;

/** Throws upgrade requests. @throws if the server answers one with anything else than the protocols say. */
export async function throwUpgrades(run: FuzzRun): Promise<void> {
  const wrong: string[] = [];
  const waiting: Promise<void>[] = [];
  await fromAllSides(run.count, async (cases) => {
    for (const index of cases) {
      const upgrade = hostileUpgrade(Chance.ofCase(run.seed, index));
      const thrown = throwOne(run.port, upgrade).then((problem) => {
        const request = JSON.stringify(upgrade.bytes.subarray(0, 300).toString('latin1'));
        if (problem !== null) wrong.push(`case ${index}, ${upgrade.name}: ${problem}; ${request}`);
      });
      // Until the server gives up on half a request, there is time for others.
      if (upgrade.isHalf) waiting.push(thrown);
      else await thrown;
    }
  });
  await Promise.all(waiting);
  complain(wrong, run);
}

/** @returns what is wrong with the server's answer, or null. */
async function throwOne(port: number, upgrade: UpgradeCase): Promise<string | null> {
  const tcp = connectFromAnywhere(port);
  const over = once(tcp, 'close');
  let answer = '';
  const answered = new Promise<void>((resolve) => {
    tcp.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      if (answer.includes('\r\n\r\n')) resolve();
    });
  });
  const stopDribbling = write(tcp, upgrade);
  await Promise.race([answered, over]);
  stopDribbling();
  const problem = judge(answer, upgrade);
  // Who is refused is cut off; who is not has what it wanted.
  if (/^HTTP\/1\.1 (101|200|426) /.test(answer)) tcp.destroy();
  else await over;
  return problem;
}

/** @returns what stops it. */
function write(tcp: Socket, { bytes, isHalf }: UpgradeCase): () => void {
  if (isHalf !== 'dribble') {
    tcp.write(bytes);
    if (isHalf === 'break-off') tcp.end();
    return () => undefined;
  }
  let at = 0;
  const timer = setInterval(() => {
    // Endless: what follows the half of a request is one more header.
    tcp.write(at < bytes.length ? bytes.subarray(at, at + 1) : 'x');
    at += 1;
  }, DRIBBLE_MS);
  return () => {
    clearInterval(timer);
  };
}

function judge(
  answer: string,
  { bytes, statuses, isHalf, asksForParley = false }: UpgradeCase,
): string | null {
  // Half a request may be dropped without a word.
  if (answer === '' && isHalf) return null;
  const status = Number(/^HTTP\/1\.1 (\d{3}) [\w ]+\r\n/.exec(answer)?.[1] ?? 0);
  if (!statuses.includes(status)) return `answered ${JSON.stringify(answer.slice(0, 200))}`;
  if (status !== 101) return null;
  const key = /sec-websocket-key: (\S+)/i.exec(bytes.toString('latin1'))?.[1] ?? '';
  const headers = answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase();
  if (!answer.includes(`\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n`)) return 'the key was not answered';
  if (headers.includes('sec-websocket-extensions')) return 'an extension was agreed on';
  return headers.includes('sec-websocket-protocol: parley.1') === asksForParley
    ? null
    : 'another dialect than asked for';
}
