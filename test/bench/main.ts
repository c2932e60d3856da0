import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findDatabases } from './databases.js';
import { machine } from './machine.js';
import { parseOptions, USAGE } from './options.js';
import { line, table, type Report } from './report.js';
import type { Result } from './result.js';
import { rows } from './rows.js';

const DEFAULT_OUT = fileURLToPath(new URL('../results.json', import.meta.url));

/** Measures the chosen rows; returns the exit code, which is 1 when a row cannot be measured. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, DEFAULT_OUT);
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  if (options.help) {
    print(USAGE);
    return 0;
  }
  const startedAt = new Date().toISOString();
  const results: Result[] = [];
  const warnings: string[] = [];
  const warn = (text: string): void => {
    warnings.push(text);
    print(`! ${text}`);
  };

  const found = await findDatabases(options.databases, warn);
  const durability = Object.fromEntries(found.map((each) => [each.kind.label, each.durability]));
  const on = machine();
  print(`${on.cpu}, ${on.cores} cores, ${on.memoryGib} GiB, ${on.system}, Node.js ${on.node}`);
  print(`${on.placement}; ${options.rounds} rounds of ${options.seconds} s`);
  for (const [label, settings] of Object.entries(durability)) print(`${label}: ${settings}`);

  const databases = found.map(({ kind }) => kind);
  const databasesWithTarget = databases.filter(({ hasTarget }) => hasTarget);
  let hasFailed = false;
  for (const row of rows(options)) {
    if (options.rows.length > 0 && !options.rows.includes(row.number)) continue;
    print(`\n${row.number}. ${row.title}`);
    await row
      .measure({
        options,
        databases,
        databasesWithTarget,
        done: (result) => {
          results.push(result);
          print(line(result));
        },
        warn,
      })
      .catch((error: unknown) => {
        hasFailed = true;
        warn(`Row ${row.number} failed: ${(error as Error).stack}`);
      });
  }

  print(`\n${table(results)}`);
  const report: Report = { startedAt, machine: on, durability, options, warnings, results };
  await writeFile(options.out, `${JSON.stringify(report, undefined, 2)}\n`);
  const isMissed = warnings.length > 0 || results.some(({ reached }) => reached === false);
  return hasFailed || (options.check && isMissed) ? 1 : 0;
}
