/** People of one group on a headless server, who see each other. */
import type { Settings } from '../../preload/bridge';
import { BLUE, RED } from './known-media';
import { expect, type Meet, type Person } from './people';
import type { ServerProcess } from './signaling-servers';

/** The settings of whoever belongs to it. */
export const inFamily = ({ port }: ServerProcess): Pick<Settings, 'server'> => ({
  server: { servers: [`ws://127.0.0.1:${String(port)}`], namespace: 'family' },
});

/** Ann and Ben, once they can call each other. */
export async function family(meet: Meet, server: ServerProcess): Promise<[ann: Person, ben: Person]> {
  const settings = inFamily(server);
  const [ann, ben] = await Promise.all([
    meet('Ann', { media: RED, settings }),
    meet('Ben', { media: BLUE, settings }),
  ]);
  await expect(ann.button('Call Ben')).toBeVisible();
  await expect(ben.button('Call Ann')).toBeVisible();
  return [ann, ben];
}
