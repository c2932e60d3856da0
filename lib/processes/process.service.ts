import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { canMatch } from '../database/paging/can-match.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { SqlDatabase } from '../database/sql-database.js';
import { ProcessEntity } from './process.entity.js';
import { readProcesses, type ProcessFilter } from './process.list.js';
import { toProcessView, type ProcessView } from './process.view.js';

/**
 * Lists the processes that run the application: which there are, what they do, and which are gone.
 *
 * @example
 * ```ts
 * const { items } = await processes.list({ state: 'gone' });
 * for (const { id, beatAt } of items) console.warn(`${id} was last heard of at ${beatAt.toISOString()}`);
 * ```
 * @publicApi
 */
@Injectable()
export class ProcessService {
  constructor(
    private readonly database: SqlDatabase,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Lists processes, those that started last first. Each says every 5 seconds that it runs, so one that was
   * killed is listed as `running` for up to 20 seconds. Those that are stopped or gone are listed for 3 days.
   *
   * @param filter which processes. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  list(filter: ProcessFilter = {}, page: PageOptions = {}): Promise<Page<ProcessView>> {
    return this.database.read((manager) => readProcesses(manager, filter, page, this.clock.now()));
  }

  /**
   * The process with this id, or `undefined`.
   *
   * @param id as in `leasedBy` of a job
   */
  async get(id: string): Promise<ProcessView | undefined> {
    if (!canMatch({ id })) return undefined;
    const row = await this.database.read((manager) => manager.findOneBy(ProcessEntity, { id }));
    return row === null ? undefined : toProcessView(row, this.clock.now());
  }
}
