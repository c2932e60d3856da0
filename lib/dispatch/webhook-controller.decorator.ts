import { applyDecorators, Injectable } from '@nestjs/common';
import { setControllerSource } from './handler-metadata.accessor.js';

/**
 * Gives all `@OnWebhook` methods of a class one source. The class is a provider, as with
 * `@Injectable()`, and is listed among a module's `providers`.
 *
 * @param source name of a source or poller
 * @example
 * ```ts
 * @WebhookController('stripe')
 * class Billing {
 *   @OnWebhook('invoice.paid')
 *   paid(event: WebhookEvent<Invoice>) {}
 * }
 * ```
 * @publicApi
 */
export function WebhookController(source: string): ClassDecorator {
  return applyDecorators(Injectable(), (target: object) => setControllerSource(target, source));
}
