import { Child, type Spawn } from './child.process.js';
import type { DatabaseKind } from './databases.js';
import type { LoadApi } from './load/load.process.js';
import type { BenchOptions } from './options.js';
import type { Methods } from './remote.js';
import type { Result } from './result.js';

const SERVER_CORE = 0;
const LOAD_CORE = 1;

/** What a row gets. */
export interface Context {
  readonly options: BenchOptions;
  /** All databases that answer. */
  readonly databases: readonly DatabaseKind[];
  /** The databases with a target in the table. */
  readonly databasesWithTarget: readonly DatabaseKind[];
  /** Reports a finished line of the table. */
  done(result: Result): void;
  /** Reports something that could not be measured. */
  warn(line: string): void;
}

export interface Row {
  readonly number: string;
  readonly title: string;
  measure(context: Context): Promise<void>;
}

/** Starts one of the applications on the server's core. */
export function startApp<Api extends Methods>(
  name: string,
  config: unknown,
  { nodeOptions = [], checkout }: Pick<Spawn, 'nodeOptions' | 'checkout'> = {},
): Promise<Child<Api>> {
  return Child.start<Api>({
    file: `apps/${name}.app.js`,
    core: SERVER_CORE,
    config,
    nodeOptions,
    ...(checkout === undefined ? {} : { checkout }),
  });
}

/** Starts one of ours, with a CPU profile if asked for. */
export function startOurs<Api extends Methods>(
  { options }: Context,
  name: string,
  config: unknown,
  nodeOptions: readonly string[] = [],
): Promise<Child<Api>> {
  const profile =
    options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
  return startApp<Api>(name, config, { nodeOptions: [...nodeOptions, ...profile] });
}

export function startLoad(): Promise<Child<LoadApi>> {
  return Child.start<LoadApi>({ file: 'load/load.process.js', core: LOAD_CORE });
}
