/** How the tests run: forked processes, as many as the smallest machine has cores. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/operations/record.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    slowTestThreshold: 2_000,
    // What is waited for comes at once, unless the machine is busy.
    expect: { poll: { timeout: 15_000 } },
  },
});
