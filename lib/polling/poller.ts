import type { CronSchedule } from './cron.schedule.js';
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
}
