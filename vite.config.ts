import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { BuildEnvironmentOptions, EnvironmentOptions } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** What Electron and Node bring themselves, and the optional natives of ws. */
const external = ['electron', ...builtinModules, /^node:/, 'bufferutil', 'utf-8-validate'];

/** A build for Node or Electron: everything it needs bundled, so that nothing is installed beside it. */
function nodeBuild(outDir: string, input: Record<string, string>, format: 'es' | 'cjs'): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true },
    build: {
      outDir: join(root, 'dist', outDir),
      emptyOutDir: true,
      target: 'node20',
      // The preload is read before each page: small matters more than readable there.
      minify: format === 'cjs',
      sourcemap: format === 'es',
      rolldownOptions: {
        platform: 'node',
        external,
        input: Object.fromEntries(Object.entries(input).map(([name, file]) => [name, join(root, file)])),
        output:
          format === 'cjs'
            ? { format, entryFileNames: '[name].cjs', codeSplitting: false }
            : { format, entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  };
}

/** A build of a page: what Electron's Chromium speaks, nothing inlined; what is loaded later brings its own styles. */
function pageBuild(outDir: string): BuildEnvironmentOptions {
  return {
    outDir: join(root, 'dist', outDir),
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    modulePreload: false,
  };
}

export default defineConfig({
  root: join(root, 'renderer'),
  cacheDir: join(root, 'node_modules/.vite'),
  base: './',
  // Lucide's drawings, in a component of our own.
  resolve: { alias: [{ find: /^\.\.\/Icon\.svelte$/, replacement: join(root, 'renderer/ui/Icon.svelte') }] },
  optimizeDeps: { exclude: ['@lucide/svelte'] },
  plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
  server: { host: '127.0.0.1', port: 5273, strictPort: true },
  builder: {
    async buildApp(builder) {
      // Vite brings environments of its own too, so these are named.
      for (const name of ['client', 'popup', 'main', 'preload', 'popupPreload', 'server']) {
        const environment = builder.environments[name];
        if (environment) await builder.build(environment);
      }
    },
  },
  environments: {
    client: { build: pageBuild('renderer') },
    // A build of its own: what the two pages share is not cut out of the page into one more file to load.
    popup: {
      consumer: 'client',
      build: { ...pageBuild('popup'), rolldownOptions: { input: join(root, 'renderer/popup.html') } },
    },
    main: nodeBuild(
      'main',
      { index: 'main/index.ts', 'lan-server-process': 'main/signaling/lan-server-process.ts' },
      'es',
    ),
    // One file each: a sandboxed preload can load no second one.
    preload: nodeBuild('preload', { index: 'preload/index.ts' }, 'cjs'),
    popupPreload: nodeBuild('popup-preload', { popup: 'preload/popup.ts' }, 'cjs'),
    server: nodeBuild('server', { 'parley-server': 'main/signaling/cli.ts' }, 'es'),
  },
  test: {
    projects: ['unit', 'integration'].map((name) => ({
      extends: true as const,
      root,
      resolve: { conditions: ['browser'] },
      test: {
        name,
        include: [`test/${name}/**/*.test.ts`],
        environment: 'node',
        setupFiles: [join(root, 'test/support/seeded-properties.ts')],
        // Unit tests share nothing they could leave behind, so they share one process: three times as fast.
        isolate: name !== 'unit',
        testTimeout: name === 'unit' ? 20_000 : 60_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
