import { availableParallelism } from 'node:os';

export default {
  // A machine that does other things as well must not fail a test: nothing here depends on speed.
  testTimeout: 30_000,
  // Each spec file has its own databases, and waits for them most of the time.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // The sources of finished spec files are collected late: a worker with too many of them restarts.
  workerIdleMemoryLimit: '400MB',
  testEnvironment: '<rootDir>/test/support/jest/one-realm.environment.mjs',
  runtime: '<rootDir>/test/support/jest/sharing.runtime.mjs',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  // These specs need further packages: npm run test:own-libraries.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/own-libraries/'],
  testMatch: ['**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  transform: { '^.+\\.m?[tj]s$': '@swc/jest' },
  // The runtime lets Jest load only these packages.
  transformIgnorePatterns: ['/node_modules/(?!@nestjs/typeorm/)'],
  moduleNameMapper: {
    '^nestjs-hookline$': '<rootDir>/lib/index.ts',
    '^nestjs-hookline/signatures$': '<rootDir>/lib/signatures/index.ts',
    '^nestjs-hookline/testing$': '<rootDir>/lib/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
