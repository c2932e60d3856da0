import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import type { Definition } from '../lib/options/option.js';
import { OptionGroup } from '../lib/options/option.group.js';
import { ROOT } from './support/pages.js';

const LIB = join(ROOT, 'lib');

interface Declared {
  /** Such as `queue.concurrency`; of `@Poll`, the option's name only. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly isGroup: boolean;
  /** What holds where the host sets nothing. */
  readonly value: unknown;
  /** What its comment says after `@default`. */
  readonly said: string | undefined;
}

/** All options that are declared in lib. */
function declaredOptions(): Declared[] {
  return readdirSync(LIB, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.options.ts'))
    .flatMap((path) => declaredIn(join(LIB, path)));
}

function declaredIn(path: string): Declared[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(path, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const exported = jest.requireActual<Record<string, unknown>>(path);
  return source.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => declarationList.declarations.slice())
    .flatMap(({ name, initializer }) => {
      if (initializer === undefined || !ts.isCallExpression(initializer)) return [];
      if (initializer.expression.getText() !== 'optionGroup') return [];
      const group = exported[name.getText()];
      if (!(group instanceof OptionGroup)) throw new Error(`${name.getText()} is not exported.`);
      return declaredBy(group, initializer.arguments[1]!);
    });
}

function declaredBy(
  { name: group, definition }: OptionGroup<Definition, unknown>,
  node: ts.Node,
): Declared[] {
  if (!ts.isObjectLiteralExpression(node)) throw new Error(`${group} has no literal definition.`);
  return node.properties.filter(ts.isPropertyAssignment).map((property) => {
    const key = property.name.getText();
    const option = definition[key]!;
    const isRequired = 'isRequired' in option;
    const tag = ts.getJSDocTags(property).find(({ tagName }) => tagName.text === 'default');
    return {
      name: group === '' || group === '@Poll' ? key : `${group}.${key}`,
      isRequired,
      isGroup: option instanceof OptionGroup,
      value: isRequired ? undefined : option.resolve(undefined, key),
      said: ts.getTextOfJSDocComment(tag?.comment)?.replace(/\s+/g, ' ').trim(),
    };
  });
}

/** The value that a text writes down, such as `67_108_864 (64 MiB)`; `undefined` for words. */
function writtenIn(text: string): unknown {
  try {
    const value: unknown = runInNewContext(`(${text.replace(/ \([^)]*\)$/, '')})`);
    // Infinity has no JSON.
    if (typeof value === 'number') return value;
    // Objects of another context have other prototypes.
    return JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

/** What a text says the default is. Words stand for what has no literal: an empty list, or what follows from others. */
function toldBy(text: string | undefined, { value, isRequired }: Declared): unknown {
  if (text === undefined || isRequired) return text;
  const hasLiteral = Array.isArray(value)
    ? value.length > 0
    : ['string', 'number', 'boolean'].includes(typeof value);
  return writtenIn(text) ?? (hasLiteral ? text : value);
}

const options = declaredOptions();

describe('The defaults of options', () => {
  it('are found', () => {
    expect(options.length).toBeGreaterThan(60);
    expect(options.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['path', 'queue.concurrency', 'queue.backoff.factor', 'pageSize']),
    );
  });

  // What a nested group has by default, its own options say.
  const commented = options.filter(({ isGroup, said }) => !isGroup || said !== undefined);

  it.each(commented.map((option) => [option.name, option] as const))(
    '%s: the comment says what the definition does',
    (_, option) => expect(toldBy(option.said, option)).toEqual(option.value),
  );
});

describe('The page of options', () => {
  const page = readFileSync(join(LIB, 'options', 'README.md'), 'utf8');
  const rows = new Map(
    [...page.matchAll(/^\| `([\w.]+)` +\| (.+?) +\|/gm)].map(([, name, text]) => [
      name!,
      text!.replaceAll('`', '').replace(/(?<=\d),(?=\d{3})/g, '_'),
    ]),
  );
  // It tells of sources in prose, and of the groups within groups in one row.
  const listed = options.filter(
    ({ name, isGroup }) =>
      !/^(sources\.|queue\.backoff\.|sending\.allow\.|onRowError\.)/.test(name) &&
      (!isGroup || name.includes('.') || name === 'onRowError'),
  );

  it.each(listed.map((option) => [option.name, option] as const))(
    '%s: the page says what the definition does',
    (name, option) => {
      expect(rows.has(name)).toBe(true);
      const { isRequired, value } = option;
      expect(toldBy(rows.get(name), option)).toEqual(isRequired ? 'required' : value);
    },
  );
});
