import { join } from 'node:path';
import { build } from 'vite';
import { expect, ROOT, test } from '../support/people';

/** As many schedules as a minute has room for; the thousand run against the fake, in unit tests. */
const SEEDS = Array.from({ length: process.env['PARLEY_LONG'] ? 200 : 12 }, (_, index) => index + 1);

/** The contract suite as one script for a page. */
async function bundleContract(): Promise<string> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: join(ROOT, 'test/support/negotiation-contract.ts'), formats: ['iife'], name: 'contract' },
    },
  });
  const outputs = Array.isArray(built) ? built : 'output' in built ? [built] : [];
  const code = outputs[0]?.output[0].code;
  if (code === undefined) throw new Error('nothing was built');
  return code;
}

test('glare, reorder, duplicates and restarts end stable and connected with the real peer connection', async ({
  meet,
}) => {
  test.slow();
  const { page } = await meet('Ann');
  const contract = await bundleContract();
  for (const seed of SEEDS) {
    const verdict = await page.evaluate<{ ok: boolean; report: string }>(`(async () => {
      ${contract}
      const clock = {
        now: () => performance.now(),
        after: (ms, run) => { const timer = setTimeout(run, ms); return () => clearTimeout(timer); },
      };
      return contract.negotiate(
        { connection: RTCPeerConnection, newStream: () => new MediaStream(), clock },
        contract.scheduleFrom(${String(seed)}),
      );
    })()`);
    expect(verdict.ok, `seed ${String(seed)}: ${verdict.report}`).toBe(true);
  }
});
