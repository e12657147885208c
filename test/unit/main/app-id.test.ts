import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appId } from '../../../main/app-id';

test('the installed app has the id that the installer gives its shortcut, and one from its sources another', () => {
  const builder = readFileSync(join(import.meta.dirname, '../../../electron-builder.yml'), 'utf8');
  expect(appId(true)).toBe(/^appId: (.*)$/m.exec(builder)?.[1]);
  expect(appId(false)).toBe('org.parley.app.dev');
});
