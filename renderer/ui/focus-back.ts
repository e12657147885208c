/** Where the keyboard goes on once a panel is gone that was taken away rather than closed. */
import { tick } from 'svelte';

/** What had the focus before the first of the panels that follow each other, and what stands beside it. */
let places: readonly HTMLElement[] = [];

/** A panel is about to open. */
export function rememberFocus(): void {
  const opener = document.activeElement;
  if (!(opener instanceof HTMLElement) || opener === document.body) return;
  // One panel leads to another.
  if (opener.closest('.modal') !== null) return;
  const row = opener.closest('li');
  places = [opener, row?.nextElementSibling, row?.previousElementSibling].flatMap((place) =>
    place instanceof HTMLElement ? (place.querySelector('button') ?? place) : [],
  );
}

/** The panel is gone, or what it was opened from. Where something else has the focus, it keeps it. */
export async function giveFocusBack(): Promise<void> {
  await tick();
  if (document.activeElement !== document.body || document.querySelector('dialog[open]')) return;
  places.find((place) => place.isConnected)?.focus();
}
