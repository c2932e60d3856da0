export default {
  // A machine that does other things as well must not fail a test: nothing here depends on speed.
  testTimeout: 30_000,
  // Each file has databases of its own, and much of its time is spent waiting for them.
  maxWorkers: '100%',
  // What a test file has loaded is not all let go of, and slows down those after it: many times, in the end.
  workerIdleMemoryLimit: '400MB',
  testEnvironment: 'node',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  // They need packages of their own: npm run test:own-libraries.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/own-libraries/'],
  testMatch: ['**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  transform: { '^.+\\.m?[tj]s$': '@swc/jest' },
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|light-my-request|cookie|uuid|iterare|file-type|load-esm)/)',
  ],
  moduleNameMapper: {
    '^nestjs-hookline$': '<rootDir>/lib/index.ts',
    '^nestjs-hookline/signatures$': '<rootDir>/lib/signatures/index.ts',
    '^nestjs-hookline/testing$': '<rootDir>/lib/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
