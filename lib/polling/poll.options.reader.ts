import { ConfigurationError } from '../errors/configuration.error.js';
import { OptionsReader } from '../options/options.reader.js';
import { CronSchedule } from './cron/cron.schedule.js';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** Every option of `@Poll`, with its default where it has one. */
export const POLL_DEFAULTS = {
  name: undefined,
  cron: undefined,
  timeZone: undefined,
  catchUp: true,
  timeoutMs: 60_000,
  onRowError: { parkAfter: 5 },
  entity: undefined,
  cursor: undefined,
  key: undefined,
  start: 'now',
  pageSize: 2_000,
  maxRows: 10_000,
  lookBackMs: 60_000,
  dedupeBy: undefined,
};

/** Reads the options of one `@Poll`. */
export type PollOptionsReader = OptionsReader<typeof POLL_DEFAULTS>;

/** @throws {ConfigurationError} */
export function readName(label: string, options: PollOptionsReader): string {
  const name = options.value('name');
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw ConfigurationError.invalidOption(
    `${label}: name`,
    'a name of 1 to 64 letters, digits, `.`, `_` and `-` that begins with a letter or digit',
    name,
    'Give the poller a name that never changes: its cursor is stored under it.',
  );
}

/** @throws {ConfigurationError} */
export function readSchedule(of: string, options: PollOptionsReader): CronSchedule {
  const cron = options.value('cron');
  const timeZone = options.value('timeZone');
  const cure =
    "Write five fields, or six with seconds first, such as '*/5 * * * *' for every five minutes.";
  if (typeof cron !== 'string' || cron.trim() === '') {
    throw ConfigurationError.invalidOption(`${of}.cron`, 'a cron expression', cron, cure);
  }
  if (timeZone !== undefined && (typeof timeZone !== 'string' || !isTimeZone(timeZone))) {
    throw ConfigurationError.invalidOption(
      `${of}.timeZone`,
      'the name of a time zone',
      timeZone,
      "Write it as in 'Europe/Vienna', or leave it out.",
    );
  }
  try {
    return new CronSchedule(cron, timeZone);
  } catch (error) {
    const problem = `The cron expression '${cron}' of ${of} is invalid, or no instant ever fits it.`;
    throw ConfigurationError.because(`${of}.cron`, problem, cure, { cause: error });
  }
}

/** @throws {ConfigurationError} */
export function readParkAfter(of: string, options: PollOptionsReader): number {
  const given = options.value('onRowError');
  const defaults = POLL_DEFAULTS.onRowError;
  return new OptionsReader(`${of}.onRowError`, given, defaults).integer('parkAfter', { min: 1 });
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** @throws {ConfigurationError} */
export function choice<Value extends string>(
  of: string,
  option: string,
  given: unknown,
  values: readonly Value[],
): Value {
  const value = values.find((candidate) => candidate === given);
  if (value !== undefined) return value;
  const expected = values.map((candidate) => `'${candidate}'`).join(' or ');
  throw ConfigurationError.invalidOption(
    `${of}.${option}`,
    expected,
    given,
    'Correct it, or leave it out.',
  );
}
