// npm run demo: two Parleys side by side that call each other, and what was measured of their call.
import { demo } from './demo/demo.mjs';
import { fail } from './fail.mjs';

process.exitCode = await demo().catch(fail);
