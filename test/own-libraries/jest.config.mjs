import config from '../../jest.config.mjs';

export default {
  ...config,
  rootDir: '../..',
  roots: ['<rootDir>/test/own-libraries'],
  testPathIgnorePatterns: ['/node_modules/'],
  // These packages are loaded again and again, some with mocks in their place.
  testEnvironment: 'node',
  runtime: 'jest-runtime',
  transformIgnorePatterns: ['/node_modules/(?!(jose|@linear|@octokit)/)'],
  moduleNameMapper: {
    // Exports nothing to require().
    '^@octokit/webhooks-methods$':
      '<rootDir>/test/own-libraries/node_modules/@octokit/webhooks-methods/dist-node/index.js',
    ...config.moduleNameMapper,
  },
};
