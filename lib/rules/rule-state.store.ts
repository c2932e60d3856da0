import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RuleStateEntity } from './rule-state.entity.js';
import type { RuleState } from './rule-state.js';

/** The state of a subject before its first event. */
const UNSEEN: RuleState = { active: false, occurredAt: 0, firedAt: null, fireCount: 0 };

/**
 * Reads and writes rules' states inside of the transaction that judges an event.
 *
 * @internal
 */
@Injectable()
export class RuleStateStore {
  /**
   * The state of a subject, locked until the transaction ends: two events of one subject that are
   * judged at the same time, here or on another machine, come one after the other.
   */
  async hold(
    manager: EntityManager,
    rule: string,
    subject: string,
  ): Promise<RuleState | undefined> {
    // Not every database can lock what it reads, but each one locks what it writes. On MySQL, an
    // INSERT IGNORE would share its lock with another, and each would wait for the other's end.
    await manager
      .createQueryBuilder()
      .insert()
      .into(RuleStateEntity)
      .values({ rule, subject, ...UNSEEN })
      .orUpdate(['rule'], ['rule', 'subject'])
      .execute();
    const row = await manager.findOneBy(RuleStateEntity, { rule, subject });
    return row === null || isUnseen(row) ? undefined : row;
  }

  async save(
    manager: EntityManager,
    rule: string,
    subject: string,
    state: RuleState,
  ): Promise<void> {
    await manager.update(RuleStateEntity, { rule, subject }, state);
  }
}

/** Compares the whole state: an event may have occurred at the very instant that stands for "no event". */
function isUnseen({ active, occurredAt, firedAt }: RuleState): boolean {
  return !active && firedAt === null && occurredAt === UNSEEN.occurredAt;
}
