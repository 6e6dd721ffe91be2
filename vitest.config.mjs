import { defineConfig } from 'vitest/config';

/** What holds for the program holds for its tests. */
const setupFiles = ['./src/cli/sound-compiler.ts'];

// `unit` is pure or touches loopback only; `sim` plays scenarios and some of the swarm; `net` makes network namespaces and
// runs one file at a time; `fidelity` plays scenarios there and in the simulator.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts', 'tools/**/*.test.mjs'],
          pool: 'forks',
          setupFiles,
          // Against what hangs, not what is slow: properties over many cases share the processors with everything else.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'sim',
          include: ['test/sim/**/*.test.ts'],
          pool: 'forks',
          setupFiles,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'net',
          include: ['test/net/**/*.test.ts'],
          pool: 'forks',
          setupFiles,
          fileParallelism: false,
          // Labs do not see each other; what bounds them is the machine's two or more processors.
          maxConcurrency: 16,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'fidelity',
          include: ['test/fidelity/**/*.test.ts'],
          pool: 'forks',
          setupFiles,
          fileParallelism: false,
          // Clusters side by side in namespaces of their own; more of them would disturb each other's clocks.
          maxConcurrency: Number(process.env.HOLDFAST_FIDELITY_AT_ONCE ?? 3),
          testTimeout: 60_000,
        },
      },
    ],
  },
});
