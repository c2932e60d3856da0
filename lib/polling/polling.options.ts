import { integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** @internal */
export const POLLING_OPTIONS = optionGroup('polling', {
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
export interface ResolvedPollingOptions extends ResolvedOf<typeof POLLING_OPTIONS> {
  /** Whether this process has the role `poll`: it runs pollers by their schedules. */
  readonly enabled: boolean;
}
