import type { CountEntity } from './count.entity.js';

/** Most rows that wait for the database: with a few names, those of days. */
const MAX_PENDING = 10_000;

/**
 * Rows that are not written yet. While the database is away, the newer total of a span replaces the older one; of
 * too many rows, the oldest minutes are left out, whose hours and days stay complete.
 *
 * @internal
 */
export class PendingRows {
  private readonly rows = new Map<string, CountEntity>();

  constructor(private readonly max: number = MAX_PENDING) {}

  put(rows: readonly CountEntity[]): void {
    for (const row of rows) this.rows.set(keyOf(row), row);
    this.drop(({ grain }) => grain === 'minute');
    this.drop(() => true);
  }

  all(): CountEntity[] {
    return [...this.rows.values()];
  }

  /** Those rows are written, unless there is a newer total now. */
  written(rows: readonly CountEntity[]): void {
    for (const row of rows) {
      const key = keyOf(row);
      if (this.rows.get(key) === row) this.rows.delete(key);
    }
  }

  /** Drops the oldest ones of a kind, while there are too many. */
  private drop(isOfKind: (row: CountEntity) => boolean): void {
    if (this.rows.size <= this.max) return;
    for (const [key, row] of this.rows) {
      if (isOfKind(row)) this.rows.delete(key);
      if (this.rows.size <= this.max) return;
    }
  }
}

function keyOf({ grain, startsAt, what, name }: CountEntity): string {
  return `${grain} ${startsAt} ${what} ${name}`;
}
