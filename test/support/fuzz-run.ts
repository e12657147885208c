/** One fuzzing run: how many cases, by which seed, thrown at which server. */
export interface FuzzRun {
  /** `ws:` */
  url: string;
  port: number;
  seed: number;
  count: number;
}

/** Senders at a time; each has its cases, and so its sockets, in an order that follows from the seed alone. */
const SENDERS = 16;

/** Runs cases `0..count-1`, shared out among senders that work at the same time. */
export async function fromAllSides(
  count: number,
  send: (cases: Iterable<number>, sender: number) => Promise<void>,
): Promise<void> {
  function* casesOf(sender: number): Generator<number> {
    for (let index = sender; index < count; index += SENDERS) yield index;
  }
  await Promise.all(
    Array.from({ length: Math.min(SENDERS, count) }, (_, sender) => send(casesOf(sender), sender)),
  );
}

/** @throws if anything was wrong, with the first of it. */
export function complain(wrong: readonly string[], { seed }: FuzzRun): void {
  if (wrong.length === 0) return;
  throw new Error(`${wrong.length} wrong with PARLEY_SEED=${seed}:\n${wrong.slice(0, 20).join('\n')}`);
}
