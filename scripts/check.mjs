// npm run check: everything about the code that can be told in a minute.
import { runChecks } from './checks.mjs';
import { closingLine } from './testing/summary.mjs';

const tally = await runChecks({ quick: true });
console.log(closingLine(tally));
process.exitCode = tally.failed.length === 0 ? 0 : 1;
