import { DataSource, type DataSourceOptions } from 'typeorm';
import { CommitSignal } from '../../lib/database/commit-signal.js';
import { createSqlDatabase } from '../../lib/database/database.factory.js';
import type { SqlDatabase } from '../../lib/database/sql-database.js';
import { createQueueDialect } from '../../lib/queue/engines/sql/dialects/queue-dialect.factory.js';
import type { NewJob } from '../../lib/queue/job.js';
import type { JobAttempt, JobPool, JobRunner } from '../../lib/queue/job-runner.js';
import { JobRunnerRegistry } from '../../lib/queue/job-runner.registry.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { Pauses } from '../../lib/queue/pauses/pauses.js';
import { JobWorker } from '../../lib/queue/engines/sql/job.worker.js';
import { SqlQueueEngine } from '../../lib/queue/engines/sql/sql.engine.js';
import {
  QUEUE_OPTIONS,
  type QueueOptions,
  type ResolvedQueueOptions,
} from '../../lib/queue/queue.options.js';
import { QueueService } from '../../lib/queue/queue.service.js';
import { LogListener } from '../../lib/telemetry/log.listener.js';
import { Occurrences } from '../../lib/telemetry/occurrences.js';
import { QUEUE_ENTITIES } from './queue.entities.js';
import type { FakeClock } from './fake.clock.js';

export const REF = '0190a0a0-0000-7000-8000-000000000001';

/** Runs jobs with the test's function. */
export class TestRunner implements JobRunner {
  readonly kind = 'test';
  readonly runs: JobAttempt[] = [];
  /** The payload of each run; an attempt that is over no longer has it. */
  readonly payloads: unknown[] = [];
  loads: (readonly string[])[] = [];
  act: (attempt: JobAttempt) => Promise<unknown> = () => Promise.resolve();
  unreadable: Error | undefined;
  canRunAny: () => boolean = () => true;
  pool: (name: string) => JobPool = () => ({ name: 'test' });

  load(refs: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
    this.loads.push(refs);
    if (this.unreadable !== undefined) return Promise.reject(this.unreadable);
    return Promise.resolve(new Map(refs.map((ref) => [ref, 'loaded'])));
  }

  timeoutMs(): number {
    return 30_000;
  }

  label(): string {
    return 'Test job';
  }

  run(attempt: JobAttempt): Promise<unknown> {
    this.runs.push(attempt);
    this.payloads.push(attempt.payload);
    return this.act(attempt);
  }
}

/** Options of a queue, and whether its process has the role `work`. */
export type ProcessOptions = QueueOptions & Partial<Pick<ResolvedQueueOptions, 'enabled'>>;

/** The queue of one process. */
export async function openProcess(
  options: DataSourceOptions,
  clock: FakeClock,
  given: ProcessOptions = {},
) {
  const dataSource = await new DataSource({
    ...options,
    entities: QUEUE_ENTITIES,
  }).initialize();
  const database: SqlDatabase = createSqlDatabase(dataSource);
  const dialect = createQueueDialect(database);
  const runners = new JobRunnerRegistry();
  const runner = new TestRunner();
  runners.register(runner);
  const resolved = {
    ...QUEUE_OPTIONS.defaults,
    enabled: true,
    ...given,
    backoff: { ...QUEUE_OPTIONS.defaults.backoff, jitter: 0 },
  };
  const occurrences = new Occurrences();
  const log = new LogListener(occurrences, clock);
  const pauses = new Pauses(runners);
  const worker = new JobWorker(database, dialect, runners, pauses, occurrences, clock, resolved);
  const queue = new SqlQueueEngine(
    database,
    dialect,
    worker,
    new CommitSignal(dataSource),
    clock,
    resolved,
  );
  worker.onApplicationBootstrap();
  return {
    database,
    dialect,
    dataSource,
    runner,
    worker,
    queue,
    service: new QueueService(database, queue, clock),
    async add(job: Partial<NewJob> = {}): Promise<string> {
      const planned = { kind: 'test', name: 'work', ref: REF, ...job };
      const staged = queue.stage([{ job: planned, payload: 'from memory' }]);
      staged.committed(
        await database.transaction(function* insert() {
          yield* dialect.insert(staged.rows);
          return yield* dialect.seat(staged.rows);
        }),
      );
      return staged.rows[0]!.id;
    },
    /** The job as it is stored, or `undefined`. */
    async row(id: string): Promise<JobEntity | undefined> {
      return (await database.read((manager) => manager.findOneBy(JobEntity, { id }))) ?? undefined;
    },
    /** All jobs as they are stored, newest first. */
    rows: (): Promise<JobEntity[]> =>
      database.read((manager) => manager.find(JobEntity, { order: { id: 'DESC' } })),
    async close(): Promise<void> {
      await worker.beforeApplicationShutdown();
      log.onApplicationShutdown();
      await dataSource.destroy();
    },
  };
}

export type Process = Awaited<ReturnType<typeof openProcess>>;
