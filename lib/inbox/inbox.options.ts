/**
 * How events are stored.
 *
 * @publicApi
 */
export interface InboxOptions {
  /**
   * Most events that may wait for their commit in this process; fewer where they have more than 128 MiB.
   * Beyond, the receiver answers 503 with `Retry-After` instead of growing. @default 5_000
   */
  readonly maxWaiting?: number;
  /** Most events that are committed in one transaction; fewer where they have more than 16 MiB. @default 500 */
  readonly maxGroup?: number;
  /**
   * How long accepting an event may take, in milliseconds. After that the receiver answers 503 with
   * `Retry-After`. Where its transaction has begun by then, the event may still be committed, and is a
   * duplicate when it comes again. @default 10_000
   */
  readonly acceptTimeoutMs?: number;
}

/** @internal */
export type ResolvedInboxOptions = Required<InboxOptions>;

/** @internal */
export const RESOLVED_INBOX_OPTIONS = Symbol('hookline:inbox-options');

export const DEFAULT_INBOX_OPTIONS: ResolvedInboxOptions = {
  maxWaiting: 5_000,
  maxGroup: 500,
  acceptTimeoutMs: 10_000,
};
