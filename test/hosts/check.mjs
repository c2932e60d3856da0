// Packs the package and uses it in applications, as its users do: in every supported stack, by import and by
// require, with its types, on the command line, and in tests.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Host } from './host.mjs';
import { checkRecipes } from './recipes.mjs';
import { dependenciesOf, STACKS } from './stacks.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const FILES = ['app.ts', 'game.module.ts', 'signed-post.ts', 'validation.ts', 'one-copy.mjs'];
const MAX_FILE_KB = 300;
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
    console.log(
      `${stack.name}, by ${stack.manager}: installs, compiles, receives, validates and handles.`,
    );
  }
  checkRecipes(folder, tarball);
  checkPackage(folder, tarball);
  checkFiles(join(folder, 'files'), tarball);
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
    files: ['app.ts', 'validation.ts'],
  });
  const adapter = stack.adapter === 'express' ? 'adapter.ts' : 'adapter.fastify.ts';
  host.copy(join(HERE, 'app', adapter), 'adapter.ts');
  for (const file of FILES) host.copy(join(HERE, 'app', file), file);
  host.install(ROOT);
  host.bin('tsc');
  host.run('node', ['dist/app.js']);
  host.run('node', ['dist/validation.js']);
  host.run('node', ['one-copy.mjs']);
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

/** REQ-249 Nothing is shipped that nobody needs, and no source map points at what is missing. */
function checkFiles(path, tarball) {
  mkdirSync(path);
  const { status, stderr } = spawnSync('tar', ['-xzf', tarball, '-C', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const root = join(path, 'package');
  const files = readdirSync(root, { recursive: true }).map((file) => join(root, file));
  const shipped = files.filter((file) => statSync(file).isFile());
  const refuse = (what, isWrong) => {
    const wrong = shipped.filter(isWrong).map((file) => relative(root, file));
    if (wrong.length > 0) throw new Error(`The package ships ${what}: ${wrong.join(', ')}`);
  };
  refuse('tests', (file) => /\.(?:spec|test)\./.test(file));
  refuse(`files over ${MAX_FILE_KB} KB`, (file) => statSync(file).size > MAX_FILE_KB * 1000);
  refuse('maps without their sources', (file) => file.endsWith('.map') && !hasSources(file));
  console.log(
    `${shipped.length} files are shipped: no test, none over ${MAX_FILE_KB} KB, every map with its source.`,
  );
}

function hasSources(file) {
  const { sources, sourcesContent } = JSON.parse(readFileSync(file, 'utf8'));
  return sources.every(
    (source, index) =>
      typeof sourcesContent?.[index] === 'string' || existsSync(join(dirname(file), source)),
  );
}
