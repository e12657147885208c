import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** One row of the table "who may import whom": what files of one folder must not import, and why. */
const forbid = (files, group, message, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns: group.map((g) => ({ ...g, message })) }] },
});

/** ESLint's cache keeps the configuration as text: what is a function in it would end every `npm run check`. */
const lintedSvelteConfig = { compilerOptions: { runes: svelteConfig.compilerOptions.runes } };

export default ts.config(
  { ignores: ['dist/', 'release/', 'node_modules/', 'test-results/'] },
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js'] },
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // A quarter of the time lint takes, for what the compiler refuses already (there are no enums:
      // erasableSyntaxOnly) or what nobody here writes.
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-generated-empty-object-type': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig: lintedSvelteConfig } },
    rules: { 'prefer-const': 'off', 'svelte/prefer-const': 'error' },
  },
  { files: ['**/*.js'], ...ts.configs.disableTypeChecked },

  forbid(
    ['main/signaling/**'],
    [{ regex: '^(?!node:|\\./|\\.\\./\\.\\./package\\.json$|ws$|valibot$|@redis/client$)' }],
    'The signaling module runs without Electron and knows only its own folder, and its version.',
  ),
  forbid(
    ['main/signaling/protocol.ts'],
    [{ regex: '^(?!valibot$|\\./names$)' }],
    'The wire is a leaf: it imports only the schema library, and what a name may be.',
  ),
  forbid(['main/**'], [{ group: ['**/renderer/**', '**/test/**'] }], 'Main knows nothing of the page.', [
    'main/signaling/**',
  ]),
  {
    files: ['main/**'],
    ignores: ['main/ipc.ts', 'main/signaling/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'electron', importNames: ['ipcMain'], message: 'Only ipc.ts touches ipcMain.' }],
          patterns: [{ group: ['**/renderer/**', '**/test/**'], message: 'Main knows nothing of the page.' }],
        },
      ],
    },
  },
  forbid(
    ['preload/bridge.ts'],
    [{ regex: '^(?!valibot$|\\.\\./main/signaling/protocol$)' }],
    'The bridge is a contract: it imports only the schema library and the wire.',
  ),
  forbid(
    ['preload/popup-bridge.ts'],
    [{ regex: '^(?!valibot$|\\./bridge$)' }],
    'The bridge is a contract: it imports only the schema library and the other bridge.',
  ),
  forbid(
    ['preload/index.ts', 'preload/popup.ts'],
    [{ regex: '^(?!electron$|\\./(popup-)?bridge$)' }],
    'The preload only exposes: it imports electron and the bridge.',
  ),
  forbid(
    ['renderer/**'],
    [
      { group: ['electron', 'ws', 'node:*', '**/test/**'] },
      { regex: '/main/(?!signaling/(protocol|names)$)' },
      { regex: '/preload/(?!(popup-)?bridge$)' },
    ],
    'The page is an ordinary web page; from outside it knows only the bridge and the wire.',
    ['renderer/call/**'],
  ),
  forbid(
    ['renderer/call/**'],
    [
      { group: ['electron', 'ws', 'node:*', '**/test/**', '**/ui/**'] },
      { regex: '/main/(?!signaling/(protocol|names)$)' },
      { regex: '/preload/(?!bridge$)' },
    ],
    'The call knows no markup, and from outside only the bridge and the wire.',
  ),
);
