import type { EntitySchema } from 'typeorm';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isRecord } from '../options/is-record.js';
import {
  accepted,
  boolean,
  checkedBy,
  choice,
  integer,
  required,
} from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';
import { CronSchedule } from './cron/cron.schedule.js';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

const CRON_CURE =
  "Write five fields, or six with seconds first, such as '*/5 * * * *' for every five minutes.";

/** @internal */
export const POLL_SCHEDULE = optionGroup('@Poll', {
  /**
   * Unique among pollers and sources; up to 64 letters, digits, `.`, `_` and `-`. Its events carry it
   * as their source, and its cursor is stored under it, so it must stay the same.
   */
  name: required<string>(pollerName),
  /**
   * A cron expression of five fields, or of six with seconds first. A tick is run once, however many
   * processes there are, and skipped while the run before it is in progress.
   */
  cron: required<string>(cronExpression),
  /** Time zone of the cron expression, such as `Europe/Vienna`. @default the process's time zone */
  timeZone: accepted(undefined, {
    expected: 'the name of a time zone',
    accepts: isTimeZone,
    cure: "Write it as in 'Europe/Vienna', or leave it out.",
  }),
  /**
   * Whether the first process that starts makes up for a tick that fell into a time when all processes were down:
   * once, however many such ticks there were, and only for schedules whose ticks are more than a minute apart. It
   * makes up for a run that an API has postponed, too.
   * @default true
   */
  catchUp: boolean(true),
  /**
   * How long a run may take, in milliseconds. Then its signal is aborted, and the run fails; what it found before is
   * saved, and what it finds later is ignored. Where the method does not end, the next run waits for it for as long
   * once more. @default 60_000
   */
  timeoutMs: integer(60_000, { min: 1 }),
});

/**
 * When a poller runs.
 *
 * @publicApi
 */
export interface PollSchedule extends OptionsOf<typeof POLL_SCHEDULE> {}

/** @internal */
export const ROW_ERROR_OPTIONS = optionGroup('onRowError', {
  /** In how many runs a row may fail before it is parked. @default 5 */
  parkAfter: integer(5, { min: 1 }),
});

/**
 * What happens to rows that the method of a poller throws for.
 *
 * @publicApi
 */
export interface RowErrorOptions extends OptionsOf<typeof ROW_ERROR_OPTIONS> {}

/** @internal */
export const TABLE_READING = optionGroup('@Poll', {
  /**
   * Where the very first run begins: `now` with rows that change after the application first started with
   * this poller, `beginning` with the first row of the table. @default 'now'
   */
  start: choice('now', ['now', 'beginning']),
  /** Most rows that are in memory, and committed, at a time; set fewer where rows are wide. @default 2_000 */
  pageSize: integer(2_000, { min: 1 }),
  /** Most new rows that one run reads; the next tick goes on. @default 10_000 */
  maxRows: integer(10_000, { min: 1 }),
  /**
   * How late a row may appear, in milliseconds: the longest time between the choice of its cursor value
   * and its commit, plus the difference between the clocks of the writers. Rows are read again until so much
   * time has passed; those that the inbox has already are not given to it again. @default 60_000
   */
  lookBackMs: integer(60_000, { min: 0 }),
  /**
   * What makes the event of a row a new one: `cursor`, another cursor value of the row; `content`, also another
   * content under the same cursor value, because two changes in one second (or millisecond) share that.
   *
   * @default 'content' for a date that may be updated, else 'cursor'
   */
  dedupeBy: choice(undefined, ['cursor', 'content']),
  /**
   * A row that the method throws for is set aside, so that the others go on. Each run retries it, and parks it
   * when it has failed in so many: see `PollRegistry.parked()`. Where all rows of a page fail, the run fails, and
   * no row is set aside until so many runs have failed there. @default { parkAfter: 5 }
   */
  onRowError: ROW_ERROR_OPTIONS.as<RowErrorOptions>(),
});

/**
 * A poller whose method reads pages itself, for instance from an HTTP API.
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
export interface TablePollOptions<Row extends object>
  extends PollSchedule, OptionsOf<typeof TABLE_READING> {
  /** The entity of the table, known to the application's data source. */
  readonly entity: PolledEntity<Row>;
  /**
   * The column that moves ahead with every change that the poller must see: the time of the last update, a
   * version, or, for rows that are added and never change, an ascending id.
   *
   * A date, also one that a `transformer` makes of a number, is the time of the events as well, where its
   * instant is known: for PostgreSQL's `timestamptz`, SQLite's texts (in UTC where they name no zone), and times
   * without a zone that process and database read as the same instant. Where it is not known, an event occurred
   * when its row was found, and a warning at start-up says so. A time in whole seconds counts as the end of its second.
   */
  readonly cursor: ColumnOf<NoInfer<Row>>;
  /**
   * The column that tells rows with the same cursor value apart, or the columns, such as
   * `['orderId', 'lineNo']`: the whole primary key, or the columns of a unique index that are never NULL.
   */
  readonly key: ColumnOf<NoInfer<Row>> | readonly ColumnOf<NoInfer<Row>>[];
}

/** The data source checks it later. */
const ofDataSource = checkedBy<unknown>((given) => given);

/** All of them, for a poller of either kind. @internal */
export const POLL_OPTIONS = optionGroup(
  '@Poll',
  {
    ...POLL_SCHEDULE.definition,
    entity: ofDataSource,
    cursor: ofDataSource,
    key: ofDataSource,
    ...TABLE_READING.definition,
  },
  (options, name) => ({ ...options, schedule: scheduleOf(options, name) }),
);

/** @internal */
export type ResolvedPollOptions = ResolvedOf<typeof POLL_OPTIONS>;

/** The options that only a poller with an entity has. @internal */
export const TABLE_OPTION_NAMES: readonly string[] = [
  'cursor',
  'key',
  ...Object.keys(TABLE_READING.definition),
];

/**
 * @param where the decorated method, such as `GamePoints.changed`, which names a poller without a usable name
 * @param given the options of its `@Poll`
 * @throws {ConfigurationError} that names the poller and the option
 * @internal
 */
export function resolvePollOptions(where: string, given: unknown): ResolvedPollOptions {
  const name = pollerName(isRecord(given) ? given['name'] : undefined, `@Poll of ${where}: name`);
  return POLL_OPTIONS.resolve(given, `@Poll('${name}')`);
}

function pollerName(given: unknown, option: string): string {
  if (typeof given === 'string' && NAME.test(given)) return given;
  throw ConfigurationError.invalidOption(
    option,
    'a name of 1 to 64 letters, digits, `.`, `_` and `-` that begins with a letter or digit',
    given,
    'Give the poller a name that never changes: its cursor is stored under it.',
  );
}

function cronExpression(given: unknown, option: string): string {
  if (typeof given === 'string' && given.trim() !== '') return given;
  throw ConfigurationError.invalidOption(option, 'a cron expression', given, CRON_CURE);
}

function isTimeZone(value: unknown): value is string {
  try {
    return typeof value === 'string' && Boolean(Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
}

function scheduleOf(
  { cron, timeZone }: { readonly cron: string; readonly timeZone: string | undefined },
  poller: string,
): CronSchedule {
  try {
    return new CronSchedule(cron, timeZone);
  } catch (error) {
    const problem = `The cron expression '${cron}' of ${poller} is invalid, or no instant ever fits it.`;
    throw ConfigurationError.because(`${poller}.cron`, problem, CRON_CURE, { cause: error });
  }
}
