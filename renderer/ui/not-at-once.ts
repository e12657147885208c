/** A person needs longer than this to see what has come and to decide on it. */
const DECIDED_MS = 400;

/**
 * Keeps pointers off what has just come onto the screen: a press that is on its way was meant for what was there before,
 * and must not open a camera.
 */
export function notAtOnce(element: HTMLElement): () => void {
  element.inert = true;
  const timer = setTimeout(() => (element.inert = false), DECIDED_MS);
  return () => clearTimeout(timer);
}
