import type { Machine } from './machine.js';
import type { Result } from './result.js';
import type { Spread } from './statistics.js';

/** The contents of the JSON file. */
export interface Report {
  readonly startedAt: string;
  readonly machine: Machine;
  readonly durability: Readonly<Record<string, string>>;
  readonly options: object;
  readonly warnings: readonly string[];
  readonly results: readonly Result[];
}

const HEAD = ['row', 'what', 'ours', 'against', 'theirs', 'unit', 'ratio', 'target', ''];

/** The results as a table; each figure is the median with the least and the most of all rounds. */
export function table(results: readonly Result[]): string {
  const lines = [HEAD, ...results.map(cells)];
  const widths = HEAD.map((_, column) =>
    Math.max(3, ...lines.map((each) => each[column]?.length ?? 0)),
  );
  const print = (each: readonly string[]): string =>
    `| ${each.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [print(HEAD), print(rule), ...lines.slice(1).map(print)].join('\n');
}

/** One result as a line. */
export function line(result: Result): string {
  const { row, title, ours, theirs, unit, ratio, notes = [] } = result;
  const figures = `${figure(ours)} : ${figure(theirs)} ${unit}`;
  const told = [
    `${row}. ${title}: ${figures}, ratio ${figure(ratio)} ${verdict(result)}`.trimEnd(),
  ];
  return [...told, ...notes.map((note) => `   ${note}`)].join('\n');
}

function cells(result: Result): string[] {
  const { row, title, ours, theirs, unit, ratio } = result;
  return [
    row,
    title,
    figure(ours),
    theirs.label,
    figure(theirs),
    unit,
    figure(ratio),
    wanted(result),
    verdict(result),
  ];
}

function wanted({ target, targetIsLimit, limit, unit }: Result): string {
  if (limit !== undefined) return `≤ ${limit} ${unit}`;
  if (target === undefined) return '';
  return `${targetIsLimit === true ? '≤' : '≥'} ${target}`;
}

function verdict({ reached }: Result): string {
  return reached === undefined ? '' : reached ? 'reached' : 'MISSED';
}

function figure({ median, min, max }: Spread): string {
  return min === max ? digits(median) : `${digits(median)} (${digits(min)} – ${digits(max)})`;
}

/** Three significant digits. */
function digits(value: number): string {
  return value.toLocaleString(
    'en',
    value >= 1_000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  );
}
