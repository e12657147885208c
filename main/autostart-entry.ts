/** An autostart file that runs this command. */
export function autostartEntry(command: readonly string[]): string {
  return `[Desktop Entry]
Type=Application
Name=Parley
Exec=${command.map(quote).join(' ')}
Terminal=false
X-GNOME-Autostart-enabled=true
`;
}

/** Whether a desktop starts what this file says: most of them turn an entry off in it, and do not delete it. */
export const isAutostarted = (entry: string): boolean =>
  !/^(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/m.test(entry);

/** Desktop Entry Specification, "The Exec key": quoted, then escaped as every value is; `%` begins a field code. */
function quote(argument: string): string {
  const quoted = /^[\w@+=:,./-]+$/.test(argument) ? argument : `"${argument.replace(/["`$\\]/g, '\\$&')}"`;
  return quoted.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
