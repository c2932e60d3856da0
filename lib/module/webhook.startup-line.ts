import type { DataSource } from 'typeorm';
import { PROCESS_ROLES, type ProcessRole } from '../processes/roles.option.js';

/** The facts of the start-up line. */
export interface StartupFacts {
  /** Where sources post to, below the global prefix. */
  readonly path: string;
  readonly sources: readonly string[];
  readonly handlers: number;
  readonly rules: number;
  readonly pollers: number;
  readonly timers: number;
  /** The roles of this process. */
  readonly roles: readonly ProcessRole[];
  readonly dataSource: DataSource;
}

/**
 * One log line at start-up: the sources, the handlers, rules, pollers and timers, the roles unless the process has all,
 * and the database.
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
  roles,
  dataSource,
}: StartupFacts): string {
  return [
    receives(path, sources, roles),
    [
      count(handlers, 'handler'),
      count(rules, 'rule'),
      count(pollers, 'poller'),
      ...(timers === 0 ? [] : [count(timers, 'timer')]),
    ].join(', '),
    ...(roles.length === PROCESS_ROLES.length ? [] : [`only the ${listed(roles)}`]),
    databaseOf(dataSource),
  ].join('; ');
}

function receives(path: string, sources: readonly string[], roles: readonly ProcessRole[]): string {
  if (!roles.includes('receive')) return 'No receiver';
  return sources.length === 0 ? 'No sources' : `POST /${path}/:source from ${sources.join(', ')}`;
}

/** Such as `role 'work'` or `roles 'receive' and 'poll'`. */
function listed(roles: readonly ProcessRole[]): string {
  const names = roles.map((role) => `'${role}'`).join(' and ');
  return `${roles.length === 1 ? 'role' : 'roles'} ${names}`;
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
