import { statSync } from 'node:fs';
import { expect, test } from 'vitest';

import { CHECKS, scriptOf } from '../../../scripts/checks.mjs';

test.each(Object.values(CHECKS))(
  '$name is checked by a script that is there',
  async ({ command: [tool] }) => {
    expect(statSync(await scriptOf(tool)).isFile()).toBe(true);
  },
);
