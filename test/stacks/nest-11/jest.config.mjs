import config from '../../../jest.config.mjs';

const STACK = '<rootDir>/test/stacks/nest-11/node_modules';

export default {
  ...config,
  rootDir: '../../..',
  moduleNameMapper: {
    ...config.moduleNameMapper,
    '^(@nestjs/(?:common|core|platform-express|platform-fastify|schedule|testing|typeorm)(?:/.*)?)$': `${STACK}/$1`,
    '^(typeorm(?:/.*)?)$': `${STACK}/$1`,
  },
};
