export default {
  // A machine that does other things as well must not fail a test: nothing here depends on speed.
  testTimeout: 30_000,
  // Each file has databases of its own, and much of its time is spent waiting for them.
  maxWorkers: '100%',
  // Sources that a spec file loaded are collected late: a worker that has too many starts again.
  workerIdleMemoryLimit: '400MB',
  testEnvironment: '<rootDir>/test/support/jest/one-realm.environment.mjs',
  runtime: '<rootDir>/test/support/jest/sharing.runtime.mjs',
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  // They need packages of their own: npm run test:own-libraries.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/own-libraries/'],
  testMatch: ['**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  transform: { '^.+\\.m?[tj]s$': '@swc/jest' },
  // Of the packages, the runtime has Jest load these only.
  transformIgnorePatterns: ['/node_modules/(?!@nestjs/typeorm/)'],
  moduleNameMapper: {
    '^nestjs-hookline$': '<rootDir>/lib/index.ts',
    '^nestjs-hookline/signatures$': '<rootDir>/lib/signatures/index.ts',
    '^nestjs-hookline/testing$': '<rootDir>/lib/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
