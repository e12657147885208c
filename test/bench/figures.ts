/** What a benchmark prints: medians, and ours against the floor or peer of the same run as a ratio. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

export interface Comparison {
  what: string;
  unit: string;
  ours: readonly number[];
  floor: readonly number[];
  /** The ratio we aim at. */
  aim: number;
}

/** One line: `name: 812 ms, floor 700 ms, 1.16 times (aim 1.20; 10 runs, 780 to 910)`. */
export function print({ what, unit, ours, floor, aim }: Comparison): void {
  const round = (value: number): string => `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
  const ratio = median(ours) / median(floor);
  const spread = `${String(ours.length)} runs, ${round(Math.min(...ours))} to ${round(Math.max(...ours))}`;
  console.log(
    `${what}: ${round(median(ours))}, floor ${round(median(floor))}, ${ratio.toFixed(2)} times (aim ${aim.toFixed(2)}; ${spread})`,
  );
}

/** Several contenders at the same work, the first of them the floor. */
export interface Ranking {
  what: string;
  unit: string;
  values: ReadonlyMap<string, readonly number[]>;
  /** The ratio to the floor that Parley aims at. */
  aim?: number;
}

/** A line for each: `  parley: 0.61 s, 0.60 to 0.63 (1.13 times the floor, aim 1.20)`. */
export function printRanking({ what, unit, values, aim }: Ranking): void {
  const [first = []] = values.values();
  const floor = median(first);
  console.log(`${what} (medians of ${first.length}):`);
  const round = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  for (const [name, each] of values) {
    const ratio = (median(each) / floor).toFixed(2);
    const judged = name === 'parley' && aim !== undefined ? `, aim ${aim.toFixed(2)}` : '';
    const compared = each === first ? '' : ` (${ratio} times the floor${judged})`;
    const spread = each.length > 1 ? `, ${round(Math.min(...each))} to ${round(Math.max(...each))}` : '';
    console.log(`  ${name}: ${round(median(each))} ${unit}${spread}${compared}`);
  }
}
