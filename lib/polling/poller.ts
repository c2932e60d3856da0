import type { CronSchedule } from './cron/cron.schedule.js';
import type { PageReader } from './page.reader.js';

/**
 * A `@Poll` method, ready to be run.
 *
 * @internal
 */
export interface Poller {
  readonly name: string;
  readonly schedule: CronSchedule;
  readonly reader: PageReader;
  /** Whether a start makes up for a tick that no process could run. */
  readonly catchUp: boolean;
  /** How long a run may take, in milliseconds. */
  readonly timeoutMs: number;
  /** In how many runs a row may fail before it is parked. */
  readonly parkAfter: number;
}
