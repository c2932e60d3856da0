import { integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** @internal */
export const INBOX_OPTIONS = optionGroup('inbox', {
  /**
   * Most events that may wait for their commit in this process; fewer where they have more than 128 MiB.
   * Beyond, the receiver answers 503 with `Retry-After` instead of growing. @default 5_000
   */
  maxWaiting: integer(5_000, { min: 1 }),
  /** Most events that are committed in one transaction; fewer where they have more than 16 MiB. @default 500 */
  maxGroup: integer(500, { min: 1, max: 1_000 }),
  /**
   * How long accepting an event may take, in milliseconds. After that the receiver answers 503 with
   * `Retry-After`. Where its transaction has begun by then, the event may still be committed, and is a
   * duplicate when it comes again. @default 10_000
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
