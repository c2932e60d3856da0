import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Numbers of the rows to measure; empty for all. */
  readonly rows: readonly string[];
  /** Names of the databases to measure on; empty for all that answer. */
  readonly databases: readonly string[];
  readonly rounds: number;
  /** Length of one measured window. */
  readonly seconds: number;
  /** Connections of the load process, and producers without HTTP. */
  readonly connections: number;
  /** Share of the row's full size (rows in tables, jobs, events), between 0 and 1. */
  readonly scale: number;
  readonly out: string;
  /** Folder for CPU profiles of our processes. */
  readonly profile: string | undefined;
  readonly check: boolean;
  /** Folder of an older checkout, compiled, to measure the library against instead of others. */
  readonly against: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]

  --rows 1,2        only these rows
  --databases sqlite,postgres,mysql
                    only these databases
  --rounds 5        how often both sides are measured
  --seconds 5       how long one measurement takes
  --connections 100 connections of the load process
  --quick           2 rounds of 2 seconds, tables of a tenth of the size
  --smoke           1 round of 1 second, tables of a hundredth: shows that each row runs, measures nothing
  --out file        where the JSON goes (test/bench/results.json)
  --profile folder  write CPU profiles of the library's processes there
  --against folder  compare with the same applications of another checkout (an older commit) instead of the rivals;
                    run npm run bench -- --help there first, which compiles them
  --check           exit code 1 when a target is missed
  --help`;

const SIZES = {
  full: { rounds: '5', seconds: '5', scale: 1 },
  quick: { rounds: '2', seconds: '2', scale: 0.1 },
  smoke: { rounds: '1', seconds: '1', scale: 0.01 },
};

export function parseOptions(args: readonly string[], defaultOut: string): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '' },
      databases: { type: 'string', default: '' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string', default: '100' },
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      out: { type: 'string', default: defaultOut },
      profile: { type: 'string' },
      against: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const size = values.smoke ? SIZES.smoke : values.quick ? SIZES.quick : SIZES.full;
  return {
    rows: list(values.rows),
    databases: list(values.databases),
    rounds: positive('rounds', values.rounds ?? size.rounds),
    seconds: positive('seconds', values.seconds ?? size.seconds),
    connections: positive('connections', values.connections),
    scale: size.scale,
    out: values.out,
    profile: values.profile,
    against: values.against,
    check: values.check,
    help: values.help,
  };
}

function list(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new RangeError(`Expected --${name} to be a whole number above 0, got '${value}'.`);
}
