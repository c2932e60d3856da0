export default {
  // A machine that does other things as well must not fail a test: nothing here depends on speed.
  testTimeout: 30_000,
  // What a test file has loaded is not all let go of, and slows down those after it: many times, in the end.
  workerIdleMemoryLimit: '400MB',
  testEnvironment: 'node',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  transform: { '^.+\\.m?[tj]s$': '@swc/jest' },
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|light-my-request|cookie|uuid|iterare|file-type|load-esm|jose|@linear|@octokit)/)',
  ],
  moduleNameMapper: {
    '^nestjs-hookline$': '<rootDir>/lib/index.ts',
    '^nestjs-hookline/signatures$': '<rootDir>/lib/signatures/index.ts',
    '^nestjs-hookline/testing$': '<rootDir>/lib/testing/index.ts',
    // Exports nothing to require().
    '^@octokit/webhooks-methods$':
      '<rootDir>/node_modules/@octokit/webhooks-methods/dist-node/index.js',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
