// Packs the package and uses it in applications, as its users do: in every supported stack, by import and by
// require, with its types, on the command line, and in tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Host } from './host.mjs';
import { checkRecipes } from './recipes.mjs';
import { dependenciesOf, STACKS } from './stacks.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const COMPILER_OPTIONS = {
  target: 'ES2022',
  strict: true,
  types: ['node'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  outDir: 'dist',
};

const folder = mkdtempSync(join(tmpdir(), 'hookline-hosts-'));
try {
  const tarball = pack();
  for (const [index, stack] of STACKS.entries()) {
    checkStack(stack, join(folder, String(index)), tarball);
    console.log(`${stack.name}, by ${stack.manager}: installs, compiles, receives and handles.`);
  }
  checkRecipes(folder, tarball);
  checkPackage(folder, tarball);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return join(folder, stdout.trim().split('\n').at(-1));
}

function checkStack(stack, path, tarball) {
  const host = new Host(path, stack.manager);
  host.write('package.json', {
    name: 'host',
    private: true,
    type: stack.type,
    dependencies: { ...dependenciesOf(stack), 'nestjs-hookline': `file:${tarball}` },
  });
  host.write('tsconfig.json', {
    compilerOptions: { ...COMPILER_OPTIONS, ...stack.compilerOptions },
    files: ['app.ts'],
  });
  const adapter = stack.adapter === 'express' ? 'adapter.ts' : 'adapter.fastify.ts';
  host.copy(join(HERE, 'app', adapter), 'adapter.ts');
  host.copy(join(HERE, 'app/app.ts'), 'app.ts');
  host.install(ROOT);
  host.bin('tsc');
  host.run('node', ['dist/app.js']);
  if (!host.bin('nestjs-hookline', 'list', 'stripe').includes('invoice.paid')) {
    throw new Error('nestjs-hookline list stripe does not name invoice.paid.');
  }
}

/** Checks the package with publint and attw. */
function checkPackage(path, tarball) {
  const host = new Host(path);
  host.run('npx', ['--yes', 'publint@0.3.25', tarball, '--strict']);
  host.run('npx', ['--yes', '@arethetypeswrong/cli@0.18.5', tarball, '--profile', 'esm-only']);
  console.log('publint and attw (esm-only) find nothing.');
}
