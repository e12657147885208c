/** One call, as two peers set it up: an offer and an answer of 2.5 kB and ten candidates each way. */
import type { Item, Pair, Seat } from './seats';

const CANDIDATES = 10;

/** As long as a candidate of a real browser. */
export const CANDIDATE: Item = {
  kind: 'candidate',
  text: 'candidate:842163049 1 udp 1677729535 192.168.100.123 51234 typ srflx raddr 10.77.0.1 rport 51234 generation 0 ufrag abcd network-cost 999',
};
const SDP = `v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n`;
const LINE = 'a=fmtp:111 minptime=10;useinbandfec=1;profile-level-id=42e01f\r\n';
const TEXT = SDP + LINE.repeat(Math.ceil((2500 - SDP.length) / LINE.length));

/** Sets up one call; every item is sent when the one before it has arrived, as a real call trickles. */
export async function setUpCall([caller, callee]: Pair): Promise<void> {
  await carry(caller, callee, { kind: 'offer', text: TEXT });
  await carry(callee, caller, { kind: 'answer', text: TEXT });
  for (let n = 0; n < CANDIDATES; n += 1) {
    await Promise.all([carry(caller, callee, CANDIDATE), carry(callee, caller, CANDIDATE)]);
  }
}

/** Sends one item and waits for it at the other side. @returns the time that took, in ms. */
export async function carry(from: Seat, to: Seat, item: Item): Promise<number> {
  const arrived = new Promise<number>((resolve) => {
    const sentAt = performance.now();
    to.onItem = () => {
      resolve(performance.now() - sentAt);
    };
  });
  from.send(item);
  return arrived;
}

/** Does `work` for each, so many at a time. */
export async function inTurns<T>(
  all: Iterable<T>,
  atATime: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const rest = all[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
