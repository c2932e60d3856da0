import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { canMatch } from '../../database/paging/can-match.js';
import { emptyPage } from '../../database/paging/empty-page.js';
import type { Page, PageOptions } from '../../database/paging/page.js';
import { SqlDatabase } from '../../database/sql-database.js';
import { QueueEngine } from '../queue.engine.js';
import { HeldJobs } from './held.jobs.js';
import { InvalidPauseError } from './invalid-pause.error.js';
import { PauseEntity } from './pause.entity.js';
import { dueTimeOf, pauseLabel, type PauseTarget } from './pause.js';
import { pauseNameOf, pauseNoteOf, type PauseNote } from './pause-request.js';
import { readPauses, toPauseView, type PauseFilter, type PauseView } from './pause.reads.js';
import { PauseWatch } from './pause.watch.js';

/** Most pauses: every process has them in memory. */
const MAX_PAUSES = 1_000;

/**
 * Pauses a handler, a source, a rule, a channel, a pool or a timer, on all processes within 2 seconds. Jobs that
 * would start wait until the pause ends; those that run go on to their end. Nothing is lost: events of a paused
 * source are accepted and stored, and a retry or timer that becomes due waits, too.
 *
 * @example
 * ```ts
 * await pauses.pause({ handler: 'Orders.paid' }, { by: 'ann', reason: 'the shop is being moved' });
 * for (const { kind, name, by } of (await pauses.list()).items) console.log(`${kind} ${name}, by ${by}`);
 * await pauses.resume({ handler: 'Orders.paid' });
 * ```
 * @publicApi
 */
@Injectable()
export class PauseService {
  constructor(
    private readonly database: SqlDatabase,
    private readonly watch: PauseWatch,
    private readonly held: HeldJobs,
    private readonly engine: QueueEngine,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Pauses one thing. If it is paused already, nothing changes. Names are not checked: another process may have
   * the handler, or a later version.
   *
   * @param target what to pause, by its name, such as `{ pool: 'email' }`
   * @param note who pauses it, and why
   * @returns the pause that is in force
   * @throws {InvalidPauseError} for a target that does not name exactly one thing, for a note that does not say who
   * and why, and for more than 1,000 pauses
   */
  async pause(target: PauseTarget, note: PauseNote): Promise<PauseView> {
    const { kind, name } = pauseNameOf(target);
    const { by, reason } = pauseNoteOf(note);
    const pausedAt = this.clock.now();
    const row = await this.database.managed((manager) =>
      this.add(manager, { kind, name, pausedAt, pausedBy: by, reason }),
    );
    await this.watch.read();
    return toPauseView(row);
  }

  /**
   * Ends a pause, and makes the jobs that it holds due, in their order within lanes. If this process dies meanwhile,
   * another one makes the rest of them due.
   *
   * @param target what to resume, such as `{ pool: 'email' }`
   * @returns false if it was not paused
   * @throws {InvalidPauseError} for a target that does not name exactly one thing
   */
  async resume(target: PauseTarget): Promise<boolean> {
    const { kind, name } = pauseNameOf(target);
    const { affected } = await this.database.managed((manager) =>
      manager.delete(PauseEntity, { kind, name }),
    );
    await this.watch.read();
    const dueAt = dueTimeOf(pauseLabel(kind, name));
    if ((await this.held.release(dueAt, 'managed')) > 0) this.engine.wake();
    return (affected ?? 0) > 0;
  }

  /**
   * Lists the pauses that are in force, the last ones first.
   *
   * @param filter which pauses. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this list
   */
  async list(filter: PauseFilter = {}, page: PageOptions = {}): Promise<Page<PauseView>> {
    if (!canMatch(filter)) return emptyPage(page);
    return this.database.read((manager) => readPauses(manager, filter, page));
  }

  /**
   * The pause of this target, or `undefined`.
   *
   * @param target such as `{ source: 'stripe' }`
   * @throws {InvalidPauseError} for a target that does not name exactly one thing
   */
  async get(target: PauseTarget): Promise<PauseView | undefined> {
    const { kind, name } = pauseNameOf(target);
    const row = await this.database.read((manager) =>
      manager.findOneBy(PauseEntity, { kind, name }),
    );
    return row === null ? undefined : toPauseView(row);
  }

  private async add(manager: EntityManager, row: PauseEntity): Promise<PauseEntity> {
    const { kind, name } = row;
    const find = () =>
      manager.findOne(PauseEntity, { where: { kind, name }, ...this.database.findingLatest });
    const before = await find();
    if (before !== null) return before;
    if ((await manager.count(PauseEntity)) >= MAX_PAUSES) {
      throw new InvalidPauseError('target', `one of at most ${MAX_PAUSES}: resume others`, row);
    }
    const insert = manager.createQueryBuilder().insert().into(PauseEntity).values(row);
    await this.database.keepExisting(insert, ['kind', 'name']).updateEntity(false).execute();
    // Another process may have paused it at the same time.
    return (await find()) ?? row;
  }
}
