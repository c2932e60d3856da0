import type { EntityManager } from 'typeorm';
import { CommitSignal } from '../../lib/database/commit-signal.js';
import { SqlQueueEngine } from '../../lib/queue/engines/sql/sql.engine.js';
import type { JobWorker } from '../../lib/queue/engines/sql/job.worker.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { QUEUE_OPTIONS } from '../../lib/queue/queue.options.js';
import { byJobs, byRows } from '../../lib/timers/timer.list.js';
import { TimerEntity } from '../../lib/timers/timer.entity.js';
import { TimerStore } from '../../lib/timers/timer.store.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { FakeClock } from '../support/fake.clock.js';
import { StatementLog } from '../support/statement.log.js';
import { jobAt, keyAt, seconds, START, storeRows } from '../support/stored-rows.js';
import { startMachine, type Machine } from './machine.js';

const PENDING = 20_000;
const DUE = 300;

/** How the plans of each database show a full table scan; those of MySQL show one for the target of an INSERT. */
const WHOLE_TABLE =
  /\bSCAN (?:row|job|\w*webhook_\w+)\b(?! USING)|Seq Scan on|"select_type":"(?!INSERT)\w+","table":"\w+","type":"ALL"/i;

const TABLES = ['webhook_job', 'webhook_timer'];

const STATISTICS: Readonly<Record<string, readonly string[]>> = {
  SQLite: ['ANALYZE'],
  PostgreSQL: TABLES.map((table) => `ANALYZE ${table}`),
  MySQL: [`ANALYZE TABLE ${TABLES.join(', ')}`],
};

const timerAt = (second: number): TimerEntity => ({
  id: keyAt(second),
  name: `timer ${second % 2}`,
  key: String(second),
  latest: true,
  payload: '{}',
  runAt: START + second * 1_000,
  setAt: START,
  jobId: keyAt(second),
});

type Work = (manager: EntityManager) => Promise<unknown>;

describeOnDatabases('REQ-95 Among many pending timers', (kind) => {
  const log = new StatementLog();
  let database: TestDatabase;
  let machine: Machine;
  let store: TimerStore;
  let engine: SqlQueueEngine;

  beforeAll(async () => {
    database = await kind.create();
    machine = await startMachine(database, { logging: ['query'], logger: log });
    const { dataSource } = machine;
    store = new TimerStore(machine.database);
    const unused = {} as JobWorker;
    const commits = new CommitSignal(dataSource);
    const clock = new FakeClock(START);
    const options = { ...QUEUE_OPTIONS.defaults, enabled: true };
    engine = new SqlQueueEngine(machine.database, machine.queue, unused, commits, clock, options);
    const jobs = seconds(PENDING).map((second) =>
      jobAt(second, {
        kind: 'timer',
        name: `timer ${second % 2}`,
        state: 'available',
        attempt: 0,
        dueAt: START + second * 1_000,
      }),
    );
    const ended = seconds(PENDING).map((second) => jobAt(PENDING + second, { finishedAt: START }));
    await storeRows(dataSource, JobEntity, [...jobs, ...ended]);
    await storeRows(dataSource, TimerEntity, seconds(PENDING).map(timerAt));
    for (const sql of STATISTICS[kind.name]!) await dataSource.query(sql);
  }, 120_000);

  afterAll(async () => {
    await machine.dataSource.destroy();
    await database.drop();
  });

  /** Runs the work and rolls it back, then explains its statements. */
  async function plansOf(work: Work): Promise<string> {
    const { dataSource } = machine;
    const undone = new Error('undone');
    const trial = dataSource.transaction(async (manager) => {
      log.statements.splice(0);
      await work(manager);
      throw undone;
    });
    await expect(trial).rejects.toBe(undone);
    const explain = kind.name === 'SQLite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
    const plans: unknown[] = [];
    for (const { sql, parameters } of log.statements.splice(0)) {
      if (!/^(SELECT|UPDATE|INSERT)/.test(sql)) continue;
      plans.push(...(await dataSource.query<unknown[]>(`${explain} ${sql}`, parameters)));
    }
    expect(plans).not.toEqual([]);
    return plans.map((plan) => JSON.stringify(plan)).join('\n');
  }

  it.each<[string, Work]>([
    ['a timer is set', (manager) => store.addOrHold(manager, { ...timerAt(PENDING), jobId: null })],
    [
      'a timer is replaced',
      async (manager) => {
        const held = await store.addOrHold(manager, { ...timerAt(7), id: keyAt(PENDING) });
        expect(await engine.reschedule(manager, held.jobId!, START, { bytes: 1 })).toBe(true);
        await store.update(manager, held.id, { payload: '1', runAt: START, setAt: START });
      },
    ],
    [
      'a timer is set again',
      (manager) => store.succeed(manager, keyAt(7), { ...timerAt(7), id: keyAt(PENDING) }),
    ],
    [
      'a timer is cancelled',
      async (manager) => {
        const held = await store.hold(manager, 'timer 1', '7');
        expect(await engine.withdraw(manager, held!.jobId!)).toBe(true);
      },
    ],
    ['a timer is not found', (manager) => store.hold(manager, 'timer 1', 'nobody')],
    ['timers are loaded', () => store.load(seconds(100).map(keyAt))],
    ['all are listed', (manager) => byRows(manager, {}, {})],
    ['a name is listed', (manager) => byRows(manager, { name: 'timer 1' }, {})],
    ['a key is listed', (manager) => byRows(manager, { key: '7' }, {})],
    ['the next to run are listed', (manager) => byJobs(manager, 'available', 'timer 1', {})],
  ])('%s without reading the others', async (_, work) => {
    expect(await plansOf(work)).not.toMatch(WHOLE_TABLE);
  });

  it('those that are due are claimed, and no others, in the order of their time', async () => {
    const now = START + (DUE - 1) * 1_000;
    const claim = { now, leaseUntil: now + 1, leasedBy: 'a', shares: [0], each: 1_000 };
    const claimed: string[] = [];
    for (;;) {
      const jobs = await machine.database.transaction(() => machine.queue.claim(claim));
      if (jobs.length === 0) break;
      claimed.push(...jobs.map(({ id }) => id).toSorted());
    }
    expect(claimed).toEqual(seconds(DUE).map(keyAt));
  });
});
