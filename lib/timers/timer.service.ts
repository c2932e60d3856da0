import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { assertOpenTransaction } from '../database/assert-open-transaction.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { KeySequence } from '../database/key-sequence.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { Sealer } from '../database/sealer.js';
import { SqlDatabase } from '../database/sql-database.js';
import { applySchema } from '../event/payload-schema.js';
import { valueAt } from '../event/value-at.js';
import { QueueEngine } from '../queue/queue.engine.js';
import { InvalidTimerError } from './invalid-timer.error.js';
import { placeOfPayload } from './place-of-payload.js';
import { TIMER_JOB } from './timer-job.js';
import { assertTimerName, timerInstant, timerKey, timerPayload } from './timer-request.js';
import type { NewTimer, SetTimerResult, TimerOptions } from './timer.js';
import { TimerList, type TimerFilter } from './timer.list.js';
import { TimerRegistry } from './timer.registry.js';
import { TimerStore } from './timer.store.js';
import type { TimerView } from './timer.view.js';

/** A timer that was checked. */
interface CheckedTimer {
  readonly name: string;
  readonly key: string;
  readonly payload: string | null;
  readonly runAt: number;
  readonly setAt: number;
}

/**
 * Sets and cancels timers, which run the method with `@OnTimer` and their name.
 *
 * @example
 * ```ts
 * await dataSource.transaction(async (manager) => {
 *   await manager.save(order);
 *   await timers.set('reminder', { key: order.id, in: '3d', payload: { email } }, { manager });
 * });
 * await timers.cancel('reminder', order.id); // paid in time
 * ```
 * @publicApi
 */
@Injectable()
export class TimerService {
  private readonly keys = new KeySequence();

  constructor(
    private readonly store: TimerStore,
    private readonly registry: TimerRegistry,
    private readonly timers: TimerList,
    private readonly database: SqlDatabase,
    private readonly queue: QueueEngine,
    private readonly sealer: Sealer,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sets a timer. One with the same name and key that waits, for its time or for a retry, is replaced: it has the
   * new time and payload, and all of its attempts. One that runs goes on to its end, and the new one is set
   * beside it.
   *
   * @param name of the `@OnTimer` method that it runs
   * @param timer its key, its time (`in` or `at`) and its payload
   * @param options the transaction to set it in
   * @throws {InvalidTimerError} for a timer that could never run
   * @throws {UnknownTimerError} if this process has `@OnTimer` methods, but neither it nor any other has this one
   */
  async set<Payload>(
    name: string,
    timer: NewTimer<Payload>,
    { manager }: TimerOptions = {},
  ): Promise<SetTimerResult> {
    assertTimerName(name);
    const setAt = this.clock.now();
    const checked: CheckedTimer = {
      name,
      key: timerKey(timer.key),
      payload: timerPayload(timer.payload),
      runAt: timerInstant(timer, setAt),
      setAt,
    };
    await this.assertFits(checked);
    return this.within(manager, 'set', (open) => this.place(open, checked));
  }

  /**
   * Cancels a timer that waits for its time or for a retry. Within an open transaction, the answer holds once that
   * commits.
   *
   * @param name of the timer
   * @param key of the timer
   * @param options the transaction to cancel it in
   * @returns `true`: it waited. It has not run to its end, and does not run any more. `false`: none waited with
   * this name and key; it runs at the moment, has run, or was never set
   * @throws {InvalidTimerError} for a name and a key that no timer can have
   */
  async cancel(
    name: string,
    key: string | number,
    { manager }: TimerOptions = {},
  ): Promise<boolean> {
    assertTimerName(name);
    const stored = timerKey(key);
    return this.within(manager, 'cancel', async (open) => {
      const held = await this.store.hold(open, name, stored);
      return held !== null && this.withdraw(open, held.jobId);
    });
  }

  /**
   * The timer that was set last with this name and key, or `undefined`.
   *
   * @throws {InvalidTimerError} for a name and a key that no timer can have
   */
  async get(name: string, key: string | number): Promise<TimerView | undefined> {
    assertTimerName(name);
    return this.timers.get(name, timerKey(key));
  }

  /**
   * Lists timers, those set last first. Filtered by the state `available`, `running`, `retryable` or `discarded`,
   * and not by key, they are in the order of `QueueService.list`: of those that wait, the next to run comes first.
   *
   * @param filter which timers. @default all
   * @param page which page of them. @default the first 100
   * @throws {RangeError} for a wrong limit, and for an `after` that does not belong to this filter
   */
  list(filter: TimerFilter = {}, page: PageOptions = {}): Promise<Page<TimerView>> {
    return this.timers.list(filter, page);
  }

  /** The method's schema sees the payload as it will come back from the database. */
  private async assertFits({ name, payload }: CheckedTimer): Promise<void> {
    const schema = this.registry.find(name)?.schema;
    if (schema === undefined) return;
    const stored: unknown = payload === null ? undefined : JSON.parse(payload);
    const verdict = await applySchema(schema, stored, `timer ${name}`);
    const [issue] = verdict.ok ? [] : verdict.issues;
    if (issue === undefined) return;
    const field = issue.path === '' ? 'payload' : `payload.${issue.path}`;
    throw new InvalidTimerError(
      field,
      'as the schema of its method says',
      valueAt(stored, issue.path),
    );
  }

  private async within<Result>(
    manager: EntityManager | undefined,
    method: string,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    if (manager === undefined) return this.database.managed(work);
    assertOpenTransaction(manager, method);
    return work(manager);
  }

  private async place(manager: EntityManager, timer: CheckedTimer): Promise<SetTimerResult> {
    const { name, runAt } = timer;
    const maxAttempts = await this.registry.maxAttemptsOf(manager, name);
    const id = this.keys.next(timer.setAt);
    const row = { ...this.stored(timer, id), id, latest: true as const, jobId: null };
    const bytes = Buffer.byteLength(row.payload ?? '');
    const held = await this.store.addOrHold(manager, row);
    if (held.id !== id) {
      if (await this.reschedule(manager, held.jobId, runAt, bytes)) {
        const { payload, setAt } = this.stored(timer, held.id);
        await this.store.update(manager, held.id, { payload, runAt, setAt });
        return { status: 'replaced', id: held.id, runAt: new Date(runAt) };
      }
      await this.store.succeed(manager, held.id, row);
    }
    const job = { kind: TIMER_JOB, name, ref: id, dueAt: runAt, bytes };
    const [jobId = null] = await this.queue.addWithin(manager, [
      maxAttempts === undefined ? job : { ...job, maxAttempts },
    ]);
    await this.store.update(manager, id, { jobId });
    return { status: 'set', id, runAt: new Date(runAt) };
  }

  private stored(timer: CheckedTimer, id: string): CheckedTimer {
    const { payload } = timer;
    if (payload === null) return timer;
    return { ...timer, payload: this.sealer.sealText(payload, placeOfPayload(id)) };
  }

  private async reschedule(
    manager: EntityManager,
    jobId: string | null,
    runAt: number,
    bytes: number,
  ): Promise<boolean> {
    return jobId !== null && this.queue.reschedule(manager, jobId, runAt, { bytes });
  }

  private async withdraw(manager: EntityManager, jobId: string | null): Promise<boolean> {
    return jobId !== null && this.queue.withdraw(manager, jobId);
  }
}
