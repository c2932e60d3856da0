import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '..', '..');

/** A page of the documentation. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** All pages: the README first, then the guides. */
export const PAGES: readonly Page[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...guidesIn('lib'),
  ...guidesIn('test'),
].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

/** The blocks of code of one language on all pages, in their order. */
export function blocksOf(language: string): string[] {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return PAGES.flatMap(({ text }) => [...text.matchAll(block)].map((match) => match[1]!));
}

function guidesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(ROOT, folder, name)).map((file) => [name, file]))
    .filter(([, file]) => file === 'README.md')
    .map(([name, file]) => `${folder}/${name}/${file}`);
}
