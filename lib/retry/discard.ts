/**
 * Returned (or thrown) by a handler or channel whose work can never succeed: the job is discarded and not
 * retried. It stays listed and can be retried by hand.
 *
 * @example
 * ```ts
 * @OnWebhook('order.paid')
 * async book(event: WebhookEvent<Order>) {
 *   if (event.data.total < 0) return new Discard('a negative total');
 * }
 * ```
 * @publicApi
 */
export class Discard {
  /** @param reason recorded with the job */
  constructor(readonly reason: string) {}
}
