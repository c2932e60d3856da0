import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '..');

/** The TypeScript examples of the README, in their order. */
const examples = [
  ...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
].map((match) => match[1]!);

describe('The README', () => {
  let folder: string;

  beforeAll(() => {
    mkdirSync(join(ROOT, 'test', '.readme'), { recursive: true });
    folder = mkdtempSync(join(ROOT, 'test', '.readme', 'run-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has examples that compile as strictly as the library', () => {
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
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
      const line = file?.text.slice(0, start).split('\n').at(-1) ?? '';
      return `${file?.fileName ?? ''}: ${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    expect(problems).toEqual([]);
  }, 60_000);

  it('shows a test that is run here, word by word', () => {
    const test = readFileSync(join(ROOT, 'test', 'testing', 'example.spec.ts'), 'utf8');
    expect(examples).toContain(test);
  });
});
