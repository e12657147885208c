/** Web Crypto answers from another thread, at a moment no fake clock knows: tests that need its answers wait for them. */
import { afterAll, beforeAll, vi } from 'vitest';
import { settled } from './fake-clock';

const underWay = new Set<Promise<unknown>>();

/** Call once in a test file, to be able to wait for {@link hashed} in it. */
export function watchHashing(): void {
  const spies: { mockRestore: () => void }[] = [];
  beforeAll(() => {
    for (const name of ['digest', 'importKey', 'deriveBits'] as const) {
      const make = crypto.subtle[name].bind(crypto.subtle) as (...values: unknown[]) => Promise<unknown>;
      const watched = (...values: unknown[]): Promise<unknown> => {
        const made = make(...values);
        underWay.add(made);
        void made.finally(() => underWay.delete(made));
        return made;
      };
      spies.push(vi.spyOn(crypto.subtle, name).mockImplementation(watched as never));
    }
  });
  afterAll(() => {
    for (const spy of spies) spy.mockRestore();
  });
}

/** Lets everything happen that needs no time of the clock: promises, microtasks, hashes. */
export async function hashed(): Promise<void> {
  await settled();
  while (underWay.size > 0) {
    await Promise.all(underWay);
    await settled();
  }
}
