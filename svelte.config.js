/** Svelte reads type-only TypeScript by itself, so there is nothing to preprocess. */
export default {
  compilerOptions: {
    runes: true,
    // A component's own name keeps its styles to itself: shorter in the page than a hash, and says whose they are.
    cssHash: ({ name }) => name,
  },
};
