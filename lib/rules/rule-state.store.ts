import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { RuleStateEntity } from './rule-state.entity.js';
import { isUnseen, UNSEEN, type RuleState } from './rule-state.js';

/** Whose state it is. */
export interface StateKey {
  readonly rule: string;
  readonly subject: string;
  readonly tenant: string;
}

/** Tenant of the states from before states had one: they hold for every tenant without a state of its own. */
export const EVERY_TENANT = '*';

/** What is remembered of a subject. */
export interface HeldState {
  /** `undefined` for a subject that the rule has not seen. */
  readonly state: RuleState | undefined;
  /** What the row of this tenant holds; `undefined` where there is no such row. */
  readonly row: RuleState | undefined;
}

/**
 * Reads and writes rules' states inside of the transaction that judges an event.
 *
 * @internal
 */
@Injectable()
export class RuleStateStore {
  /**
   * Reads the state of a subject. A subject that a tenant has no state of begins with a copy of the one for
   * every tenant: without it, the first event after the upgrade would fire again what has fired before.
   */
  async read(manager: EntityManager, key: StateKey): Promise<HeldState> {
    const { rule, subject, tenant } = key;
    const rows = await manager.findBy(RuleStateEntity, {
      rule,
      subject,
      tenant: In([...new Set([tenant, EVERY_TENANT])]),
    });
    const own = rows.find((row) => row.tenant === tenant);
    const state = own ?? rows[0];
    return { state: state === undefined || isUnseen(state) ? undefined : state, row: own };
  }

  /**
   * Writes the state after a judgement, if the row is still what was read. Jobs of one lane run one at a time,
   * but jobs without a lane, of processes that only receive, do not: this decides between them without a lock.
   *
   * @returns false if another judgement has changed the row since
   */
  async replace(
    manager: EntityManager,
    key: StateKey,
    row: RuleState | undefined,
    next: RuleState,
  ): Promise<boolean> {
    if (row === undefined) await this.insertUnseen(manager, key);
    const { active, occurredAt, fireCount } = row ?? UNSEEN;
    const { rule, subject, tenant } = key;
    const { affected } = await manager.update(
      RuleStateEntity,
      { rule, subject, tenant, active, occurredAt, fireCount },
      {
        active: next.active,
        occurredAt: next.occurredAt,
        firedAt: next.firedAt,
        fireCount: next.fireCount,
      },
    );
    return affected !== undefined && affected > 0;
  }

  /**
   * Forgets a subject.
   *
   * @returns false where nothing was remembered
   */
  async forget(manager: EntityManager, key: StateKey): Promise<boolean> {
    const { rule, subject, tenant } = key;
    const { state } = await this.read(manager, key);
    await manager.delete(RuleStateEntity, { rule, subject, tenant });
    if (tenant !== EVERY_TENANT) {
      const every = { rule, subject, tenant: EVERY_TENANT };
      // Without a row of its own, the subject would have the state for every tenant again.
      if (await manager.existsBy(RuleStateEntity, every)) await this.insertUnseen(manager, key);
    }
    return state !== undefined;
  }

  /**
   * Not every database can lock what it reads, but each one locks what it writes. On MySQL, an INSERT IGNORE
   * would share its lock with another, and each would wait for the other's end.
   */
  private async insertUnseen(manager: EntityManager, key: StateKey): Promise<void> {
    const { rule, subject, tenant } = key;
    await manager
      .createQueryBuilder()
      .insert()
      .into(RuleStateEntity)
      .values({ rule, subject, tenant, ...UNSEEN })
      .orUpdate(['rule'], ['rule', 'subject', 'tenant'])
      .updateEntity(false)
      .execute();
  }
}
