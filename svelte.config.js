/** Svelte reads type-only TypeScript by itself, so there is nothing to preprocess. */
export default {
  compilerOptions: { runes: true },
};
