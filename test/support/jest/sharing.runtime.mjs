import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { handlePotentialSyntaxError } from '@jest/transform';
import Runtime from 'jest-runtime';

const requireShared = createRequire(import.meta.url);

/**
 * Packages to load for each spec file. The first keeps the entities of every test in a static; a spec mocks
 * the second, which must find the NestJS that `moduleNameMapper` names.
 */
const OF_EACH_FILE = /\/node_modules\/(?:@nestjs\/typeorm|@nestjs-modules\/mailer)\//;

/**
 * Evaluates a package once per worker, and the sources for each spec file. TypeORM and NestJS take
 * longer to load than most spec files take to run. It builds on internals of Jest, so package.json names
 * Jest's version exactly.
 */
export default class SharingRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    // Jest's own compile function needs a realm for each spec file.
    this.executor.compile = (source, filename) => {
      try {
        return compileFunction(source, this.executor.injectedModuleParameters, { filename });
      } catch (error) {
        throw handlePotentialSyntaxError(error);
      }
    };
  }

  requireModule(from, name, options, isRequireActual) {
    if (
      name !== undefined &&
      options?.isInternalModule !== true &&
      !this._resolution.isCoreModule(name)
    ) {
      const path = this._resolution.resolveCjs(from, name);
      if (path.includes('/node_modules/') && !OF_EACH_FILE.test(path)) return requireShared(path);
    }
    return super.requireModule(from, name, options, isRequireActual);
  }
}
