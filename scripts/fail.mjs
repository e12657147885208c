/**
 * Ends a script that failed: its sentence, without a stack that helps nobody who only wants to start Parley.
 * @param {unknown} error
 * @returns {number} the exit code
 */
export function fail(error) {
  console.error(error instanceof Error ? error.message : error);
  if (process.env['DEBUG']) console.error(error);
  return 1;
}
