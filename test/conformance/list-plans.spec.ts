import { In, type EntityManager } from 'typeorm';
import { readPage } from '../../lib/database/paging/keyset.list.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { eventList } from '../../lib/inbox/event.list.js';
import { keyDigest } from '../../lib/notifications/key-digest.js';
import { NotificationCanceller } from '../../lib/notifications/notification.canceller.js';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import { NotificationKeyEntity } from '../../lib/notifications/notification-key.entity.js';
import { NotificationKeyPruning } from '../../lib/notifications/notification-key.pruning.js';
import {
  NotificationLog,
  type NotificationFilter,
} from '../../lib/notifications/notification.log.js';
import { PollItemEntity } from '../../lib/polling/aside/poll-item.entity.js';
import { readPollItem, readPollItems } from '../../lib/polling/aside/poll-item.list.js';
import { PollItemStore } from '../../lib/polling/aside/poll-item.store.js';
import { AttemptEntity } from '../../lib/queue/attempt.entity.js';
import { readAttempts } from '../../lib/queue/attempt.view.js';
import { readErrors } from '../../lib/queue/job.errors.js';
import { retryByError } from '../../lib/queue/job.retries.js';
import { withErrorKeys } from '../../lib/queue/last-error.js';
import { countJobs } from '../../lib/queue/job.counts.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import type { QueueEngine } from '../../lib/queue/queue.engine.js';
import { readJobs } from '../../lib/queue/job.lists.js';
import { RuleStateEntity } from '../../lib/rules/rule-state.entity.js';
import { RuleFiringEntity } from '../../lib/rules/firings/rule-firing.entity.js';
import { readRuleFiring, readRuleFirings } from '../../lib/rules/firings/rule-firing.list.js';
import { readRuleState, readRuleStates } from '../../lib/rules/rule-state.list.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { FakeClock } from '../support/fake.clock.js';
import { StatementLog } from '../support/statement.log.js';
import {
  eventAt,
  firingAt,
  jobAt,
  keyAt,
  notificationAt,
  pollItemAt,
  seconds,
  START,
  storeRows,
} from '../support/stored-rows.js';
import { startMachine, type Machine } from './machine.js';

const ROWS = 20_000;

/** Items of pollers: a page looks at the first 10,000 of them, so that reading all would take longer. */
const ITEMS = 12_000;

/** How the plans of each database show a full table scan. */
const WHOLE_TABLE =
  /\bSCAN (?:row|item|Notification\w*Entity|AttemptEntity|last_attempt)\b(?! USING)|Seq Scan on|"table":"(?:row|item|Notification\w*Entity|AttemptEntity|last_attempt)","type":"ALL"/;

/** And how they show a sort. */
const SORTED = /USE TEMP B-TREE FOR ORDER BY|"QUERY PLAN":"\s*(->)?\s*Sort\b|\bUsing filesort\b/;

const TABLES = [
  'webhook_job',
  'webhook_event',
  'webhook_rule_state',
  'webhook_rule_firing',
  'webhook_poll_item',
  'webhook_notification',
  'webhook_notification_key',
  'webhook_attempt',
];

const STATISTICS: Readonly<Record<string, readonly string[]>> = {
  SQLite: ['ANALYZE'],
  PostgreSQL: TABLES.map((table) => `ANALYZE ${table}`),
  MySQL: [`ANALYZE TABLE ${TABLES.join(', ')}`],
};

type Read = (manager: EntityManager) => Promise<unknown>;

/** No job of the list has a lane. */
const NO_ENGINE = { enterLanes: () => Promise.resolve() } as unknown as QueueEngine;

describeOnDatabases('REQ-224 The statements of lists', (kind) => {
  const log = new StatementLog();
  let database: TestDatabase;
  let machine: Machine;

  beforeAll(async () => {
    database = await kind.create();
    machine = await startMachine(database, { logging: ['query'], logger: log });
    const { dataSource } = machine;
    const events = seconds(ROWS).map((second) => eventAt(second));
    await storeRows(dataSource, EventEntity, events);
    const jobs = seconds(ROWS).map((second) => jobAt(second, { finishedAt: START }));
    const live = seconds(300).map((index) =>
      jobAt(ROWS + index, { state: 'available', dueAt: START + index }),
    );
    const discarded = seconds(300).map((index) =>
      jobAt(2 * ROWS + index, { state: 'discarded', finishedAt: START + index }),
    );
    await storeRows(dataSource, JobEntity, [...jobs, ...live, ...discarded]);
    const states = seconds(ROWS).map((second) => ({
      rule: `rule ${second % 3}`,
      subject: String(second),
      tenant: '',
      active: true,
      occurredAt: START,
      firedAt: null,
      fireCount: 0,
    }));
    await storeRows(dataSource, RuleStateEntity, states);
    const firings = seconds(ROWS).map((second) =>
      firingAt(second, { rule: `rule ${second % 3}`, subject: String(second % 5_000) }),
    );
    await storeRows(dataSource, RuleFiringEntity, firings);
    const items = seconds(ITEMS).map((index) =>
      pollItemAt(index, { poller: `poller ${index % 100}`, parkedAt: index % 2 ? START : null }),
    );
    await storeRows(dataSource, PollItemEntity, items);
    const notifications = seconds(ROWS).map((second) =>
      notificationAt(second, {
        channel: second % 2 === 0 ? 'email' : 'sms',
        key: second % 100 === 0 ? 'welcome' : String(second),
        keyDigest: keyDigest('sms', String(second), 'welcome'),
      }),
    );
    await storeRows(dataSource, NotificationEntity, notifications);
    const keys = notifications.map(({ id, keyDigest: digest }, index) => ({
      digest: digest!,
      notificationId: id,
      createdAt: START,
      expiresAt: index % 100 === 0 ? START + index : null,
    }));
    await storeRows(dataSource, NotificationKeyEntity, keys);
    const attempts = seconds(ROWS).map((second) => ({
      id: keyAt(second),
      jobId: jobs[second]!.id,
      number: 1,
      process: 'a',
      startedAt: START,
      endedAt: START,
      verdict: 'failed' as const,
      error: 'no',
      errorKey: `key ${second % 50}`,
    }));
    await storeRows(dataSource, AttemptEntity, attempts);
    for (const sql of STATISTICS[kind.name]!) await dataSource.query(sql);
  }, 120_000);

  afterAll(async () => {
    await machine.dataSource.destroy();
    await database.drop();
  });

  async function plansOf(read: Read): Promise<string> {
    log.statements.splice(0);
    await read(machine.dataSource.manager);
    const plans: unknown[] = [];
    for (const { sql, parameters } of log.statements.splice(0)) {
      if (!sql.startsWith('SELECT')) continue;
      const explain = kind.name === 'SQLite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
      plans.push(...(await machine.dataSource.query<unknown[]>(`${explain} ${sql}`, parameters)));
    }
    expect(plans).not.toEqual([]);
    return plans.map((plan) => JSON.stringify(plan)).join('\n');
  }

  const countItems = (): Promise<unknown> =>
    new PollItemStore(machine.database, new FakeClock()).counts(['poller 7', 'poller 9']);

  const byKey = (filter: NotificationFilter): Promise<unknown> =>
    new NotificationLog(machine.database).list({ key: 'welcome', ...filter }, {});

  /** A key and recipient that have none: further statements would look for jobs by their ids. */
  const cancel = (where: object): Promise<unknown> => {
    const nothing = undefined as never;
    return new NotificationCanceller(machine.database, nothing, nothing)
      .cancel(where, undefined)
      .catch((error: unknown) => error);
  };

  const pruneKeys = (): Promise<unknown> =>
    new NotificationKeyPruning(machine.database, undefined as never, new FakeClock(0)).prune(
      { completedBefore: 0, discardedBefore: 0 },
      10,
    );

  it.each<[string, Read]>([
    ['notifications with a key', () => byKey({})],
    ['notifications of a recipient with a key', () => byKey({ recipient: '7', channel: 'sms' })],
    ['notifications to cancel', () => cancel({ key: 'none' })],
    ['notifications to cancel for a recipient', () => cancel({ keyDigest: In(['a', 'b']) })],
    ['keys to delete', () => pruneKeys()],
    ['attempts of a job', (manager) => readAttempts(manager, keyAt(7), {})],
    ['jobs by their error', (manager) => readJobs(manager, { errorKey: 'key 7' }, {})],
    [
      'discarded jobs by their error',
      (manager) => readJobs(manager, { errorKey: 'key 7', state: 'discarded' }, {}),
    ],
    [
      'keys of errors',
      async (manager) => withErrorKeys(manager, (await readJobs(manager, {}, {})).items),
    ],
    ['errors', (manager) => readErrors(manager, {})],
    [
      'jobs to retry',
      () => retryByError(machine.database, NO_ENGINE, START, { errorKey: 'key 7' }),
    ],
    ['all events', (manager) => readPage(manager, eventList({}), {})],
    ['events of a type', (manager) => readPage(manager, eventList({ type: 'rare' }), {})],
    ['events by their id', (manager) => readPage(manager, eventList({ id: 'event-7' }), {})],
    ['all jobs', (manager) => readJobs(manager, {}, {})],
    ['cancelled jobs', (manager) => readJobs(manager, { state: 'cancelled' }, {})],
    ['jobs that wait', (manager) => readJobs(manager, { state: 'available' }, {})],
    ['jobs that run', (manager) => readJobs(manager, { state: 'running', name: 'x' }, {})],
    ['discarded jobs', (manager) => readJobs(manager, { state: 'discarded' }, {})],
    ['jobs of an event', (manager) => readJobs(manager, { ref: keyAt(7) }, {})],
    ['counts', (manager) => countJobs(manager, START, 10_000)],
    ['states of a rule', (manager) => readRuleStates(manager, { rule: 'rule 1' }, {})],
    ['states of a subject', (manager) => readRuleStates(manager, { subject: '7' }, {})],
    ['states of a tenant', (manager) => readRuleStates(manager, { tenant: 'a' }, {})],
    ['a state', (manager) => readRuleState(manager, { rule: 'rule 1', subject: '7', tenant: '' })],
    ['all firings', (manager) => readRuleFirings(manager, {}, {})],
    ['firings of a rule', (manager) => readRuleFirings(manager, { rule: 'rule 1' }, {})],
    ['firings of a subject', (manager) => readRuleFirings(manager, { subject: '7' }, {})],
    [
      'firings of a rule and subject',
      (manager) => readRuleFirings(manager, { rule: 'rule 1', subject: '7' }, {}),
    ],
    ['firings of a tenant', (manager) => readRuleFirings(manager, { tenant: 'a' }, {})],
    ['firings of an event', (manager) => readRuleFirings(manager, { event: keyAt(7) }, {})],
    ['discarded firings', (manager) => readRuleFirings(manager, { state: 'discarded' }, {})],
    ['completed firings', (manager) => readRuleFirings(manager, { state: 'completed' }, {})],
    ['a firing', (manager) => readRuleFiring(manager, keyAt(7))],
    ['all parked items', (manager) => readPollItems(manager, 'parked', {}, {})],
    ['rows set aside', (manager) => readPollItems(manager, 'set-aside', { kind: 'row' }, {})],
    [
      'items of a poller',
      (manager) => readPollItems(manager, 'parked', { poller: 'poller 7' }, {}),
    ],
    ['an item', (manager) => readPollItem(manager, 'poller 7', 'row 7')],
    ['counts of items', () => countItems()],
  ])('read %s by an index', async (_, read) => {
    expect(await plansOf(read)).not.toMatch(WHOLE_TABLE);
  });

  it.each<[string, Read]>([
    ['events', (manager) => readPage(manager, eventList({ type: 'rare' }), {})],
    ['jobs', (manager) => readJobs(manager, {}, {})],
    ['firings', (manager) => readRuleFirings(manager, { tenant: 'a' }, {})],
    ['firings of a rule', (manager) => readRuleFirings(manager, { rule: 'rule 1' }, {})],
    ['notifications with a key', () => byKey({})],
    ['notifications to cancel', () => cancel({ key: 'none' })],
    ['keys to delete', () => pruneKeys()],
    ['items of pollers', (manager) => readPollItems(manager, 'parked', {}, {})],
  ])('sort no %s', async (_, read) => {
    expect(await plansOf(read)).not.toMatch(SORTED);
  });
});
