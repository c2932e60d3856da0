import { Inject, Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { Clock } from '../../clock/clock.js';
import { DATABASE_CLOCK } from '../../database/database.clock.js';
import { ownerOf } from '../../dispatch/owner-of.js';
import { KeySequence } from '../../database/key-sequence.js';
import { SqlDatabase } from '../../database/sql-database.js';
import type { WebhookEvent } from '../../event/webhook-event.js';
import type { NotifyResult } from '../../notifications/notification.service.js';
import { QueueEngine } from '../../queue/queue.engine.js';
import { handlerNameOf } from '../handler-name.js';
import type { RuleState } from '../rule-state.js';
import type { StateKey } from '../rule-state.store.js';
import { FIRING_JOB } from './firing-job.js';
import { RuleFiringEntity } from './rule-firing.entity.js';

/**
 * Reads and writes firings.
 *
 * @internal
 */
@Injectable()
export class FiringStore {
  private readonly keys = new KeySequence();

  constructor(
    private readonly database: SqlDatabase,
    private readonly queue: QueueEngine,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether the rule has fired for the event before. */
  has(manager: EntityManager, rule: string, eventKey: string): Promise<boolean> {
    return manager.existsBy(RuleFiringEntity, { eventKey, rule });
  }

  /** Stores a firing and its job, inside of the transaction that has judged the event. */
  async add(
    manager: EntityManager,
    { rule, subject, tenant }: StateKey,
    { fireCount, firedAt }: RuleState,
    event: WebhookEvent,
  ): Promise<void> {
    const now = this.clock.now();
    const row: RuleFiringEntity = {
      id: this.keys.next(now),
      rule,
      tenant,
      subject,
      eventKey: event.key,
      fireCount,
      firedAt: firedAt ?? now,
      notified: null,
    };
    await manager
      .createQueryBuilder()
      .insert()
      .into(RuleFiringEntity)
      .values(row)
      .updateEntity(false)
      .execute();
    await this.queue.addWithin(manager, [
      {
        kind: FIRING_JOB,
        name: handlerNameOf(rule),
        ref: row.id,
        bytes: event.rawBody.length,
        owner: ownerOf(event.source, tenant),
      },
    ]);
  }

  /** The firings with these ids; ids that do not exist are left out. */
  load(ids: readonly string[]): Promise<RuleFiringEntity[]> {
    return this.database.onWriter((manager) =>
      manager.findBy(RuleFiringEntity, { id: In([...ids]) }),
    );
  }

  /** Records what the rule's method has had sent. */
  async markNotified(
    manager: EntityManager,
    id: string,
    results: readonly NotifyResult[],
  ): Promise<void> {
    await manager.update(RuleFiringEntity, { id }, { notified: notifiedText(results) });
  }
}

function notifiedText(results: readonly NotifyResult[]): string {
  return JSON.stringify(
    results.map(({ id, status }) => (status === 'duplicate' ? { id, duplicate: true } : { id })),
  );
}

/** A notification of a firing, as its row says. */
export interface NotifiedRef {
  readonly id: string;
  readonly duplicate?: true;
}

/** What {@link FiringStore.markNotified} has recorded. */
export function notifiedOf({ notified }: Pick<RuleFiringEntity, 'notified'>): NotifiedRef[] {
  return notified === null ? [] : (JSON.parse(notified) as NotifiedRef[]);
}
