import { describeError } from '../errors/describe-error.js';
import { WebhookError } from '../errors/webhook.error.js';

/**
 * A guard kept a handler or rule from being called: it said no, or threw (`cause`). The attempt has failed.
 *
 * @publicApi
 */
export class GuardRefusedError extends WebhookError {
  /**
   * @param guard name of the guard's class
   * @param where the method, such as `Billing.paid`
   * @param cause what the guard threw, or what Nest throws for it
   */
  constructor(
    readonly guard: string,
    where: string,
    cause: unknown,
  ) {
    super(
      'GUARD_REFUSED',
      `${guard} refused ${where}: ${describeError(cause)}. A guard that is made for HTTP finds no request ` +
        "here: have it return true where context.getType() is 'webhook', or take it off.",
      { cause },
    );
  }
}
