import { batches, placeholders, rowPlaceholders } from '../../database/batches.js';
import type { Steps } from '../../database/statement.js';
import type { QueueDialect } from '../../queue/engines/sql/dialects/queue.dialect.js';
import type { EventEntity } from '../event.entity.js';
import { EventDialect, toEventEntity } from './event.dialect.js';
import { NEW_EVENT_COLUMNS, NEW_EVENT_VALUES, newEventValues } from './question-marks.js';

/** @internal */
export class MysqlEventDialect extends EventDialect {
  /** @param table quoted name of the event table */
  constructor(
    queue: QueueDialect,
    private readonly table: string,
  ) {
    super(queue);
  }

  override *insert(events: readonly EventEntity[]): Steps<Set<string>> {
    const inserted = new Set<string>();
    for (const batch of batches(events, ({ body, headers }) => body.length + headers.length)) {
      // Not INSERT IGNORE, which would also cut what is too long. The update changes nothing, but locks the
      // existing row: when this statement has ended, so has the transaction of the other copy.
      yield {
        sql: `INSERT INTO ${this.table}
          (\`key\`, ${NEW_EVENT_COLUMNS})
          VALUES ${rowPlaceholders(batch.length, NEW_EVENT_VALUES)}
          ON DUPLICATE KEY UPDATE event_id = event_id`,
        parameters: batch.flatMap(newEventValues),
      };
      const rows = yield {
        sql: `SELECT \`key\` FROM ${this.table} WHERE \`key\` IN (${placeholders(batch.length)})`,
        parameters: batch.map(({ key }) => key),
      };
      for (const { key } of rows) inserted.add(String(key));
    }
    return inserted;
  }

  override *load(keys: readonly string[]): Steps<EventEntity[]> {
    const events: EventEntity[] = [];
    for (const batch of batches(keys)) {
      const rows = yield {
        sql: `SELECT * FROM ${this.table} WHERE \`key\` IN (${placeholders(batch.length)})`,
        parameters: batch,
      };
      events.push(...rows.map(toEventEntity));
    }
    return events;
  }
}
