/**
 * Returned (or thrown) by a handler or channel that cannot do its work yet, for example because an API
 * is rate limited. The job is retried after the delay, and the attempt does not count towards its limit.
 *
 * @example
 * ```ts
 * @OnWebhook('order.paid')
 * async book(event: WebhookEvent<Order>) {
 *   const response = await this.accounting.post(event.data);
 *   if (response.status === 429) return new RetryLater(60_000, 'accounting is rate limited');
 * }
 * ```
 * @publicApi
 */
export class RetryLater {
  /**
   * @param delayMs how long to wait, in milliseconds, 0 or more
   * @param reason recorded with the job
   * @throws {RangeError} when the delay is negative or not a number
   */
  constructor(
    readonly delayMs: number,
    readonly reason = 'asked to be tried again later',
  ) {
    if (!Number.isFinite(delayMs) || delayMs < 0) {
      throw new RangeError(`Expected delayMs to be 0 or more milliseconds, got ${delayMs}.`);
    }
  }
}
