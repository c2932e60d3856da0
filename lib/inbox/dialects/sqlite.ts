import { rowPlaceholders } from '../../database/batches.js';
import type { Steps } from '../../database/statement.js';
import type { QueueDialect } from '../../queue/engines/sql/dialects/queue.dialect.js';
import type { EventEntity } from '../event.entity.js';
import { EventDialect, toEventEntity } from './event.dialect.js';
import { NEW_EVENT_COLUMNS, NEW_EVENT_VALUES, newEventValues } from './question-marks.js';

/** @internal */
export class SqliteEventDialect extends EventDialect {
  /** Built once: a new text would need a new hash for each event. */
  private readonly insertion: string;

  /** @param table quoted name of the event table */
  constructor(
    queue: QueueDialect,
    private readonly table: string,
  ) {
    super(queue);
    this.insertion = `INSERT INTO ${table}
      (key, ${NEW_EVENT_COLUMNS})
      VALUES ${rowPlaceholders(1, NEW_EVENT_VALUES)}
      ON CONFLICT (source, tenant, event_id) DO NOTHING`;
  }

  override *insert(events: readonly EventEntity[]): Steps<Set<string>> {
    const inserted = new Set<string>();
    for (const event of events) {
      const [answer] = yield {
        counted: true,
        sql: this.insertion,
        parameters: newEventValues(event),
      };
      if (answer?.['changed'] === 1) inserted.add(event.key);
    }
    return inserted;
  }

  override *load(keys: readonly string[]): Steps<EventEntity[]> {
    const events: EventEntity[] = [];
    for (const key of keys) {
      const [row] = yield { sql: `SELECT * FROM ${this.table} WHERE key = ?`, parameters: [key] };
      if (row !== undefined) events.push(toEventEntity(row));
    }
    return events;
  }
}
