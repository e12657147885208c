/** Join secrets by server, in memory only: asked for again at the next start. */
export class ServerPasswords {
  readonly #passwords = new Map<string, string>();

  use(servers: readonly string[], password: string): void {
    for (const server of servers) this.#passwords.set(server, password);
  }

  /** The one for any of these addresses of one server. */
  for(servers: readonly string[]): string | null {
    return servers.map((server) => this.#passwords.get(server)).find(Boolean) ?? null;
  }
}
