import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, In, type DataSourceOptions } from 'typeorm';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import type { JobState } from '../../lib/queue/job.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { LaneEntity } from '../../lib/queue/lane.entity.js';
import { LaneWaitingEntity } from '../../lib/queue/lane-waiting.entity.js';
import { RuleFiringEntity } from '../../lib/rules/firings/rule-firing.entity.js';
import { webhookEntities } from '../../lib/module/webhook.entities.js';
import type { DatabaseKind } from '../support/databases.js';
import { EffectEntity } from './effect.entity.js';
import { TimingEntity } from './timing.entity.js';
import { WalkEntity } from './walk.entity.js';
import { ChaosError } from './chaos.error.js';
import type { Random } from './random.js';
import type { Run } from './run.js';
import { pause } from './waiting.js';

/** Longest time until one more job must end, once nothing goes wrong any more. */
const SETTLE_LIMIT_MS = 60_000;

/** A job that has not ended. */
export interface OpenJob {
  /** Its event's id, or its notification's key. */
  readonly id: string;
  /** When its lease runs out, in milliseconds since the epoch; `Infinity` without a lease. */
  readonly leaseUntil: number;
}

/** A database that applications use, seen from outside of them. */
export class ChaosDatabase {
  private constructor(
    readonly options: TypeOrmModuleOptions,
    private readonly dataSource: DataSource,
  ) {}

  /** An empty database, which is dropped at the end of the run. */
  static async create(run: Run, kind: DatabaseKind): Promise<ChaosDatabase> {
    const { options, drop } = await kind.create();
    run.cleanUp(drop);
    return ChaosDatabase.open(run, options);
  }

  /** Creates the tables. The connection is closed at the end of the run. */
  static async open(run: Run, options: TypeOrmModuleOptions): Promise<ChaosDatabase> {
    const dataSource = new DataSource({
      ...options,
      entities: [...webhookEntities, EffectEntity, TimingEntity, WalkEntity],
      synchronize: true,
    } as DataSourceOptions);
    await dataSource.initialize();
    run.cleanUp(() => dataSource.destroy());
    return new ChaosDatabase(options, dataSource);
  }

  /** The same database, which the applications reach in another way. */
  through(options: object): ChaosDatabase {
    return new ChaosDatabase(
      { ...this.options, ...options } as TypeOrmModuleOptions,
      this.dataSource,
    );
  }

  /** How many rows the transactional handler left, by event id. */
  async effects(): Promise<Map<string, number>> {
    const rows = await this.dataSource.getRepository(EffectEntity).find();
    const counts = new Map<string, number>();
    for (const { eventId } of rows) counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
    return counts;
  }

  /** How many notifications were stored, by their texts. */
  async notifications(): Promise<Map<string, number>> {
    const rows = await this.dataSource.getRepository(NotificationEntity).find();
    const counts = new Map<string, number>();
    for (const { payload } of rows) {
      const { text } = JSON.parse(payload) as { text: string };
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return counts;
  }

  /** The ids of the events that have fired a rule, by subject, in the order of the firings. */
  async firings(): Promise<Map<string, string[]>> {
    const events = await this.dataSource
      .getRepository(EventEntity)
      .find({ select: { key: true, id: true } });
    const ids = new Map(events.map(({ key, id }) => [key, id]));
    const rows = await this.dataSource
      .getRepository(RuleFiringEntity)
      .find({ order: { subject: 'ASC', fireCount: 'ASC' } });
    const fired = new Map<string, string[]>();
    for (const { subject, eventKey } of rows) {
      fired.set(subject, [...(fired.get(subject) ?? []), ids.get(eventKey) ?? eventKey]);
    }
    return fired;
  }

  /** What the steps of each walker have left, in the order of its lane. */
  async walked(): Promise<Map<string, WalkEntity[]>> {
    const rows = await this.dataSource.getRepository(WalkEntity).find({ order: { id: 'ASC' } });
    return groupBy(rows, ({ walker }) => walker);
  }

  /** What was done to the timer of each key, in the order of the transactions. */
  async timings(): Promise<Map<string, TimingEntity[]>> {
    const rows = await this.dataSource.getRepository(TimingEntity).find({ order: { id: 'ASC' } });
    return groupBy(rows, ({ key }) => key);
  }

  /** How many lanes have a head, and how many jobs wait in lanes. */
  async leftInLanes(): Promise<number> {
    const heads = await this.dataSource.getRepository(LaneEntity).count();
    return heads + (await this.dataSource.getRepository(LaneWaitingEntity).count());
  }

  /** Ids of the stored events. */
  async eventIds(): Promise<Set<string>> {
    const events = await this.dataSource
      .getRepository(EventEntity)
      .find({ select: { key: true, id: true } });
    return new Set(events.map(({ id }) => id));
  }

  jobsIn(...states: JobState[]): Promise<JobEntity[]> {
    return this.dataSource
      .getRepository(JobEntity)
      .find({ where: states.map((state) => ({ state })) });
  }

  /** The jobs of one kind that have not ended. */
  async openJobs(kind: 'handler' | 'notification'): Promise<OpenJob[]> {
    const jobs = await this.jobsIn('available', 'running', 'retryable');
    const ofKind = jobs.filter((job) => job.kind === kind);
    const refs = In(ofKind.map(({ ref }) => ref));
    const named =
      kind === 'handler'
        ? (await this.dataSource.getRepository(EventEntity).findBy({ key: refs })).map(
            ({ key, id }) => [key, id] as const,
          )
        : (await this.dataSource.getRepository(NotificationEntity).findBy({ id: refs })).map(
            ({ key, id }) => [id, key ?? ''] as const,
          );
    const ids = new Map(named);
    return ofKind.map(({ ref, state, dueAt }) => ({
      id: ids.get(ref) ?? '',
      leaseUntil: state === 'running' ? (dueAt ?? Infinity) : Infinity,
    }));
  }

  /** The only job of an event. */
  async jobOf(eventId: string): Promise<JobEntity | undefined> {
    const event = await this.dataSource.getRepository(EventEntity).findOneBy({ id: eventId });
    if (event === null) return undefined;
    const [job] = await this.dataSource.getRepository(JobEntity).findBy({ ref: event.key });
    return job;
  }

  /**
   * Gives the lease of a random running job of a handler, a rule, a firing or a timer to a process that does not
   * exist, and lets it run out.
   *
   * @returns whether a job was running
   */
  async stealLease(random: Random): Promise<boolean> {
    const jobs = this.dataSource.getRepository(JobEntity);
    try {
      const running = await jobs.findBy({
        state: 'running',
        kind: In(['handler', 'firing', 'timer']),
      });
      const job = running[Math.floor(random() * running.length)];
      if (job === undefined) return false;
      const { affected } = await jobs.update(
        { id: job.id, lease: job.lease, state: 'running' },
        { lease: job.lease + 1, leasedBy: 'a thief', dueAt: 0 },
      );
      return affected === 1;
    } catch (error) {
      // A transaction of the application has SQLite for itself.
      if (String(error).includes('database is locked')) return false;
      throw error;
    }
  }

  /** Waits until every job has ended, as long as their number keeps falling. */
  async settled(check: () => void, limitMs = SETTLE_LIMIT_MS): Promise<void> {
    let giveUpAt = performance.now() + limitMs;
    let fewest = Infinity;
    for (;;) {
      check();
      const open = await this.jobsIn('available', 'running', 'retryable');
      if (open.length === 0) return;
      if (open.length < fewest) {
        fewest = open.length;
        giveUpAt = performance.now() + limitMs;
      }
      if (performance.now() > giveUpAt) {
        throw new ChaosError(
          `${open.length} jobs never end: ${open
            .slice(0, 3)
            .map(
              ({ name, state, attempt, lastError }) => `${name} ${state} ${attempt} ${lastError}`,
            )
            .join('; ')}`,
        );
      }
      await pause(50);
    }
  }
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
