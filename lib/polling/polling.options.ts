import { boolean, integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** @internal */
export const POLLING_OPTIONS = optionGroup('polling', {
  /**
   * Whether this process runs pollers by their schedules. `false` leaves them to other processes;
   * `PollRegistry.run` works all the same. @default true
   */
  enabled: boolean(true),
  /**
   * How long the lease of a poller lasts, in milliseconds. It is renewed while the poller runs. After a crash
   * another process takes the poller over when the lease has run out. @default 60_000
   */
  leaseMs: integer(60_000, { min: 100 }),
  /** How long a graceful stop waits for the pages in progress, in milliseconds. @default 10_000 */
  stopTimeoutMs: integer(10_000, { min: 0 }),
});

/**
 * How pollers are run in this process.
 *
 * @publicApi
 */
export interface PollingOptions extends OptionsOf<typeof POLLING_OPTIONS> {}

/** @internal */
export type ResolvedPollingOptions = ResolvedOf<typeof POLLING_OPTIONS>;
