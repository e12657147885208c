/** A window that starts out of sight paints nothing, and is not waited for longer than this. */
const PATIENCE_MS = 500;

/** Resolves once the page shows something. */
export function firstFrame(): Promise<void> {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((painted) => {
      if (painted.getEntriesByName('first-contentful-paint').length > 0) done();
    });
    const timer = setTimeout(done, PATIENCE_MS);

    function done(): void {
      clearTimeout(timer);
      observer.disconnect();
      resolve();
    }
    observer.observe({ type: 'paint', buffered: true });
  });
}
