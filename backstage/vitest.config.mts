import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['plugins/*/src/**/*.test.ts', 'packages/*/src/**/*.test.ts'],
    // A test starts a whole catalog on two cores that others use as well.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // They wait more than they compute, so two at a time are quicker on two cores as well.
    minWorkers: 1,
    maxWorkers: 2,
  },
});
