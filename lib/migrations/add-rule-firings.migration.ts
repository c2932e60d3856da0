import { Table, type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { indexName } from '../database/schema/index-name.js';
import { dataSourceOf } from './data-source-of.js';
import { migrationDialectOf } from './dialects/migration-dialect.factory.js';
import { tableName } from './table-name.js';

const STATE = 'webhook_rule_state';
const FIRING = 'webhook_rule_firing';

/** Columns that the states have before and after. */
const KEPT = 'rule, subject, active, occurred_at, fired_at, fire_count';

/** When a subject counts as never seen; versions before have no such rows. */
const UNSEEN = Number.MIN_SAFE_INTEGER;

/**
 * Adds the firings of rules, and gives the states of rules a tenant. The states that are there hold for every
 * tenant (`*`) until it has one of its own: nobody knows whose they are.
 *
 * @internal
 */
export class AddRuleFirings1764150600000 implements MigrationInterface {
  readonly name = 'AddRuleFirings1764150600000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    await runner.createTable(firingTable(dataSource));
    await replaceStates(runner, true, (states, former) => [
      `INSERT INTO ${states} (tenant, ${KEPT}) SELECT '*', ${KEPT} FROM ${former}`,
    ]);
  }

  /**
   * Keeps one state of each rule and subject: that of the newest event. Firings whose method has not run are lost:
   * the version before knows no such jobs.
   */
  async down(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const { quote } = migrationDialectOf(dataSource);
    const jobs = quote(tableName(dataSource, 'webhook_job'));
    await replaceStates(runner, false, (states, former) => [
      `INSERT INTO ${states} (${KEPT}) SELECT ${KEPT} FROM ${former} kept
        WHERE occurred_at > ${UNSEEN} AND NOT EXISTS (SELECT 1 FROM ${former} other
          WHERE other.rule = kept.rule AND other.subject = kept.subject
          AND (other.occurred_at > kept.occurred_at
            OR (other.occurred_at = kept.occurred_at AND other.tenant < kept.tenant)))`,
    ]);
    await runner.query(`DELETE FROM ${jobs} WHERE kind = 'firing'`);
    await runner.query(`UPDATE ${jobs} SET kind = 'handler' WHERE kind = 'replay'`);
    await runner.dropTable(tableName(dataSource, FIRING));
  }
}

/** Makes the table again: not every database can change a primary key. */
async function replaceStates(
  runner: QueryRunner,
  hasTenant: boolean,
  copy: (states: string, former: string) => readonly string[],
): Promise<void> {
  const dataSource = dataSourceOf(runner);
  const { quote } = migrationDialectOf(dataSource);
  const states = tableName(dataSource, STATE);
  const former = tableName(dataSource, `${STATE}_former`);
  await runner.renameTable(states, former);
  await runner.createTable(stateTable(dataSource, hasTenant));
  for (const sql of copy(quote(states), quote(former))) await runner.query(sql);
  await runner.dropTable(former);
}

function stateTable(dataSource: DataSource, hasTenant: boolean): Table {
  const { string, integer, instant, boolean } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, STATE),
    columns: [
      { ...string('rule', 255), isPrimary: true },
      { ...string('subject', 255), isPrimary: true },
      ...(hasTenant ? [{ ...string('tenant', 64), isPrimary: true }] : []),
      boolean('active'),
      instant('occurred_at'),
      { ...instant('fired_at'), isNullable: true },
      integer('fire_count'),
    ],
  });
}

function firingTable(dataSource: DataSource): Table {
  const { uuid, string, text, integer, instant } = migrationDialectOf(dataSource).columns;
  return new Table({
    name: tableName(dataSource, FIRING),
    columns: [
      { ...uuid('id'), isPrimary: true },
      string('rule', 255),
      string('tenant', 64),
      string('subject', 255),
      uuid('event_key'),
      integer('fire_count'),
      instant('fired_at'),
      { ...text('notified'), isNullable: true },
    ],
    indices: [
      {
        name: indexName(dataSource, 'webhook_rule_firing_event'),
        columnNames: ['event_key', 'rule'],
        isUnique: true,
      },
      { name: indexName(dataSource, 'webhook_rule_firing_rule'), columnNames: ['rule', 'id'] },
      {
        name: indexName(dataSource, 'webhook_rule_firing_subject'),
        columnNames: ['rule', 'subject', 'id'],
      },
    ],
  });
}
