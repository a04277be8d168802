import { defineConfig } from '@playwright/test';

// Debian's Chromium; nothing is downloaded. Each worker has a whole house of its own (support/house.ts).
export default defineConfig({
  testDir: 'tests',
  outputDir: 'results/failures',
  fullyParallel: true,
  // A person who waits for a code, a card or a page leaves the machine to others.
  workers: 3,
  retries: 0,
  forbidOnly: true,
  // A guide from end to end, with every page looked at twice, on a machine that builds something else.
  timeout: 600_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    screenshot: 'only-on-failure',
    // A trace is of all tests, also of those that pass, and makes each of them half as slow again: TRACE=1 where one fails.
    trace: process.env['TRACE'] === undefined ? 'off' : 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
