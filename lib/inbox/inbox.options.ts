import { integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** @internal */
export const INBOX_OPTIONS = optionGroup('inbox', {
  /**
   * Most events that may wait for their commit in this process; fewer if their bodies exceed 128 MiB. Above
   * that, the receiver answers 503 with `Retry-After`, so that the memory does not grow. @default 5_000
   */
  maxWaiting: integer(5_000, { min: 1 }),
  /** Most events in one transaction; fewer if their bodies exceed 16 MiB. @default 500 */
  maxGroup: integer(500, { min: 1, max: 1_000 }),
  /**
   * How long accepting an event may take, in milliseconds. After that the receiver answers 503 with
   * `Retry-After`. If its transaction has begun by then, the event may still commit, and is a duplicate when
   * the sender repeats it. @default 10_000
   */
  acceptTimeoutMs: integer(10_000, { min: 100 }),
});

/**
 * How events are stored.
 *
 * @publicApi
 */
export interface InboxOptions extends OptionsOf<typeof INBOX_OPTIONS> {}

/** @internal */
export type ResolvedInboxOptions = ResolvedOf<typeof INBOX_OPTIONS>;
