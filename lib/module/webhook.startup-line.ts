import type { DataSource } from 'typeorm';

/** The facts of the start-up line. */
export interface StartupFacts {
  /** Where sources post to, below the global prefix. */
  readonly path: string;
  readonly sources: readonly string[];
  readonly handlers: number;
  readonly rules: number;
  readonly pollers: number;
  readonly timers: number;
  /** Whether this process runs jobs. */
  readonly runsJobs: boolean;
  readonly dataSource: DataSource;
}

/**
 * One log line at start-up: the sources, the handlers, rules, pollers and timers, and the database.
 *
 * @internal
 */
export function startupLine({
  path,
  sources,
  handlers,
  rules,
  pollers,
  timers,
  runsJobs,
  dataSource,
}: StartupFacts): string {
  return [
    sources.length === 0 ? 'No sources' : `POST /${path}/:source from ${sources.join(', ')}`,
    [
      count(handlers, 'handler'),
      count(rules, 'rule'),
      count(pollers, 'poller'),
      ...(timers === 0 ? [] : [count(timers, 'timer')]),
    ].join(', '),
    ...(runsJobs ? [] : ['runs no jobs (queue.enabled: false)']),
    databaseOf(dataSource),
  ].join('; ');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** The database's name; its URL may have a password. */
function databaseOf({ driver, options }: DataSource): string {
  const { entityPrefix, type } = options;
  const name = driver.database === undefined ? type : `${type} '${driver.database}'`;
  return entityPrefix ? `${name} with the prefix '${entityPrefix}'` : name;
}
