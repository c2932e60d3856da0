// Compiles the benchmarks once, so that the processes which are measured are plain Node.js and run the
// built package, as a host does. Then starts them.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const OUTPUT = join(HERE, 'dist');

if (!existsSync(join(ROOT, 'dist', 'index.js'))) {
  throw new Error('The package is not built. Run: npm run bench');
}
await link();
await compile();
const { main } = await import('./dist/main.js');
process.exitCode = await main(process.argv.slice(2));

/** Makes `import 'nestjs-hookline'` find the built package, as in a host. */
async function link() {
  const path = join(HERE, 'node_modules', 'nestjs-hookline');
  await rm(path, { recursive: true, force: true });
  await symlink(ROOT, path, 'junction');
}

async function compile() {
  await rm(OUTPUT, { recursive: true, force: true });
  for (const file of await sources()) {
    const filename = join(HERE, file);
    const { code } = await transform(await readFile(filename, 'utf8'), {
      filename,
      configFile: join(ROOT, '.swcrc'),
      module: { type: 'es6' },
    });
    const target = join(OUTPUT, file.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
}

/** The TypeScript files below a folder, without installed packages: one is a link back to this repository. */
async function sources(folder = '') {
  const found = [];
  for (const entry of await readdir(join(HERE, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && /(?<!\.d)\.ts$/.test(path)) found.push(path);
    const isOwn = entry.isDirectory() && !['node_modules', 'dist', '.data'].includes(path);
    if (isOwn) found.push(...(await sources(path)));
  }
  return found;
}
