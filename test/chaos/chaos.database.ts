import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import type { JobState } from '../../lib/queue/job.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { webhookEntities } from '../../lib/webhook.entities.js';
import { EffectEntity } from './effect.entity.js';
import { ChaosError } from './chaos.error.js';
import type { Run } from './run.js';
import { pause } from './waiting.js';

/** Longest time in which all work has to come to its end, once nothing goes wrong any more. */
const SETTLE_LIMIT_MS = 60_000;

/** A database that applications use, seen from outside of them. */
export class ChaosDatabase {
  private constructor(
    readonly options: TypeOrmModuleOptions,
    private readonly dataSource: DataSource,
  ) {}

  /** Creates the tables. The connection is closed at the end of the run. */
  static async open(run: Run, options: TypeOrmModuleOptions): Promise<ChaosDatabase> {
    const dataSource = new DataSource({
      ...options,
      entities: [...webhookEntities, EffectEntity],
      synchronize: true,
    } as DataSourceOptions);
    await dataSource.initialize();
    run.cleanUp(() => dataSource.destroy());
    return new ChaosDatabase(options, dataSource);
  }

  /** The same database, reached in another way by the applications. */
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

  /** The only job of an event. */
  async jobOf(eventId: string): Promise<JobEntity | undefined> {
    const event = await this.dataSource.getRepository(EventEntity).findOneBy({ id: eventId });
    if (event === null) return undefined;
    const [job] = await this.dataSource.getRepository(JobEntity).findBy({ ref: event.key });
    return job;
  }

  /** Waits until no job is left to be done. */
  async settled(check: () => void): Promise<void> {
    const giveUpAt = performance.now() + SETTLE_LIMIT_MS;
    for (;;) {
      check();
      const open = await this.jobsIn('available', 'running', 'retryable');
      if (open.length === 0) return;
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
