import { Inject, Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import type { Clock } from '../../../clock/clock.js';
import { DATABASE_CLOCK } from '../../../database/database.clock.js';
import { SqlDatabase } from '../../../database/sql-database.js';
import { JobEntity } from '../../job.entity.js';
import { LaneEntity } from '../../lane.entity.js';
import { QueueEngine } from '../../queue.engine.js';
import { QueueDialect } from './dialects/queue.dialect.js';

/**
 * Finds lanes whose head no longer exists, or has ended: somebody changed the table of jobs by hand, or
 * restored it from a backup. Their next jobs run.
 *
 * @internal
 */
@Injectable()
export class LaneSweeper {
  constructor(
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly engine: QueueEngine,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Looks at one batch of lanes. Named as a table that retention prunes, with which it runs.
   *
   * @param limit most lanes to look at
   * @param from the result of the batch before
   * @returns where the next batch begins; `undefined` after the last
   */
  async prune(_cutoffs: unknown, limit: number, from = ''): Promise<string | undefined> {
    const lanes = await this.database.onWriter((manager) =>
      manager.find(LaneEntity, {
        where: { lane: MoreThan(from) },
        order: { lane: 'ASC' },
        take: limit,
      }),
    );
    const open = await this.openHeads(lanes.map(({ head }) => head));
    const stuck = lanes.filter(({ head }) => !open.has(head));
    if (stuck.length > 0) {
      const ended = stuck.map(({ lane, head }) => ({ lane, id: head }));
      const now = this.clock.now();
      const due = await this.database.transaction(() => this.dialect.lanes.leave(ended, now));
      if (due.length > 0) this.engine.wake();
    }
    return lanes.length < limit ? undefined : lanes.at(-1)?.lane;
  }

  private async openHeads(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const jobs = await this.database.onWriter((manager) =>
      manager.find(JobEntity, {
        select: { id: true, state: true, holdsLane: true },
        where: { id: In([...ids]) },
      }),
    );
    const isOpen = ({ state, holdsLane }: Pick<JobEntity, 'state' | 'holdsLane'>): boolean =>
      state === 'discarded' ? holdsLane : state !== 'completed' && state !== 'cancelled';
    return new Set(jobs.filter(isOpen).map(({ id }) => id));
  }
}
