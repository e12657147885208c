import { defineConfig } from '@playwright/test';

/** Promises to a person are time-outs of waits for their event; a busy CI machine gets four times as long. */
const patience = process.env['CI'] ? 4 : 2;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results',
  timeout: 60_000 * patience,
  expect: { timeout: 5_000 * patience },
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
});
