import type { OutboundAllowances } from './address.guard.js';

/**
 * How the application's requests to other servers are sent.
 *
 * @publicApi
 */
export interface SendingOptions {
  /**
   * What may be reached beside public addresses by `https:` on port 443: a URL that a stranger can set must not
   * lead into the application's own network. @default nothing
   */
  readonly allow?: OutboundAllowances;
}

/** @internal */
export type ResolvedSendingOptions = Required<SendingOptions>;

/** @internal */
export const DEFAULT_SENDING_OPTIONS: ResolvedSendingOptions = { allow: {} };
