import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LessThan, MoreThan, type EntityManager } from 'typeorm';
import { SqlDatabase } from '../database/sql-database.js';
import { EventPattern } from '../event/event-pattern.js';
import type { Interested } from './event-interests.js';
import { HandlerEntity } from './handler.entity.js';

/** A handler of some process, by what is needed to plan its jobs. */
export interface KnownHandler extends Interested {
  readonly maxAttempts: number | undefined;
  /** Whether its events may have lanes. */
  readonly hasLanes: boolean;
}

/**
 * The handlers of all processes, which note them in the database.
 *
 * @internal
 */
@Injectable()
export class HandlerStore {
  constructor(private readonly database: SqlDatabase) {}

  /** Notes that this process has these handlers at this instant. */
  async note(handlers: readonly KnownHandler[], now: number): Promise<void> {
    if (handlers.length === 0) return;
    // In one order, so that two processes that start at once do not wait for each other.
    const rows = handlers
      .map((handler) => toRow(handler, now))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    await this.database.alone((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(HandlerEntity)
        .values(rows)
        .orUpdate(['max_attempts', 'has_lanes', 'seen_at'], ['name', 'definition'])
        .callListeners(false)
        .execute(),
    );
  }

  /** Forgets what no process has had since this instant. */
  async forget(before: number): Promise<void> {
    await this.database.alone((manager) =>
      manager
        .createQueryBuilder()
        .delete()
        .from(HandlerEntity)
        .where({ seenAt: LessThan(before) })
        .callListeners(false)
        .execute(),
    );
  }

  /**
   * All handlers, those seen last first. Of one name there may be several definitions, while two versions run.
   *
   * @param withinMs how much later than one definition another may have been seen, for both to be in use
   */
  async load(withinMs: number): Promise<KnownHandler[]> {
    const rows = await this.database.onWriter((manager) =>
      manager.find(HandlerEntity, { order: { seenAt: 'DESC', name: 'ASC' } }),
    );
    const newest = new Map<string, number>();
    return rows.flatMap((row) => {
      const handlers = fromRow(row);
      // One that cannot be read replaces no other: the handler would get no events at all.
      if (handlers.length === 0) return [];
      const seenAt = newest.get(row.name) ?? row.seenAt;
      newest.set(row.name, seenAt);
      // The version before is gone: what only it wanted would go on coming until it is forgotten.
      return seenAt - row.seenAt > withinMs ? [] : handlers;
    });
  }

  /** What was noted last with this name. */
  async find(
    manager: EntityManager,
    name: string,
  ): Promise<Pick<KnownHandler, 'maxAttempts'> | undefined> {
    const row = await manager.findOne(HandlerEntity, {
      select: { name: true, definition: true, maxAttempts: true },
      where: { name },
      order: { seenAt: 'DESC' },
    });
    return row === null ? undefined : { maxAttempts: row.maxAttempts ?? undefined };
  }

  /** Whether a process has said since this instant that it has the handler. */
  async isSeen(name: string, since: number): Promise<boolean> {
    return this.database.onWriter((manager) =>
      manager.existsBy(HandlerEntity, { name, seenAt: MoreThan(since) }),
    );
  }
}

function toRow(
  { name, source, patterns, maxAttempts, hasLanes }: KnownHandler,
  now: number,
): HandlerEntity {
  const texts = JSON.stringify(patterns.map(({ text }) => text));
  return {
    name,
    definition: createHash('sha256')
      .update(JSON.stringify([source, texts]))
      .digest('hex'),
    source: source ?? null,
    patterns: texts,
    maxAttempts: maxAttempts ?? null,
    hasLanes,
    seenAt: now,
  };
}

/** A pattern that another version of the library writes, and this one cannot read, is left out. */
function fromRow({ name, source, patterns, maxAttempts, hasLanes }: HandlerEntity): KnownHandler[] {
  try {
    const texts = JSON.parse(patterns) as string[];
    // No event runs it: a timer.
    if (texts.length === 0) return [];
    return [
      {
        name,
        source: source ?? undefined,
        patterns: texts.map((text) => new EventPattern(text)),
        maxAttempts: maxAttempts ?? undefined,
        hasLanes,
      },
    ];
  } catch {
    return [];
  }
}
