import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { blocksOf, PAGES, ROOT } from './support/pages.js';

/** The TypeScript examples of all pages. */
const examples = blocksOf('ts');

describe('The pages', () => {
  let folder: string;

  beforeAll(() => {
    mkdirSync(join(ROOT, 'test', '.pages'), { recursive: true });
    folder = mkdtempSync(join(ROOT, 'test', '.pages', 'run-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('have examples that compile as strictly as the library', () => {
    expect(examples.length).toBeGreaterThan(5);
    const files = examples.map((code, index) => {
      const file = join(folder, `example-${index}.ts`);
      writeFileSync(file, code);
      return file;
    });
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) =>
      ts.sys.readFile(path),
    ) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(
      { ...config.compilerOptions, noUnusedLocals: false, noUnusedParameters: false },
      ROOT,
    );
    const program = ts.createProgram(files, options);
    // The type check of the repository covers the files that they import.
    const problems = files
      .flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
      .map(({ file, start = 0, messageText }) => {
        const line = file?.text.slice(0, start).split('\n').at(-1) ?? '';
        return `${file?.fileName ?? ''}: ${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      });
    expect(problems).toEqual([]);
  }, 60_000);

  it('show a test that is run here, word by word', () => {
    const test = readFileSync(join(ROOT, 'test', 'testing', 'example.spec.ts'), 'utf8');
    expect(examples).toContain(test);
  });

  it('have links that lead somewhere', () => {
    const broken = PAGES.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
        ([link, to, anchor]) => {
          const target = to === '' ? path : join(dirname(path), to!);
          if (!existsSync(join(ROOT, target))) return [`${path}: ${link}`];
          if (anchor === undefined) return [];
          const headings = readFileSync(join(ROOT, target), 'utf8').match(/^#+ .+$/gm) ?? [];
          return headings.map(anchorOf).includes(anchor) ? [] : [`${path}: ${link}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  it('begin with a README that is read in some minutes', () => {
    const [readme] = PAGES;
    expect(readme!.text.split('\n').length).toBeLessThan(250);
    // Nobody looks for a page that the first one does not name.
    const unnamed = PAGES.slice(1).filter(({ path }) => !readme!.text.includes(`](${path})`));
    expect(unnamed.map(({ path }) => path)).toEqual([]);
  });
});

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, '').toLowerCase();
  return words.replace(/[^\w\s-]/g, '').replace(/\s/g, '-');
}
