import { Inject, Injectable } from '@nestjs/common';
import { In, IsNull, Not, type EntityManager } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { SqlDatabase } from '../../database/sql-database.js';
import { JobEntity } from '../job.entity.js';
import { PAUSED_FROM, WAITS_IN_LANE } from '../job.js';

/** Most jobs that become due in one transaction. */
const BATCH = 500;

/** Work in one transaction: {@link SqlDatabase.alone}, or `managed` where it joins the caller's. */
export type TransactionKind = 'alone' | 'managed';

/**
 * The jobs that pauses hold. They stand in the index of due times at its end, those of each pause together.
 *
 * @internal
 */
@Injectable()
export class HeldJobs {
  constructor(
    private readonly database: SqlDatabase,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /** The due times of held jobs. It reads one entry of the index for each, however many jobs have it. */
  async dueTimes(): Promise<number[]> {
    const found: number[] = [];
    let from = PAUSED_FROM;
    for (;;) {
      const start = from;
      const row = await this.database.onWriter((manager) =>
        manager
          .createQueryBuilder(JobEntity, 'job')
          .select('MIN(job.dueAt)', 'first')
          .where('job.share IS NOT NULL AND job.dueAt >= :from AND job.dueAt < :end', {
            from: start,
            end: WAITS_IN_LANE,
          })
          .getRawOne<{ first: string | number | null }>(),
      );
      const first = row?.first ?? null;
      if (first === null) return found;
      found.push(Number(first));
      from = Number(first) + 1;
    }
  }

  /**
   * Makes held jobs due, in transactions of a limited size.
   *
   * @param dueAt of the pause that held them
   * @returns how many
   */
  async release(dueAt: number, transactions: TransactionKind): Promise<number> {
    let total = 0;
    for (;;) {
      const some = await this.database[transactions]((manager) => this.some(manager, dueAt));
      total += some.released;
      // If another process released all of them, it goes on with the next.
      if (some.found < BATCH || some.released === 0) return total;
    }
  }

  private async some(
    manager: EntityManager,
    dueAt: number,
  ): Promise<{ readonly found: number; readonly released: number }> {
    const rows = await manager.find(JobEntity, {
      select: { id: true, lostLeases: true },
      where: { dueAt, share: Not(IsNull()) },
      take: BATCH,
    });
    const now = this.clock.now();
    const due = rows.filter(({ lostLeases }) => lostLeases === 0);
    const suspects = rows.filter(({ lostLeases }) => lostLeases > 0);
    const released =
      (await change(manager, dueAt, due, { dueAt: now })) +
      (await change(manager, dueAt, suspects, { dueAt: null, rescueAt: now, share: null }));
    return { found: rows.length, released };
  }
}

/** @returns how many: another process may have released some of them meanwhile */
async function change(
  manager: EntityManager,
  dueAt: number,
  jobs: readonly Pick<JobEntity, 'id'>[],
  to: Partial<Pick<JobEntity, 'dueAt' | 'rescueAt' | 'share'>>,
): Promise<number> {
  if (jobs.length === 0) return 0;
  // In one order, so that two processes that release the same jobs do not deadlock.
  const ids = jobs.map(({ id }) => id).toSorted();
  const { affected } = await manager
    .createQueryBuilder()
    .update(JobEntity)
    .set(to)
    .where({ id: In(ids), dueAt })
    .callListeners(false)
    .execute();
  return affected ?? 0;
}
