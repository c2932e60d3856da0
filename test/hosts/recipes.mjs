// REQ-248 The guide's test of a handler, run as the guide says, by Jest and by Vitest.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Host } from './host.mjs';
import { dependenciesOf, STACKS } from './stacks.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const EXAMPLE = join(ROOT, 'test/testing/example.spec.ts');

/** What `nest new` of NestJS 11 writes into package.json. */
const NEST_11_JEST = {
  moduleFileExtensions: ['js', 'json', 'ts'],
  rootDir: 'src',
  testRegex: '.*\\.spec\\.ts$',
  transform: { '^.+\\.(t|j)s$': 'ts-jest' },
  testEnvironment: 'node',
};

/** The part of `nest new`'s tsconfig.json, of NestJS 11, that tests need. */
const NEST_11_COMPILER_OPTIONS = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  esModuleInterop: true,
  isolatedModules: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  target: 'ES2023',
  skipLibCheck: true,
};

export function checkRecipes(folder, tarball) {
  jest(new Host(join(folder, 'jest')), tarball);
  vitest(new Host(join(folder, 'vitest')), tarball);
}

function jest(host, tarball) {
  const stack = stackOf('NestJS 11 (CommonJS), Express, TypeORM 0.3');
  host.write('package.json', {
    private: true,
    dependencies: {
      ...dependenciesOf(stack),
      ...testing(stack),
      '@types/jest': '^30.0.0',
      jest: '^30.0.0',
      'nestjs-hookline': `file:${tarball}`,
      'ts-jest': '^29.4.0',
    },
    jest: { ...NEST_11_JEST, ...fromGuide('transformIgnorePatterns') },
  });
  host.write('tsconfig.json', { compilerOptions: NEST_11_COMPILER_OPTIONS });
  mkdirSync(join(host.folder, 'src'));
  host.copy(EXAMPLE, 'src/example.spec.ts');
  host.install(ROOT);
  host.bin('jest');
  console.log(`${stack.name}: the guide's test runs in Jest, as nest new sets it up.`);
}

function vitest(host, tarball) {
  const stack = stackOf('NestJS 12 (ESM), Express, TypeORM 1.x');
  host.write('package.json', {
    private: true,
    type: 'module',
    dependencies: {
      ...dependenciesOf(stack),
      ...testing(stack),
      'nestjs-hookline': `file:${tarball}`,
      // Vitest 5 is for newer versions of Node.js than ours.
      vite: '8.3.8',
      vitest: '4.1.12',
    },
  });
  host.write('tsconfig.json', {
    compilerOptions: { ...NEST_11_COMPILER_OPTIONS, types: ['vitest/globals'] },
    include: ['*.ts'],
  });
  host.copy(EXAMPLE, 'example.spec.ts');
  host.install(ROOT);
  host.bin('vitest', 'run', '--globals');
  console.log(`${stack.name}: the guide's test runs in Vitest.`);
}

function testing({ versions }) {
  return { '@nestjs/testing': versions.nest, '@types/supertest': '^7.0.0', supertest: '^7.0.0' };
}

function stackOf(name) {
  return STACKS.find((stack) => stack.name === name);
}

/** The guide's block of JSON that has this property. */
function fromGuide(property) {
  const guide = readFileSync(join(ROOT, 'lib', 'testing', 'README.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```json\n([^`]*)```$/gm)].map(([, json]) => json);
  const block = blocks.find((json) => json.includes(`"${property}"`));
  if (block === undefined) throw new Error(`The guide has no block of JSON with ${property}.`);
  return JSON.parse(block);
}
