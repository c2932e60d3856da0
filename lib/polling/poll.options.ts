import type { EntitySchema } from 'typeorm';

/**
 * When a poller runs.
 *
 * @publicApi
 */
export interface PollSchedule {
  /**
   * Unique among pollers and sources; up to 64 letters, digits, `.`, `_` and `-`. Its events carry it
   * as their source, and its cursor is stored under it, so it must stay the same.
   */
  readonly name: string;
  /**
   * A cron expression of five fields, or of six with seconds first. A tick is run once, however many
   * processes there are, and not at all while the run before it goes on.
   */
  readonly cron: string;
  /** Time zone of the cron expression, such as `Europe/Vienna`. @default the process's time zone */
  readonly timeZone?: string;
  /**
   * Whether a tick that no process could run, as all of them were down, is made up for when the first one
   * starts: once, however many there were. Only of schedules whose ticks are more than a minute apart. So is a
   * run that an API has postponed.
   * @default true
   */
  readonly catchUp?: boolean;
  /**
   * How long a run may take, in milliseconds. Then its signal is aborted, and it has failed; what it found before is
   * saved, and what it still finds is not taken. Where the method does not end, the next run waits for it for as long
   * once more. @default 60_000
   */
  readonly timeoutMs?: number;
}

/**
 * A poller that reads pages by itself, for instance from an HTTP API.
 *
 * @publicApi
 */
export interface ApiPollOptions extends PollSchedule {
  readonly entity?: undefined;
}

/** The entity of a table: its class, or its schema. */
export type PolledEntity<Row> = (abstract new (...args: never[]) => Row) | EntitySchema<Row>;

/** The properties of an entity that can be columns. */
export type ColumnOf<Row> = {
  [Property in keyof Row]: Row[Property] extends (...args: never[]) => unknown ? never : Property;
}[keyof Row] &
  string;

/**
 * A poller that finds the rows of a table that are new or have changed.
 *
 * Rows are read in the order of (`cursor`, `key`), which needs an index over both. A row is found when
 * its cursor value has moved ahead of where the poller is. Rows whose cursor is `NULL` are passed over,
 * deleted rows (also softly deleted ones) are not reported, and relations are not loaded.
 *
 * @publicApi
 */
export interface TablePollOptions<Row extends object> extends PollSchedule {
  /** The entity of the table, known to the application's data source. */
  readonly entity: PolledEntity<Row>;
  /**
   * The column that moves ahead with every change that is to be seen: the time of the last update, a
   * version, or, for rows that are only ever added, an ascending id.
   *
   * A date, also one that a `transformer` makes of a number, is the time of the events as well, where its
   * instant is known: of PostgreSQL's `timestamptz`, of SQLite's texts (in UTC where they name no zone), and of
   * times without a zone that process and database read as the same instant. Where it is not known, an event
   * occurred when its row was found, and start-up warns. A time in whole seconds counts as the end of its second.
   */
  readonly cursor: ColumnOf<NoInfer<Row>>;
  /**
   * The column that tells rows with the same cursor value apart, or the columns, such as
   * `['orderId', 'lineNo']`: the whole primary key, or the columns of a unique index that are never NULL.
   */
  readonly key: ColumnOf<NoInfer<Row>> | readonly ColumnOf<NoInfer<Row>>[];
  /**
   * Where the first run of all begins: `now` with what changes after the application first started with
   * this poller, `beginning` with the first row of the table. @default 'now'
   */
  readonly start?: 'now' | 'beginning';
  /** Most rows that are in memory, and committed, at a time: fewer where rows are wide. @default 2_000 */
  readonly pageSize?: number;
  /** Most new rows that one run reads; the next tick goes on. @default 10_000 */
  readonly maxRows?: number;
  /**
   * How late a row may appear, in milliseconds: the longest time between the choice of its cursor value
   * and its commit, plus the difference between the clocks of those who write. What has been read is
   * read again until so much time has passed; rows known already are not handed in again. @default 60_000
   */
  readonly lookBackMs?: number;
  /**
   * What makes an event a new one: `cursor`, another cursor value of the row; `content`, also another
   * content under the same cursor value, because two changes in one second (or millisecond) share it.
   *
   * @default 'content' for a date that may be updated, else 'cursor'
   */
  readonly dedupeBy?: 'cursor' | 'content';
  /**
   * A row that the method throws for is set aside, so that the others go on; it is tried again in each run,
   * and parked when it has failed in so many: see `PollRegistry.parked()`. Where all rows of a page fail, the run
   * has failed, and no row is set aside until so many runs have failed there. @default { parkAfter: 5 }
   */
  readonly onRowError?: { readonly parkAfter: number };
}
