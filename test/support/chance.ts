/** Randomness for tests: all of a run follows from one number, which is printed and can be given back. */

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Choices that follow from a seed. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  /** The choices of one case of many: the same whatever ran before it. */
  static ofCase(seed: number, index: number): Chance {
    return new Chance(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** A whole number from `min` to `max`. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  is(probability: number): boolean {
    return this.#random() < probability;
  }

  /** @throws for an empty list. */
  one<T>(list: readonly T[]): T {
    for (const item of list.slice(this.below(list.length))) return item;
    throw new RangeError('nothing to choose from');
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/**
 * The seed of this run: given as `PARLEY_SEED`; else the same one every time, so that what passed yesterday passes
 * today. The long tests look further: a new one each time.
 */
export function runSeed(): number {
  const given = process.env['PARLEY_SEED'];
  if (given !== undefined) return Number(given);
  return process.env['PARLEY_LONG'] ? Date.now() % 1_000_000_007 : 1;
}

/** Tells the seed of this run, so that a failure can be repeated. */
export function announceSeed(what: string): number {
  const seed = runSeed();
  console.log(`${what}: seed ${seed}; PARLEY_SEED=${seed} repeats it`);
  return seed;
}
