import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const LIBRARY = new URL('../../lib/index.ts', import.meta.url).href;

/** TypeScript imports `./x.ts` as `./x.js`. */
export async function resolve(specifier, context, nextResolve) {
  if (specifier === 'nestjs-hookline') return { url: LIBRARY, shortCircuit: true };
  if (specifier.startsWith('.') && specifier.endsWith('.js')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(url)) return { url: url.href, shortCircuit: true };
  }
  return nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    configFile: fileURLToPath(new URL('../../.swcrc', import.meta.url)),
    module: { type: 'es6' },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
