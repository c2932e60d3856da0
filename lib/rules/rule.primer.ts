import { Inject, Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import { isStorableText } from '../database/storable-text.js';
import { subjectText } from './rule.subject.js';
import { RuleStateEntity } from './rule-state.entity.js';
import { BEFORE_EVERY_EVENT, isUnseen, type RuleState } from './rule-state.js';
import { EVERY_TENANT } from './rule-state.store.js';

/** Most states that are written in one transaction. */
const BATCH = 250;

const MAX_TENANT_LENGTH = 64;

/**
 * What a rule learns of a subject before its first event.
 *
 * @publicApi
 */
export interface PrimedState {
  readonly subject: string | number | bigint;
  /** Whom of the source's customers the subject belongs to. @default '' */
  readonly tenant?: string;
  /** Whether the subject meets the condition now: then the rule fires when it turns false and true again. */
  readonly active: boolean;
  /** As of when; events that occurred before change nothing. Never later than now. @default now */
  readonly occurredAt?: Date;
}

type States = Iterable<PrimedState> | AsyncIterable<PrimedState>;

/**
 * Writes the states of subjects that a rule has not seen.
 *
 * @internal
 */
@Injectable()
export class RulePrimer {
  constructor(
    private readonly database: SqlDatabase,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns how many states were written
   * @throws {TypeError | RangeError} for a value that cannot be stored; the batches before stay written
   */
  async prime(rule: string, states: States): Promise<number> {
    let batch = new Map<string, RuleStateEntity>();
    let written = 0;
    let index = 0;
    for await (const given of states) {
      const row = this.toRow(rule, given, index++);
      const key = keyOf(row);
      // The first state of a subject counts.
      if (!batch.has(key)) batch.set(key, row);
      if (batch.size < BATCH) continue;
      written += await this.write(rule, batch);
      batch = new Map();
    }
    return written + (batch.size > 0 ? await this.write(rule, batch) : 0);
  }

  private write(rule: string, batch: ReadonlyMap<string, RuleStateEntity>): Promise<number> {
    return this.database.managed(async (manager) => {
      const seen = await manager.findBy(RuleStateEntity, {
        rule,
        subject: In([...batch.values()].map(({ subject }) => subject)),
      });
      // In one order, so that two processes that prime at once do not wait for each other.
      const rows = [...batch]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, row]) => row)
        .filter((row) => !hasState(row, seen));
      const forgotten = new Set(seen.filter(isUnseen).map(keyOf));
      const added = rows.filter((row) => !forgotten.has(keyOf(row)));
      if (added.length > 0) await this.insert(manager, added);
      for (const row of rows) if (forgotten.has(keyOf(row))) await this.learn(manager, row);
      return rows.length;
    });
  }

  /** An event that is judged meanwhile knows more: its state stays. */
  private async insert(manager: EntityManager, rows: RuleStateEntity[]): Promise<void> {
    const insert = manager.createQueryBuilder().insert().into(RuleStateEntity).values(rows);
    await this.database
      .keepExisting(insert.updateEntity(false), ['rule', 'subject', 'tenant'])
      .execute();
  }

  private async learn(
    manager: EntityManager,
    { rule, subject, tenant, ...state }: RuleStateEntity,
  ): Promise<void> {
    const unseen = { rule, subject, tenant, occurredAt: BEFORE_EVERY_EVENT };
    await manager.update(RuleStateEntity, unseen, state);
  }

  private toRow(rule: string, given: PrimedState, index: number): RuleStateEntity {
    const where = `state ${index} has`;
    if (typeof given !== 'object' || given === null) {
      throw new TypeError(`rule '${rule}': state ${index} is no object`);
    }
    const { tenant = '', active, occurredAt } = given;
    const subject = subjectText(rule, `${where} as subject`, given.subject);
    if (subject === undefined) throw new TypeError(`rule '${rule}': ${where} no subject`);
    if (typeof active !== 'boolean') {
      throw new TypeError(`rule '${rule}': ${where} an \`active\` that is no boolean`);
    }
    if (typeof tenant !== 'string' || !isStorableText(tenant)) {
      throw new TypeError(`rule '${rule}': ${where} a tenant that is no text that can be stored`);
    }
    if (tenant.length > MAX_TENANT_LENGTH) {
      throw new RangeError(
        `rule '${rule}': ${where} a tenant of ${tenant.length} characters, at most ${MAX_TENANT_LENGTH} can be stored`,
      );
    }
    return { rule, subject, tenant, ...this.toState(rule, where, active, occurredAt) };
  }

  private toState(
    rule: string,
    where: string,
    active: boolean,
    occurredAt: Date | undefined,
  ): RuleState {
    const now = this.clock.now();
    if (occurredAt !== undefined && !isInstant(occurredAt)) {
      throw new TypeError(`rule '${rule}': ${where} an \`occurredAt\` that is no valid Date`);
    }
    const instant = Math.min(occurredAt?.getTime() ?? now, now);
    return { active, occurredAt: instant, firedAt: null, fireCount: 0 };
  }
}

function isInstant(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function keyOf({ subject, tenant }: Pick<RuleStateEntity, 'subject' | 'tenant'>): string {
  return JSON.stringify([subject, tenant]);
}

/** Its own, or, if it has no row of its own, the one for every tenant. */
function hasState({ subject, tenant }: RuleStateEntity, seen: readonly RuleStateEntity[]): boolean {
  const rows = seen.filter((row) => row.subject === subject);
  const own = rows.find((row) => row.tenant === tenant);
  if (own !== undefined) return !isUnseen(own);
  return rows.some((row) => row.tenant === EVERY_TENANT);
}
