/** Runs in the page: presses a button at a moment of the clock both apps share. */
export async function pressAt(button: HTMLElement | SVGElement, epochMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, epochMs - Date.now() - 5));
  while (Date.now() < epochMs);
  if (button instanceof HTMLElement) button.click();
}
