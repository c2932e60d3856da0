import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = 'test/REQUIREMENTS.md';
const NUMBER = /\b(?:REQ|F)-\d+/g;

/** All sources below a folder, without what is installed there. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(path);
    return /\.m?[jt]s$/.test(entry.name) ? [path] : [];
  });
}

const numbersIn = (text: string): string[] => text.match(NUMBER) ?? [];

describe(PAGE, () => {
  const page = readFileSync(PAGE, 'utf8');
  const explained = page
    .split('\n')
    .flatMap((line) => /^\| ((?:REQ|F)-\d+) /.exec(line)?.[1] ?? []);
  const cited = new Set(
    ['lib', 'test', 'sample']
      .flatMap(sources)
      .flatMap((path) => numbersIn(readFileSync(path, 'utf8'))),
  );

  it('explains every number that is cited', () => {
    expect([...cited].filter((number) => !explained.includes(number))).toEqual([]);
  });

  it('explains no number that is not cited', () => {
    expect(explained.filter((number) => !cited.has(number))).toEqual([]);
  });

  it('explains each number once', () => {
    expect(explained.filter((number, index) => explained.indexOf(number) !== index)).toEqual([]);
  });
});
