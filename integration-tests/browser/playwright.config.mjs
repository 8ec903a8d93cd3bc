// One browser of the system, one worker, and the report that the bundle holds.
import { defineConfig } from '@playwright/test';

const out = process.env.SUITE_OUT;

export default defineConfig({
  testDir: '.',
  testMatch: 'suite.spec.mjs',
  outputDir: `${out}/playwright`,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  updateSnapshots: 'none',
  reporter: [['json', { outputFile: `${out}/report.json` }]],
  use: {
    viewport: { width: 320, height: 240 },
    launchOptions: {
      executablePath: process.env.SUITE_BROWSER ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
