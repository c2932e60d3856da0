import type { Discard } from '../../../retry/discard.js';
import type { RetryLater } from '../../../retry/retry-later.js';

/**
 * What the other side answered to a post.
 *
 * @publicApi
 */
export interface HttpAnswer {
  /** The host that was posted to, with its port where that is not the protocol's own. */
  readonly host: string;
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body, up to its first 64 KiB. */
  readonly body: string;
}

/**
 * Looks into an answer of 2xx. `undefined` takes it for what its status says; a `Discard` or `RetryLater`
 * says otherwise; what it throws has the post retried with growing delays.
 *
 * @publicApi
 */
export type AnswerJudge = (
  answer: HttpAnswer,
) => Discard | RetryLater | undefined | Promise<Discard | RetryLater | undefined>;
