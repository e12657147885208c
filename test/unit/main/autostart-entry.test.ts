import { expect, test } from 'vitest';
import { autostartEntry } from '../../../main/autostart-entry';

const exec = (...command: string[]) => /^Exec=(.*)$/m.exec(autostartEntry(command))?.[1];

test('an autostart file runs the command', () => {
  expect(autostartEntry(['/opt/Parley/parley', '--hidden'])).toBe(`[Desktop Entry]
Type=Application
Name=Parley
Exec=/opt/Parley/parley --hidden
Terminal=false
X-GNOME-Autostart-enabled=true
`);
});

test.each([
  ['/home/ann/My Apps/parley', '"/home/ann/My Apps/parley"'],
  ['/a/100%/parley', '"/a/100%%/parley"'],
  // Quoted by a backslash, which is escaped in turn.
  ['/a/$HOME/`x`"y"', '"/a/\\\\$HOME/\\\\`x\\\\`\\\\"y\\\\""'],
  ['/a\\b', '"/a\\\\\\\\b"'],
])('%s is one argument', (argument, written) => {
  expect(exec(argument, '--hidden')).toBe(`${written} --hidden`);
});
