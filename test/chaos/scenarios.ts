import { DATABASES } from '../support/databases.js';
import { SkippedError } from './chaos.error.js';
import type { Scenario } from './scenario.js';
import { asleepScenario } from './scenarios/asleep.scenario.js';
import { backlogScenario } from './scenarios/backlog.scenario.js';
import { clocksScenario } from './scenarios/clocks.scenario.js';
import { firingsScenario } from './scenarios/firings.scenario.js';
import { fullDiskScenario } from './scenarios/full-disk.scenario.js';
import { handlersScenario } from './scenarios/handlers.scenario.js';
import { killScenario } from './scenarios/kill.scenario.js';
import { lanesScenario } from './scenarios/lanes.scenario.js';
import { mailsScenario } from './scenarios/mails.scenario.js';
import { outageScenario } from './scenarios/outage.scenario.js';
import { pgBouncerScenario } from './scenarios/pgbouncer.scenario.js';
import { poisonScenario } from './scenarios/poison.scenario.js';
import { silenceScenario } from './scenarios/silence.scenario.js';
import { stopScenario } from './scenarios/stop.scenario.js';
import { timeOutsScenario } from './scenarios/time-outs.scenario.js';
import { timersScenario } from './scenarios/timers.scenario.js';
import { mariadbServer } from './servers/mariadb.server.js';
import { postgresServer } from './servers/postgres.server.js';

/** SQLite belongs to one machine, and has its clock. */
const SHARED_DATABASES = DATABASES.filter(({ name }) => name !== 'SQLite');

/** All failures that the library must survive. */
export const SCENARIOS: readonly Scenario[] = [
  ...onDatabases(DATABASES, killScenario),
  ...onDatabases(DATABASES, firingsScenario),
  ...onDatabases(DATABASES, timersScenario),
  ...onDatabases(DATABASES, mailsScenario),
  ...onDatabases(DATABASES, poisonScenario),
  ...onDatabases(DATABASES, asleepScenario),
  ...onDatabases(DATABASES, backlogScenario),
  ...[postgresServer, mariadbServer].map(outageScenario),
  ...[postgresServer, mariadbServer].map(silenceScenario),
  pgBouncerScenario,
  fullDiskScenario,
  ...onDatabases(DATABASES, handlersScenario),
  ...onDatabases(DATABASES, timeOutsScenario),
  ...onDatabases(SHARED_DATABASES, (kind) => clocksScenario(kind, 2)),
  ...onDatabases(SHARED_DATABASES, (kind) => clocksScenario(kind, 4)),
  ...onDatabases(DATABASES, lanesScenario),
  ...onDatabases(DATABASES, stopScenario),
];

/** The scenario on every database; one that does not answer is skipped by name. */
function onDatabases(
  kinds: typeof DATABASES,
  scenario: (kind: (typeof DATABASES)[number]) => Scenario,
): Scenario[] {
  return kinds.map((kind) => {
    const { run, ...named } = scenario(kind);
    return {
      ...named,
      run: (at) =>
        kind.available ? run(at) : Promise.reject(new SkippedError(`${kind.name} does not answer`)),
    };
  });
}
