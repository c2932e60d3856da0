import type { Steps } from '../../lib/database/statement.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import type { JobRow, JobTransition, LeasedJob } from '../../lib/queue/job.js';
import {
  describeOnDatabases,
  SERVERS,
  type DatabaseKind,
  type TestDatabase,
} from '../support/databases.js';
import { plansOn, WHOLE_TABLE } from './explained-plans.js';
import { bornLeased, completed, eventRow, jobRow, startMachine, type Machine } from './machine.js';

const ENDED = 10_000;
const LEASED = 400;
const DUE = 400;
const EVENTS = 4_000;

const NOW = 10_000;
const SUSPECT = {
  state: 'available',
  rescueAt: 1,
  lostLeases: 1,
  attempt: 0,
  finishedAt: null,
} as const;
const LEASE_UNTIL = 20_000;

/** Updates the planner's statistics. Without it the planner has none, as for tables that fill quickly. */
const STATISTICS: Readonly<Record<string, readonly string[]>> = {
  SQLite: ['ANALYZE'],
  PostgreSQL: ['ANALYZE webhook_job', 'ANALYZE webhook_event'],
  MySQL: ['ANALYZE TABLE webhook_job', 'ANALYZE TABLE webhook_event'],
};

describeOnDatabases('The statements of the queue', (kind) => suite(kind, 'auto'));
describeOnDatabases(
  'F-7 The statements of the queue, not prepared by name,',
  (kind) => suite(kind, false),
  SERVERS,
);

function suite(kind: DatabaseKind, preparedStatements: 'auto' | false): void {
  let testDatabase: TestDatabase;
  let machine: Machine;
  let leasedJobs: LeasedJob[];
  const events = Array.from({ length: EVENTS }, (_, index) => eventRow(String(index)));

  beforeAll(async () => {
    testDatabase = await kind.create();
    machine = await startMachine(testDatabase, {}, { preparedStatements });
    const running = { state: 'running', leasedBy: 'a', dueAt: LEASE_UNTIL } as const;
    const leased: JobRow[] = Array.from({ length: LEASED }, () => jobRow(running));
    leasedJobs = leased.map(bornLeased);
    const suspects = Array.from({ length: LEASED }, () => jobRow(running));
    const ended = Array.from({ length: ENDED }, () => jobRow());
    const due = Array.from({ length: DUE }, () => jobRow());
    if (kind.name === 'PostgreSQL') {
      await machine.dataSource.query('ALTER TABLE webhook_job SET (autovacuum_enabled = off)');
    }
    const { database, dataSource, inbox, queue } = machine;
    await database.transaction(() => queue.insert(ended));
    await dataSource.getRepository(JobEntity).updateAll({ state: 'completed', dueAt: null });
    await database.transaction(() => queue.insert([...leased, ...due, ...suspects]));
    await database.transaction(() =>
      queue.transition(suspects.map((job) => completed(bornLeased(job), SUSPECT))),
    );
    await database.transaction(() => inbox.insert(events));
  });

  afterAll(async () => {
    await machine.dataSource.destroy();
    await testDatabase.drop();
  });

  const plansOf = (begin: () => Steps<unknown>) => plansOn(machine, begin);

  const ends = (changes?: Partial<JobTransition>): JobTransition[] =>
    leasedJobs.map((job) => completed(job, changes));

  const retryable = { state: 'retryable', dueAt: NOW, error: 'failed', finishedAt: null } as const;

  const statements: readonly (readonly [string, () => Steps<unknown>])[] = [
    [
      'claims',
      () =>
        machine.queue.claim({
          now: NOW,
          leaseUntil: LEASE_UNTIL,
          leasedBy: 'b',
          shares: [0, 1],
          each: 100,
        }),
    ],
    ['looks for lines with open jobs', () => machine.queue.look(NOW)],
    [
      'claims jobs that stand in no line',
      () =>
        machine.queue.claimUnshared({
          now: NOW,
          leaseUntil: LEASE_UNTIL,
          leasedBy: 'b',
          limit: 100,
        }),
    ],
    [
      'F-32 claims some kinds',
      () =>
        machine.queue.claimUnshared({
          now: NOW,
          leaseUntil: LEASE_UNTIL,
          leasedBy: 'b',
          limit: 100,
          except: ['other'],
        }),
    ],
    ['F-2 looks for suspects', () => machine.queue.hasSuspect(NOW)],
    ['F-32 looks for suspects of some kinds', () => machine.queue.hasSuspect(NOW, ['other'])],
    [
      'F-2 claims a suspect',
      () => machine.queue.claimSuspect({ now: NOW, leaseUntil: LEASE_UNTIL, leasedBy: 'b' }),
    ],
    [
      'F-32 claims a suspect of some kinds',
      () =>
        machine.queue.claimSuspect({
          now: NOW,
          leaseUntil: LEASE_UNTIL,
          leasedBy: 'b',
          except: ['other'],
        }),
    ],
    ['completes', () => machine.queue.transition(ends())],
    ['records failures', () => machine.queue.transition(ends(retryable))],
    ['renews leases', () => machine.queue.renew(leasedJobs, 'a', LEASE_UNTIL + 1)],
    ['loads events', () => machine.inbox.load(events.slice(0, 100).map(({ key }) => key))],
  ];

  describe.each(['without statistics', 'with statistics'])('%s', (known) => {
    beforeAll(async () => {
      if (known === 'without statistics') return;
      for (const sql of STATISTICS[kind.name] ?? []) await machine.dataSource.query(sql);
    });

    it.each(statements)('%s by an index among many jobs that have ended', async (_, begin) => {
      // A prepared statement gets its lasting plan after a few runs.
      for (let run = 0; run < 7; run++) {
        const plans = await plansOf(begin);
        expect(plans.length).toBeGreaterThan(0);
        for (const plan of plans) expect(plan).not.toMatch(WHOLE_TABLE);
      }
    });
  });
}
