import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['plugins/*/src/**/*.test.ts', 'packages/*/src/**/*.test.ts'],
    // A test starts a whole catalog on two cores that others use as well.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
